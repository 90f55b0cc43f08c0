"""Every text of the corpus has its record, and the records agree with labels that others made."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from licheck.db.compile import records
from licheck.db.store import Database

DB = ROOT / "license_db"
LISTED = yaml.safe_load((ROOT / "tests" / "db" / "label_mismatches.yaml").read_text("utf-8"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def sources() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(id of the document, the record or version, one of its sources)."""
    for key, record in records(DB).items():
        if key.startswith("licenses/"):
            for source in record["sources"]:
                yield record["id"], record, source
        elif key.startswith("services/"):
            for document in record["documents"]:
                for version in document["versions"]:
                    for source in version.get("sources") or ():
                        yield f"{document['id']}@{version['version']}", version, source


@pytest.mark.corpus
def test_every_text_of_the_corpus_is_the_source_of_a_record(corpus: Path) -> None:
    held = {source["sha256"] for _, _, source in sources()}
    texts = rows(corpus / "corpus" / "licenses.tsv")
    assert [row["id"] for row in texts if row["sha256"] not in held] == []
    assert len(texts) == 157


@pytest.mark.corpus
def test_records_agree_with_the_labels_save_for_the_listed_ones(corpus: Path) -> None:
    by_digest = {source["sha256"]: record for _, record, source in sources()}
    digests = {row["id"]: row["sha256"] for row in rows(corpus / "corpus" / "licenses.tsv")}
    listed = {(row["text"], row["clause"]) for row in LISTED}
    compared, wrong, met = 0, [], set()
    for label in rows(corpus / "corpus" / "labels.tsv"):
        record = by_digest[digests[label["id"]]]
        compared += 1
        if (label["clause"] in record["clauses"]) != (label["present"] == "yes"):
            met.add((label["id"], label["clause"]))
    wrong = sorted(met - listed)
    assert wrong == []
    assert sorted(listed - met) == [], "listed, and no longer a mismatch"
    assert compared > 3400 and len(listed) / compared < 0.01
    assert all(len(row["reason"]) > 20 for row in LISTED)


@pytest.mark.corpus
def test_digests_are_those_of_the_texts(corpus: Path) -> None:
    for row in rows(corpus / "corpus" / "licenses.tsv"):
        data = (corpus / "corpus" / "licenses" / f"{row['id']}.txt").read_bytes()
        assert sha256(data).hexdigest() == row["sha256"]


@pytest.mark.corpus
def test_every_text_is_identified_as_its_document_and_as_no_other(corpus: Path) -> None:
    from licheck.pipeline import identifier

    engine = identifier(Database.open(), clauses=False)
    wrong = []
    for name, record, source in sources():
        path = corpus / "corpus" / "licenses" / f"{source.get('id')}.txt"
        if "@" in name or record.get("layer") == "statement" or not path.is_file():
            continue
        found = engine.identify(path.read_text("utf-8"))
        if found.status != "exact" or set(found.license) != {name, *(source.get("contains") or ())}:
            wrong.append((name, path.name, found.status, found.license))
    assert wrong == []


@pytest.mark.corpus
def test_names_and_tags_of_the_hub_resolve_or_are_said_not_to(corpus: Path) -> None:
    database = Database.open()
    tags = {row["tag"]: row for row in database.record("hub_tags")["tags"]}
    wrong = []
    for row in rows(corpus / "corpus" / "hf_license_tags.tsv"):
        tag = row["identifier"]
        entry = tags.get(tag)
        if entry is None:
            wrong.append((tag, "is not in hub_tags.yaml"))
        elif entry["means"] == "record" and sorted(database.named(tag)) != sorted(entry["documents"]):
            wrong.append((tag, database.named(tag), entry["documents"]))
        elif entry["means"] != "record" and (database.named(tag) or not entry["why"]):
            wrong.append((tag, entry["means"], database.named(tag)))
    assert wrong == []
