"""Both sides of every limit: names, users, territory, fields of use and the dates of service terms, against the key."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TODAY
from test_matrix import key, verdicts

from licheck.pipeline import check

LIMITS, SERVICES = key("limits"), key("services")
# Repos that the catalogue knows the modality of; a document without one here is tried as an uncatalogued repo.
REPOS = {
    ("llama3.2", "multimodal"): "hf:meta-llama/Llama-3.2-11B-Vision",
    ("llama3.2", "text"): "hf:meta-llama/Llama-3.2-1B",
    ("llama3.3", "text"): "hf:meta-llama/Llama-3.3-70B-Instruct",
    ("llama4", "multimodal"): "hf:meta-llama/Llama-4-Scout-17B-16E",
    ("llama2", "text"): "hf:meta-llama/Llama-2-7b-hf",
    ("llama3", "text"): "hf:meta-llama/Meta-Llama-3-8B",
    ("llama3.1", "text"): "hf:meta-llama/Llama-3.1-8B",
    ("gemma-tou-2025-03-24", "multimodal"): "hf:google/gemma-3-4b-it",
}
REACHED = ("violated", "undetermined", "action-needed")


def state(found: dict[str, str], clause: str) -> str:
    return found.get(clause, "none")


@pytest.mark.parametrize("row", LIMITS["names"], ids=lambda row: f"{row['documents'][0]}… {row['name'][0]}")
def test_names(row: dict[str, Any], tmp_path: Path) -> None:
    if row.get("together"):
        uses = [{"of": f"hf:up/{d}", "how": row["how"], "license": d} for d in row["documents"]]
        manifest = {"licheck": 1, "project": {"name": row["name"][0], "distribution": ["public-weights"]}, "uses": uses}
        (tmp_path / "licheck.yaml").write_text(yaml.safe_dump(manifest), "utf-8")
        report = check(tmp_path, TODAY)
        told = {f.license: f.state.value for f in (*report.obligations, *report.findings) if f.rule == "name"}
        assert {d: told.get(d, "none") for d in row["documents"]} == row["expect"]
        return
    wrong = []
    for document in row["documents"]:
        for name in row["name"]:
            how, distribution = row.get("how", "finetune"), row.get("distribution", "public-weights")
            got = state(verdicts(tmp_path, document, how, distribution, name=name), "naming-prefix-required")
            met = row["expect"] in ("satisfied", "none")
            if not row.get("open") and (got == "none") != met:
                wrong.append((document, name, got, row["expect"]))
    assert wrong == []


@pytest.mark.parametrize(
    "row", LIMITS["users"], ids=lambda row: f"{row['documents'][0]}… {row['monthly_active_users']}"
)
def test_users(row: dict[str, Any], tmp_path: Path) -> None:
    wrong = []
    for document in row["documents"]:
        for users in row["monthly_active_users"]:
            for commercial in row["commercial"]:
                facts = {"monthly_active_users": users} if users is not None else {}
                found = _bare(tmp_path, document, {"commercial": commercial, **facts})
                got = state(found, "mau-threshold")
                if (got == "none") != (row["expect"] == "none") and row.get("measured") != "release-date":
                    wrong.append((document, users, commercial, got, row["expect"]))
    assert wrong == []


def _bare(
    folder: Path, document: str, facts: dict[str, Any], of: str = "hf:up/x", how: str = "finetune"
) -> dict[str, str]:
    """Like `verdicts`, with only the facts that are given."""
    project = {"name": "acme/Llama-3-X", "distribution": ["internal"], **facts}
    use = {"of": of, "how": how} | ({"license": document} if of == "hf:up/x" else {})
    manifest = {"licheck": 1, "project": project, "uses": [use]}
    (folder / "licheck.yaml").write_text(yaml.safe_dump(manifest), "utf-8")
    return {f.clause or f.rule: f.state.value for f in check(folder, TODAY).findings if f.severity != "info"}


@pytest.mark.parametrize(
    "row", LIMITS["territory"], ids=lambda row: f"{row['documents'][0]}… {row['modality']} {row['domicile'][0]}"
)
def test_territory(row: dict[str, Any], tmp_path: Path) -> None:
    wrong = []
    for document in row["documents"]:
        of = REPOS.get((document, row["modality"]), "hf:up/x")
        if of == "hf:up/x" and row["modality"]:
            continue  # the catalogue has no such model
        for domicile in row["domicile"]:
            facts = {"domicile": domicile} if domicile else {}
            facts |= {"territories": row["territories"]} if "territories" in row else {}
            got = state(_bare(tmp_path, document, facts, of, row.get("how", "finetune")), "geographic-exclusion")
            if got != row["expect"] and not row.get("open"):
                wrong.append((document, of, domicile, got, row["expect"]))
    assert wrong == []


@pytest.mark.parametrize("row", LIMITS["fields"], ids=lambda row: f"{row['documents'][0]}… {row['fields'][0]}")
def test_fields_of_use(row: dict[str, Any], tmp_path: Path) -> None:
    wrong = []
    for document in row["documents"]:
        for field in row["fields"]:
            found = _bare(
                tmp_path,
                document,
                {"fields": [field], "commercial": False, "monthly_active_users": 1, "domicile": "US"},
            )
            got = {clause: found[clause] for clause in ("military-ban", "aup-incorporated") if clause in found}
            if got != row["expect"] and not row.get("open"):
                wrong.append((document, field, got, row["expect"]))
    assert wrong == []


# Days whose text the key did not have, and rows that the texts leave open, decide nothing.
DECIDED = [row for row in SERVICES["rows"] if not row.get("gap") and not row.get("open")]


def _service_cases(row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every combination of a row's lists: the use and the facts about the project."""
    lists = {k: row[k] if isinstance(row[k], list) else [row[k]] for k in (*_USE, *_PROJECT) if k in row}
    for values in product(*lists.values()):
        chosen = dict(zip(lists, values, strict=True))
        use = {k: v for k, v in chosen.items() if k in _USE and v is not None}
        facts = {k: [v] if k == "distribution" else v for k, v in chosen.items() if k in _PROJECT}
        yield use, facts


_USE, _PROJECT = ("of", "how", "when", "feature"), ("competes", "kind", "distribution")


@pytest.mark.parametrize("row", DECIDED, ids=lambda row: f"{row['of']} {row.get('when')}"[:70])
def test_services_by_date(row: dict[str, Any], tmp_path: Path) -> None:
    order, wrong = ("violated", "undetermined", "silent"), []
    for use, facts in _service_cases(row):
        manifest = {"licheck": 1, "project": {"name": "acme/Llama-X", **facts}, "uses": [use]}
        (tmp_path / "licheck.yaml").write_text(yaml.safe_dump(manifest), "utf-8")
        report = check(tmp_path, TODAY)
        found = [f for f in report.findings if f.clause == "anti-distillation" and f.severity != "info"]
        got = min((f.state.value for f in found), key=order.index, default="none")
        meant = [m for m in key("accepted_services") if fnmatchcase(use["of"], m["of"]) and use["how"] in m["how"]]
        if got != row["expect"] and not any(got == m["tool"] and row["expect"] == m["key"] for m in meant):
            wrong.append(f"{use} {facts}: {got}, the key says {row['expect']}: {[f.message for f in found]}")
    assert wrong == []
