"""The list of crawls and platforms: its form, and which names and addresses lead to it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator

from licheck.db.store import Database
from licheck.model.reference import Reference
from licheck.strict_yaml import load

DB = ROOT / "license_db"


def test_every_record_has_its_form_and_no_name_or_domain_stands_twice() -> None:
    loaded = load((DB / "web_sources.yaml").read_text("utf-8"), "web_sources.yaml")
    schema = json.loads((DB / "schema" / "records.schema.json").read_text("utf-8"))
    validator = Draft202012Validator({**schema, "$ref": "#/$defs/web_sources"})
    assert [*loaded.problems, *validator.iter_errors(loaded.value)] == []
    records = loaded.value["sources"]
    for key in ("names", "domains"):
        listed = [name for record in records for name in record[key]]
        assert len(listed) == len(set(listed))
    for record in records:
        assert len(record["content"].split()) <= 50 and len(record["check"].split()) <= 40
        assert all(Reference.parse(of).provider for of in record.get("generated_by") or ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://old.reddit.com/r/x?y=1", "reddit"),
        ("reddit_comments", "reddit"),
        ("redditors", None),
        ("CC-MAIN-2024-10", "common-crawl"),
        ("CommonCrawl", "common-crawl"),
        ("dolma/common-crawl_head", "common-crawl"),
        ("StackExchange", "stack-exchange"),
        ("https://math.stackexchange.com/q/1", "stack-exchange"),
        ("https://notreddit.com/", "notreddit.com"),
        ("scrape:example.org", "example.org"),
        ("https://[broken/", None),
        ("our own tickets", None),
        ("", None),
    ],
)
def test_names_and_addresses_lead_to_a_record(text: str, found: str | None) -> None:
    source = Database.open().web_source(text)
    assert (source.id if source else None) == found


@pytest.mark.corpus
def test_licences_of_databases_say_so_in_their_texts(text_of: Callable[[str], str]) -> None:
    listed = load((DB / "web_sources.yaml").read_text("utf-8"), "web_sources.yaml").value["databases"]
    assert {item["license"] for item in listed} == set(Database.open().databases_only())
    for item in listed:
        text = " ".join(text_of(f"data-{item['license'].lower()}").split())
        assert len(item["anchor"].split()) <= 8 and item["anchor"] in text
        assert text.index(f" {item['section']} ") < text.index(item["anchor"])
