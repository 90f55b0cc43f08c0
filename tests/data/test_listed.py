"""`licheck audit` on lists of datasets: how they are read, and what is said of each entry."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from conftest import TODAY, declared

from licheck.audit import Options, audit
from licheck.data import listed
from licheck.errors import InputError
from licheck.model.audit import Audit, Key
from licheck.model.project import Project

TRAINING = Project("acme/model", distribution=("public-weights",), commercial=True, competes="yes")


def audited(path: Path, project: Project = TRAINING, own: bool = False) -> Audit:
    return audit([str(path)], declared(project), TODAY, Options(own=own), lambda done, known: None)


def verdicts(path: Path, project: Project = TRAINING, own: bool = False) -> dict[str, str]:
    return {str(judged.group.key.source): judged.verdict for judged in audited(path, project, own).groups}


def test_entries_are_names_or_mappings_in_yaml_and_json(tmp_path: Path) -> None:
    entries = ["org/a", {"dataset": "org/b", "licence": ["mit", "cc-by-4.0"], "model": "gpt-4o", "when": "2025-03"}]
    for name, text in (
        ("a.yaml", "- org/a\n- {dataset: org/b, licence: [mit, cc-by-4.0], model: gpt-4o, when: 2025-03}\n"),
        ("a.json", json.dumps({"datasets": entries})),
    ):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        keys = [group.key for group in listed.read(path)[1]]
        assert keys == [Key("org/a"), Key("org/b", ("cc-by-4.0", "mit"), ("gpt-4o",), None, "2025-03")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- org/a\n- 5\n", 2, "neither a name nor a mapping"),
        ("- org/a\n- {sorce: org/b}\n", 2, "mean nothing here: sorce"),
        ("- {note: x}\n", 1, "names no source"),
        ("- {source: a, date: 2024-01}\n- {source: b, date: soon}\n", 2, "has a date that is none: 'soon'"),
        ("- {source: org/a, rows: many}\n", 1, "no whole number"),
        ("a: b\n", 1, "no list of datasets"),
        ("- org/a\n- {source: org/a\n", 2, "not valid YAML"),
    ],
)
def test_wrong_entries_are_named_with_their_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        listed.read(path)
    assert (caught.value.problems[0].line, message in str(caught.value)) == (line, True)


def test_each_entry_is_judged_by_licence_catalogue_and_generator(tmp_path: Path) -> None:
    path = tmp_path / "data.yaml"
    path.write_text(
        "- {source: our/tickets, license: cc0-1.0, rows: 900}\n"
        "- {source: our/papers, license: cc-by-nc-4.0}\n"
        "- {source: our/chats, license: mit, generator: gpt-4o, route: api, date: 2025-03-02}\n"
        "- {source: our/strange, license: our-own}\n"
        "- {source: our/nothing}\n",
        "utf-8",
    )
    assert verdicts(path) == {
        "our/tickets": "usable",
        "our/papers": "restricted",
        "our/chats": "undetermined",
        "our/strange": "undetermined",
        "our/nothing": "undetermined",
    }
    assert verdicts(path, own=True)["our/chats"] == "restricted"
    research = TRAINING._replace(commercial=False)
    assert verdicts(path, research)["our/papers"] == "conditional"
    found = audited(path)
    assert (found.verdict, found.rows, found.groups[0].verdict) == ("fail", 904, "restricted")


@pytest.mark.corpus
def test_no_audited_dataset_that_is_restricted_is_called_usable(corpus: Path, tmp_path: Path) -> None:
    with (corpus / "datasets" / "dpi_text_datasets.tsv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t"))
    ids = {row["hf_url"].partition("huggingface.co/datasets/")[2].strip("/") for row in table}
    strict: dict[str, set[str]] = {}
    for row in table:
        name = row["hf_url"].partition("huggingface.co/datasets/")[2].strip("/")
        strict.setdefault(name, set()).add(row["use_verified"])
    ids = {name for name in ids if name.count("/") == 1}
    path = tmp_path / "all.json"
    path.write_text(json.dumps(sorted(ids)), "utf-8")
    said = verdicts(path)
    assert len(said) == len(ids) > 300
    restricted = {name for name in ids if strict[name] & {"non-commercial", "academic-only"}}
    assert restricted
    assert {name for name in restricted if said[name] in ("usable", "conditional")} == set()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "[]", "names no data"),
        ("a.yaml", "datasets: []\n", "names no data"),
        ("a.yaml", "- {source: a, license: {name: mit}}\n", "has a mapping or a list"),
        ("a.yaml", "- {source: a, rows: true}\n", "is no whole number"),
        ("a.json", '{"datasets": [{"source": "a", "comment": "x"}]}', "mean nothing here: comment"),
        ("a.json", '{"@context": "https://schema.org/", "@type": "Dataset", "license": "mit"}', "conformsTo"),
    ],
)
def test_what_is_no_list_of_datasets_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        audited(path)


def test_the_name_of_a_dataset_is_its_source_where_entries_have_more_keys_than_a_list(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"name": "tatsu-lab/alpaca", "hf_id": "x", "license": "mit"}]', "utf-8")
    assert {j.group.key.source: j.verdict for j in audited(path).groups} == {"tatsu-lab/alpaca": "restricted"}
