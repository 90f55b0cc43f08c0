"""What the tests share: the corpus of real texts, and projects made in a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from licheck.model.project import Manifest, Project
from licheck.model.report import Report
from licheck.pipeline import check

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the licence and terms texts; they are other people's, so none is in the repository."""
    named = os.environ.get("LICHECK_CORPUS")
    if not named:
        assert not os.environ.get("LICHECK_REQUIRE_CORPUS"), (
            "corpus tests may not skip here, and LICHECK_CORPUS is not set"
        )
        pytest.skip("LICHECK_CORPUS is not set: it names the folder of licence and terms texts")
    folder = Path(named)
    assert (folder / "corpus" / "licenses.tsv").is_file(), f"LICHECK_CORPUS={named} holds no corpus/licenses.tsv"
    return folder


@pytest.fixture(scope="session")
def text_of(corpus: Path) -> Callable[[str], str]:
    """Text of a licence by its id in the corpus."""
    return lambda name: (corpus / "corpus" / "licenses" / f"{name}.txt").read_text("utf-8")


def declared(project: Project) -> Manifest:
    """The manifest of a project of which nothing else is written."""
    return Manifest("", Path(), project, ())


Judge = Callable[..., Report]


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[Judge]:
    """Write a project and check it: judge(manifest, {"README.md": "…"})."""

    def run(manifest: str, files: Mapping[str, str] | None = None, today: date = TODAY) -> Report:
        for name, text in {"licheck.yaml": manifest, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check(tmp_path, today)

    yield run


def attention(report: Report) -> set[tuple[str, str, str]]:
    """What a report asks for: (subject, clause or rule, state) of every finding that is not mere information."""
    return {
        (f.subject, f.clause or f.rule, f.state.value)
        for f in report.findings
        if f.severity != "info" and not f.excepted_by
    }
