"""`licheck explain`: every kind of name leads to its record."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from licheck.resolve import resolve


def explain(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "licheck", "explain", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("llama3.1", "licence", "llama3.1"),
        ("LicenseRef-nothing", None, None),
        ("mit", "licence", "MIT"),
        ("openrail", "tag", "openrail"),
        ("anti-distillation", "clause", "anti-distillation"),
        ("output-training", "rule", "output-training"),
        ("bedrock", "provider", "aws"),
        ("openai/services-agreement@2026-01-01", "service document", "openai/services-agreement@2026-01-01"),
        ("hf:deepseek-ai/DeepSeek-R1", "catalogue entry", "hf:deepseek-ai/DeepSeek-R1"),
        ("tatsu-lab/alpaca", "catalogue entry", "dataset:tatsu-lab/alpaca"),
    ],
)
def test_a_name_leads_to_its_record(name: str, kind: str | None, found: str | None) -> None:
    hits = [(item.kind, item.name) for item in resolve(name)]
    assert ((kind, found) in hits) if kind else hits == []


def test_a_family_name_leads_to_all_its_versions() -> None:
    assert [item.name for item in resolve("gemma") if item.kind == "licence"] == [
        *("gemma-tou-2024-02-21", "gemma-tou-2024-04-01", "gemma-tou-2025-03-24")
    ]


def test_text_and_json_show_section_words_and_source() -> None:
    shown = explain("llama3.1")
    assert shown.returncode == 0
    for words in ("section: 1.b.i", "include “Llama” at the beginning", "meta-llama/llama-models@", "sha256:"):
        assert words in shown.stdout
    data = json.loads(explain("llama3.1", "--json").stdout)
    assert data[0]["record"]["clauses"]["naming-prefix-required"]["params"]["words"] == ["Llama"]


def test_an_unknown_name_is_an_error_with_what_may_have_been_meant() -> None:
    done = explain("lama3.1")
    assert done.returncode == 2 and done.stdout == ""
    assert "nothing in the database" in done.stderr and "llama3.1" in done.stderr


@pytest.mark.corpus
def test_every_text_of_the_corpus_and_every_tag_resolves(corpus: Path) -> None:
    for file, column in (("licenses.tsv", "id"), ("hf_license_tags.tsv", "identifier")):
        with (corpus / "corpus" / file).open(encoding="utf-8", newline="") as lines:
            names = [row[column] for row in csv.DictReader(lines, delimiter="\t")]
        assert [name for name in names if not resolve(name)] == []
