"""Golden cases: each document of tests/cases/*.yaml is a project and exactly what it must be told.

A case is a manifest, the files of the release and `expect`, a list of `subject | clause or rule | state` for every
finding that asks for attention; add one and it is a test. `corpus:ID` as a file's text stands for that licence's text,
`corpus:ID~old~new` for an edited one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, attention

from licheck.pipeline import check

FOLDER = ROOT / "tests" / "cases"


def cases() -> list[object]:
    import yaml

    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load_all(path.read_text("utf-8")):
            needs = any(str(text).startswith("corpus:") for text in (case.get("files") or {}).values())
            marks = [pytest.mark.corpus] if needs else []
            found.append(pytest.param(case, id=f"{path.stem}: {case['case']}", marks=marks))
    return found


@pytest.mark.parametrize("case", cases())
def test_case(case: dict, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "licheck.yaml").write_text(case["manifest"], "utf-8")
    for name, text in (case.get("files") or {}).items():
        if text.startswith("corpus:"):
            source, *edit = text.removeprefix("corpus:").split("~")
            text = request.getfixturevalue("text_of")(source)
            text = text.replace(*edit) if edit else text
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    report = check(tmp_path, TODAY)
    assert sorted(" | ".join(found) for found in attention(report)) == sorted(case["expect"])
    for words in case.get("says") or ():
        assert any(words in f.message + f.remedy for f in report.findings), words
    if "excepted" in case:
        assert report.summary["excepted"] == case["excepted"]
    if "verdict" in case:
        assert report.verdict == case["verdict"]


def test_there_are_cases() -> None:
    assert len(cases()) > 20 and os.fspath(FOLDER)
