"""Every document × every use × every distribution, against an answer key that was made from the texts alone.

The key lies in tests/matrix: a row covers cells, `expect` says what demands attention when nothing has been done, and
`open_on` names what the text honestly leaves open, where the tool may say one or the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, TODAY

from licheck.db.store import Database
from licheck.pipeline import check

KEY = ROOT / "tests" / "matrix"
# A duty under a declaration that cannot stand, said in one word or the other.
SAME = {"violated": "violated", "action-needed": "violated"}


def key(name: str) -> Any:
    return yaml.safe_load((KEY / f"{name}.yaml").read_text("utf-8"))


def cells() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for row in key("licences")["rows"]:
        for document in row["documents"]:
            for how in row["how"]:
                for distribution in row["distribution"]:
                    yield document, how, distribution, row


def verdicts(folder: Path, document: str, how: str, distribution: str, **project: Any) -> dict[str, str]:
    """State by clause of everything that asks for attention, for one use of something under one document."""
    facts = {"license": "apache-2.0", "commercial": True, "monthly_active_users": 1000, "domicile": "US"}
    facts |= {"name": "acme/Thing-8B", "fields": ["customer-support"], "distribution": [distribution], **project}
    of = "dataset:upstream/thing" if how == "train" else "hf:upstream/thing"
    manifest = {"licheck": 1, "project": facts, "uses": [{"of": of, "how": how, "license": document}]}
    (folder / "licheck.yaml").write_text(yaml.safe_dump(manifest), "utf-8")
    report = check(folder, TODAY)
    return {f.clause or f.rule: f.state.value for f in report.findings if f.severity != "info"}


def differences(found: dict[str, str], expected: dict[str, str], open_on: set[str]) -> dict[str, tuple[str, str]]:
    wrong = {}
    for clause in (found.keys() | expected.keys()) - open_on:
        one, other = found.get(clause, "none"), expected.get(clause, "none")
        if one != other and not (
            clause in ("relicensing", "same-license-required") and SAME.get(one) == SAME.get(other)
        ):
            wrong[clause] = (one, other)
    return wrong


def accepted() -> dict[tuple[str, str], str]:
    """Differences between tool and key that are meant, each with its reason."""
    return {(row["documents"], row["clause"]): row["reason"] for row in key("accepted")}


@pytest.mark.parametrize("document", sorted({cell[0] for cell in cells()}))
def test_every_use_and_distribution_of_a_document(document: str, tmp_path: Path) -> None:
    meant = key("accepted")
    wrong = []
    for name, how, distribution, row in cells():
        if name != document:
            continue
        open_on = set(row.get("open_on") or ())
        open_on |= {
            m["clause"]
            for m in meant
            if name in m["documents"] and how in m["how"] and distribution in m["distribution"]
        }
        found = verdicts(tmp_path, name, how, distribution)
        for clause, (one, other) in differences(found, row["expect"], open_on).items():
            wrong.append(f"{how} × {distribution}: {clause} is {one}, the key says {other}")
    assert wrong == []


def test_the_key_covers_every_cell_once() -> None:
    seen = [(document, how, distribution) for document, how, distribution, _ in cells()]
    assert len(seen) == len(set(seen)) > 1000
    assert {document for document, _, _, _ in cells()} == set(key("licences")["documents"])
    assert all(Database.open().named(document) for document in key("licences")["documents"])
