"""Texts are named word for word or not at all; an edited one is told with what was changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from licheck.db.store import Database
from licheck.identify import nearest
from licheck.identify.exact import ExactIndex, from_records
from licheck.identify.text import Identified, identify

PROSE = "The model was trained for three days on a small cluster and answers questions about cooking.\n" * 8


@pytest.fixture(scope="session")
def engine() -> tuple[ExactIndex, list[nearest.Known]]:
    database = Database.open()
    rows = database.fingerprints()
    return from_records(rows), nearest.read(database.runs(), rows)


@pytest.fixture
def ask(engine: tuple[ExactIndex, list[nearest.Known]]) -> Callable[[str], Identified]:
    return lambda text: identify(text, *engine)


def test_prose_a_readme_and_nothing_are_no_licence(ask: Callable[[str], Identified]) -> None:
    for text in ("", PROSE, (ROOT / "README.md").read_text("utf-8"), "MIT", "License: apache-2.0\n"):
        assert ask(text) == Identified("none", None, None, (), ()), text[:40]


def test_an_invented_licence_is_unknown_and_gets_no_name(ask: Callable[[str], Identified]) -> None:
    invented = "The Licensee shall pay a goose a day. The Licensor may end this Agreement where no goose is provided. "
    answer = ask(invented * 6)
    assert (answer.status, answer.license, answer.nearest) == ("unknown", None, None)


SIBLINGS = [
    *("llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4"),
    *("gemma-tou-2024-02-21", "gemma-tou-2024-04-01", "gemma-tou-2025-03-24", "hunyuan-large", "hunyuan-a13b"),
    *("creativeml-openrail-m", "flux1-dev-nc-1.1", "flux1-dev-nc-1.1.1", "stability-nc-research-2023-12-06", "yi-2.1"),
]


@pytest.mark.corpus
@pytest.mark.parametrize("name", SIBLINGS)
def test_siblings_are_told_apart(name: str, ask: Callable[[str], Identified], text_of: Callable[[str], str]) -> None:
    assert (ask(text_of(name)).status, ask(text_of(name)).license.split(" AND ")[0]) == ("exact", name)


@pytest.mark.corpus
@pytest.mark.parametrize("name", SIBLINGS)
def test_one_word_taken_out_makes_it_a_modified_one_of_the_right_kind(
    name: str, ask: Callable[[str], Identified], text_of: Callable[[str], str]
) -> None:
    text = text_of(name)
    middle = text.index(" the ", len(text) // 2)
    answer = ask(text[:middle] + text[middle + 4 :])
    assert (answer.status, answer.license, answer.nearest) == ("modified", None, name)
    line = text.count("\n", 0, middle) + 1
    assert len(answer.edits) == 1 and abs(answer.edits[0].line - line) <= 1


@pytest.mark.corpus
def test_an_edit_names_the_clause_it_touches(ask: Callable[[str], Identified], text_of: Callable[[str], str]) -> None:
    text = text_of("llama3.1").replace("700 million", "500 million").replace("State of California", "State of Nevada")
    edits = ask(text).edits
    assert [(edit.kind, edit.clauses) for edit in edits] == [
        ("replaced", ("mau-threshold",)),
        ("replaced", ("governing-law",)),
    ]
    for edit in edits:
        assert any(word in text.split("\n")[edit.line - 1] for word in ("500", "Nevada"))


@pytest.mark.corpus
def test_terms_added_to_a_licence_are_seen_and_a_readme_around_it_is_not(
    ask: Callable[[str], Identified], text_of: Callable[[str], str]
) -> None:
    mit = text_of("std-mit")
    more = (
        "\n\nThe Licensee shall not use the Software for commercial purposes without a grant of the Licensor's rights."
    )
    added = ask(mit + more)
    assert (added.status, added.license, added.nearest) == ("modified", None, "MIT")
    assert [edit.kind for edit in added.edits] == ["added"]
    around = ask(f"# Toolkit\n\n{PROSE}\n## License\n\n{mit}\n\n## Thanks\n\n{PROSE}")
    assert (around.status, around.license) == ("exact", "MIT")


@pytest.mark.corpus
def test_a_modified_mit_is_not_mit_and_two_licences_are_two(
    ask: Callable[[str], Identified], text_of: Callable[[str], str]
) -> None:
    assert ask(text_of("kimi-k2")).license == "kimi-k2"
    both = ask(text_of("std-mit") + "\n\n" + text_of("std-bsd-new"))
    assert both.license == "MIT AND BSD-3-Clause"
    assert [part.document for part in both.parts] == ["MIT", "BSD-3-Clause"]


@pytest.mark.corpus
def test_the_command_gives_lines_words_and_parameters(tmp_path: Path, text_of: Callable[[str], str]) -> None:
    (tmp_path / "LICENSE").write_text(text_of("gemma-tou-2025-03-24"), "utf-8")
    command = [sys.executable, "-m", "licheck", "identify", "LICENSE", "--format", "json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    data = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, env=env).stdout)
    assert data["schema"] == "licheck-identify/1"
    result = data["results"][0]
    assert set(result) == {"path", "status", "license", "nearest", "edits", "parts", "clauses"}
    assert (result["status"], result["license"]) == ("exact", "gemma-tou-2025-03-24")
    notice = next(clause for clause in result["clauses"] if clause["clause"] == "notice-file-required")
    assert "Notice" in notice["quote"] and notice["params"]["line"].startswith("Gemma is provided under")
    lines = (tmp_path / "LICENSE").read_text("utf-8").split("\n")
    assert notice["quote"].split()[0] in lines[notice["line"] - 1] and notice["from"] == "record"


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (None, 2, "does not exist"),
        (b"", 0, "none"),
        (b"\0\1\2" * 100, 3, "not text"),
        (b"\xff\xfe\xfa", 3, "not text"),
        (b"a " * 400_000, 0, "none"),
        (b"<div>" * 200_000, 0, "none"),
        (b"shall " * 300_000, 0, "unknown"),
        (b"x" * 17_000_000, 3, "more than"),
    ],
    ids=["missing", "empty", "binary", "undecodable", "one long line", "nested HTML", "one word", "huge"],
)
def test_bad_input_gets_a_clear_answer_in_bounded_time(
    content: bytes | None, code: int, says: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "x").write_bytes(content)
    command = [sys.executable, "-m", "licheck", "identify", "x"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=env, timeout=60)
    assert done.returncode == code, done.stderr
    assert says in done.stdout + done.stderr and "Traceback" not in done.stderr
