"""Every clause record shows by examples in our own words what its phrases find and what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ROOT

from licheck.identify.clauses import Detected, Detector
from licheck.phrases import compiled
from licheck.strict_yaml import load
from licheck.words import words

CLAUSES: list[dict[str, Any]] = [
    load(path.read_text("utf-8"), path.name).value for path in sorted((ROOT / "license_db" / "clauses").glob("*.yaml"))
]
LISTS = load((ROOT / "license_db" / "words.yaml").read_text("utf-8"), "words.yaml").value


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(compiled(CLAUSES, LISTS["lists"]), LISTS["territories"])


def _found(detector: Detector, text: str, clause: str) -> Detected | None:
    return next((found for found in detector.detect(words(text)) if found.clause == clause), None)


@pytest.mark.parametrize("record", CLAUSES, ids=lambda record: record["id"])
def test_every_record_has_phrases_and_examples_of_both_kinds(record: dict[str, Any]) -> None:
    assert len(record["phrases"]) >= 1
    assert len(record["examples"]["positive"]) >= 3 and len(record["examples"]["negative"]) >= 3


@pytest.mark.parametrize(
    ("clause", "example"), [(r["id"], e) for r in CLAUSES for e in (r.get("examples") or {}).get("positive", ())]
)
def test_a_positive_example_is_found_and_read(clause: str, example: Any, detector: Detector) -> None:
    text, params = (example, {}) if isinstance(example, str) else (example["text"], example["params"])
    found = _found(detector, text, clause)
    assert found is not None, text
    assert {name: found.params.get(name) for name in params} == params


@pytest.mark.parametrize(
    ("clause", "example"), [(r["id"], e) for r in CLAUSES for e in (r.get("examples") or {}).get("negative", ())]
)
def test_a_negative_example_is_left_alone(clause: str, example: str, detector: Detector) -> None:
    found = _found(detector, example, clause)
    assert found is None, f"found in: {example}"
