"""The audited datasets, all of them in one manifest, judged for a commercial model."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from conftest import ROOT, TODAY

from licheck.db.store import Database
from licheck.model.report import Report
from licheck.pipeline import check

LIST = ROOT / "license_db" / "catalogue" / "datasets.audit.tsv"
HUB = re.compile(r"https://(?:huggingface|hf)\.co/datasets/([^/?#\s;]+(?:/(?!viewer|blob|tree|resolve)[^/?#\s;]+)?)")
RESTRICTED = ("non-commercial", "academic-only")


def entries() -> list[dict[str, str]]:
    lines = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("audit")
    uses = "".join(f'  - {{of: "dataset:{entry["match"]}", how: train}}\n' for entry in entries())
    project = "{name: acme/X, license: mit, distribution: [public-weights], commercial: true}"
    (folder / "licheck.yaml").write_text(f"licheck: 1\nproject: {project}\nuses:\n{uses}", "utf-8")
    return check(folder, TODAY)


def subjects(report: Report, *rules: str) -> set[str]:
    return {f.subject.removeprefix("dataset:") for f in report.findings if f.rule in rules}


def test_no_restricted_dataset_is_called_usable(report: Report) -> None:
    questioned = {f.subject.removeprefix("dataset:") for f in report.findings if f.severity != "info"}
    restricted = {entry["match"] for entry in entries() if entry["use_verified"] in RESTRICTED}
    assert len(restricted) > 190
    assert restricted - questioned == set()


def test_what_is_not_verified_is_unknown_and_never_clean(report: Report) -> None:
    open_ = {e["match"] for e in entries() if e["unmapped"] or not e["documents"] or e["use_verified"] == "unspecified"}
    assert open_ - subjects(report, "unknown-license", "audited-use", "non-commercial") == set()


def test_all_that_an_openai_api_model_generated_is_found(report: Report) -> None:
    generated = {entry["match"] for entry in entries() if entry["openai_api"]}
    assert len(generated) > 85
    assert generated - subjects(report, "generator-terms") == set()


def test_open_weights_as_generators_are_not_flagged(report: Report) -> None:
    open_weights = {
        entry["match"]
        for entry in entries()
        if entry["generated_by"]
        and all("gpt2" in g or "gpt1" in g or "openai-gpt" in g for g in entry["generated_by"].split(" | "))
    }
    assert open_weights
    assert open_weights & subjects(report, "generator-terms", "generator-reach") == set()


@pytest.mark.corpus
def test_the_list_holds_every_audited_row(corpus: Path) -> None:
    with (corpus / "datasets" / "dpi_text_datasets.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    database = Database.open()
    known = set(database.keys("catalogue/datasets"))
    missing = []
    for row in rows:
        repo = HUB.match(row["hf_url"])
        slugs = [re.sub(r"[\s/@\[\]*?]+", "-", row[key].strip()).strip("-") for key in ("collection", "uid")]
        if not {repo[1].lower() if repo else "", f"dpi:{slugs[0]}/{slugs[1]}".lower()} & known:
            missing.append((row["uid"], row["hf_url"]))
    assert missing == [] and len(rows) == 2311


def test_a_licence_with_a_record_is_not_left_unmapped() -> None:
    database = Database.open()
    left = {name.strip() for entry in entries() for name in (entry["unmapped"] or "").split("|")} - {""}
    assert "Unspecified" in left
    assert {name for name in left if len(database.named(name)) == 1} == set()
