"""Texts are named word for word or not at all; an edited one is told with what was changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from licheck.db.store import Database
from licheck.identify.text import Identified, Identifier
from licheck.pipeline import identifier

PROSE = "The model was trained for three days on a small cluster and answers questions about cooking.\n" * 8
Ask = Callable[[str], Identified]
TextOf = Callable[[str], str]


@pytest.fixture(scope="session")
def engine() -> Identifier:
    return identifier(Database.open())


@pytest.fixture
def ask(engine: Identifier) -> Ask:
    return engine.identify


def told(answer: Identified) -> tuple[str, tuple[str, ...], str | None]:
    return answer.status, answer.license, answer.nearest


def test_prose_a_readme_and_nothing_are_no_licence(ask: Ask) -> None:
    for text in ("", PROSE, (ROOT / "README.md").read_text("utf-8"), "MIT", "\n\n\n", "a " * 40):
        assert (told(ask(text)), ask(text).parts) == (("none", (), None), ()), text[:40]


def test_an_invented_licence_is_unknown_gets_no_name_and_its_clauses_are_read(ask: Ask) -> None:
    invented = (
        "Goose Licence\n\n1. The Licensee shall pay a goose a day.\n"
        "2. You may not use the outputs of the Goose to train any other language model.\n"
        "3. If your product has more than 40 million monthly active users, you must request a licence from us.\n"
        "4. This licence is governed by the laws of Iceland.\n"
    )
    answer = ask(invented)
    assert told(answer) == ("unknown", (), None)
    params = {found.clause: found.params for found in answer.detected}
    assert {"anti-distillation", "mau-threshold", "governing-law"} <= set(params)
    assert params["mau-threshold"]["more_than"] == 40_000_000
    assert params["governing-law"]["law"] == "Iceland"


FAMILIES = [
    ("llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "codellama-aup"),
    ("gemma-tou-2024-02-21", "gemma-tou-2024-04-01", "gemma-tou-2025-03-24", "hai-def-tou-2024-11-15"),
    ("creativeml-openrail-m", "openrail++-m-sd2", "bigscience-openrail-m", "bigcode-openrail-m-v1"),
    ("flux1-dev-nc-1.0", "flux1-dev-nc-1.1", "flux1-dev-nc-1.1.1", "flux-dev-nc-2.0", "flux-nc-2.1"),
    ("stability-nc-research-2023-11-28", "stability-nc-research-2023-12-06", "stability-community-2024-07-05"),
    ("hunyuan-large", "hunyuan-a13b", "hunyuan-7b", "hunyuan-mt", "hunyuan-video", "hunyuan-video-1.5", "hunyuan-dit"),
    ("std-cc-by-4.0", "std-cc-by-nc-4.0", "std-cc-by-sa-4.0", "std-cc-by-nd-4.0", "std-cc-by-nc-sa-4.0"),
    ("kimi-k2", "kimi-k2.5", "kimi-k2.6", "std-mit", "std-apache-2.0"),
    ("yi-2.0", "yi-2.1", "tongyi-qianwen-2023-08-03", "tongyi-qianwen-2023-08-23", "qwen-license-2024-09-19"),
]


@pytest.mark.corpus
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0])
def test_siblings_are_told_apart_also_when_a_word_is_missing(
    family: tuple[str, ...], ask: Ask, text_of: TextOf
) -> None:
    names = {name: ask(text_of(name)).license for name in family}
    assert len({documents for documents in names.values() if documents}) == len(family)
    for name, documents in names.items():
        text = text_of(name)
        middle = text.find(" the ", len(text) // 2)
        middle = middle if middle >= 0 else text.rindex(" the ")
        answer = ask(text[:middle] + text[middle + 4 :])
        assert (answer.status, answer.license) == ("modified", ())
        assert answer.nearest in documents
        (edit,) = answer.parts[0].edits
        line = text.count("\n", 0, middle) + 1
        assert edit.kind == "removed" and abs(answer.found.line(answer.found.starts[edit.start]) - line) <= 1


def markdown(text: str) -> str:
    return "\n\n".join(f"> **{' '.join(p.split()[:1])}** {' '.join(p.split()[1:])}" for p in text.split("\n\n") if p)


def html(text: str) -> str:
    body = "".join(f"<p class='x'>{p.replace('&', '&amp;').replace('<', '&lt;')}</p>\n" for p in text.split("\n\n"))
    return f"<html><head><style>p {{margin: 1em}}</style></head><body><nav>Home</nav>{body}</body></html>"


def rewrapped(text: str) -> str:
    return "\n\n".join(textwrap.fill(" ".join(p.split()), 66) for p in text.split("\n\n"))


def without_numbers(text: str) -> str:
    return re.sub(r"(?m)^(\s*)(?:\d{1,2}|[a-z]|[ivx]{1,4})\.\s+(?=[A-Z])", r"\1", text)


HARMLESS: dict[str, Callable[[str], str]] = {
    "wrapping": rewrapped,
    "Markdown": markdown,
    "HTML": html,
    "comment": lambda text: "".join(f"# {line}\n" for line in text.splitlines()),
    "C comment": lambda text: "/*\n" + "".join(f" * {line}\n" for line in text.splitlines()) + " */\n",
    "typography": lambda text: "\ufeff" + text.replace('"', "”").replace("'", "’").replace("\n", "\r\n"),
    "capitals": str.upper,
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "soft hyphens": lambda text: text.replace("ense", "en\u00adse"),
    "holder": lambda text: f"Copyright (c) 2024-2026 The Heron Authors <h@example.org>. All rights reserved.\n\n{text}",
    "front matter": lambda text: (
        "---\nlicense: other\nextra_gated_prompt: |\n" + textwrap.indent(text, "  ") + "\n---\n"
    ),
    "readme": lambda text: f"# Heron\n\n{PROSE}\n## License\n\n{text}\n\n## Thanks\n\n{PROSE}",
    "numbers lost": without_numbers,
}


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["llama3.1", "gemma-tou-2024-04-01", "creativeml-openrail-m", "std-mit", "kimi-k2"])
@pytest.mark.parametrize("what", HARMLESS)
def test_what_people_do_to_copies_changes_nothing(what: str, name: str, ask: Ask, text_of: TextOf) -> None:
    text = text_of(name)
    answer = ask(HARMLESS[what](text))
    assert told(answer) == told(ask(text)), [e for part in answer.parts for e in part.edits]
    assert answer.status == "exact"


EDITS = [
    ("llama3.1", "700 million", "500 million", "mau-threshold"),
    ("llama3.1", "State of California", "State of Nevada", "governing-law"),
    ("llama3.1", "Built with Llama", "Built with Alpaca", "attribution-display"),
    ("gemma-tou-2024-04-01", "prominent notices", "notices", "state-changes-required"),
    ("creativeml-openrail-m", "enforceable provision", "provision", "use-restrictions-flowdown"),
    ("kimi-k2", "100 million", "1 million", "mau-threshold"),
    ("std-mit", "substantial portions", "some portions", "license-copy-required"),
    (
        "hunyuan-large",
        "must not use the Tencent Hunyuan Works or any",
        "may use the Tencent Hunyuan Works or any",
        None,
    ),
]


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "old", "new", "clause"), EDITS, ids=lambda value: str(value)[:24])
def test_an_edit_is_seen_and_names_the_clause_it_touches(
    name: str, old: str, new: str, clause: str | None, ask: Ask, text_of: TextOf
) -> None:
    text = text_of(name)
    assert text.count(old) >= 1
    answer = ask(text.replace(old, new))
    assert answer.status == "modified" and answer.license == ()
    assert answer.nearest in ask(text).license
    touched = {c for part in answer.parts for edit in part.edits for c in edit.clauses}
    assert clause in touched or (clause is None and touched)


@pytest.mark.corpus
def test_terms_beside_a_licence_are_seen_and_named(ask: Ask, text_of: TextOf) -> None:
    mit = text_of("std-mit")
    more = "\n\nThe Licensee may not use the Software for commercial purposes without the Licensor's written consent.\n"
    for text in (mit + more, more + "\n" + mit, f"# Toolkit\n\n{PROSE}\n\n{mit}\n{more}\n{PROSE}"):
        answer = ask(text)
        assert told(answer) == ("modified", (), "MIT")
        assert [edit.kind for edit in answer.added] == ["added"]
        assert "non-commercial" in answer.added[0].clauses


@pytest.mark.corpus
def test_several_licences_in_one_file(ask: Ask, text_of: TextOf) -> None:
    both = ask(text_of("std-mit") + "\n\n" + text_of("std-bsd-new"))
    assert both.license == ("MIT", "BSD-3-Clause")
    policy = ask(text_of("llama3.1") + "\n\n\n" + text_of("llama3.1-aup"))
    assert told(policy) == ("exact", ("llama3.1", "llama3.1-aup"), None)
    mixed = ask(text_of("std-apache-2.0") + "\n\n" + text_of("llama3.1").replace("700 million", "5 million"))
    assert told(mixed) == ("modified", (), "llama3.1")
    assert [part.status for part in mixed.parts] == ["exact", "modified"]


@pytest.mark.corpus
def test_clauses_of_a_known_text_without_a_record_are_read_by_their_phrases(ask: Ask, text_of: TextOf) -> None:
    """The list's own text stands in for one: no record is asked."""
    engine = identifier(Database.open())
    engine._recorded = frozenset()
    answer = engine.identify(text_of("std-apache-2.0"))
    assert answer.license == ("Apache-2.0",)
    assert {"license-copy-required", "state-changes-required", "patent-termination"} <= {
        found.clause for found in answer.detected
    }
    assert ask(text_of("std-apache-2.0")).detected == ()


@pytest.mark.corpus
def test_an_edit_says_what_it_is_about_where_no_clause_is_touched(text_of: TextOf, tmp_path: Path) -> None:
    text = text_of("llama3.1")
    assert "WILL META OR ITS AFFILIATES BE LIABLE" in text
    changed = text.replace("WILL META OR ITS AFFILIATES BE LIABLE", "MAY META OR ITS AFFILIATES NOT BE HELD LIABLE")
    (tmp_path / "LICENSE").write_text(changed, "utf-8")
    result = json.loads(run(tmp_path, "LICENSE", "--format", "json").stdout)["results"][0]
    assert result["status"] == "modified"
    assert all("liability" in edit["topics"] for edit in result["edits"])


@pytest.mark.corpus
def test_a_licence_built_on_another_is_not_that_one(ask: Ask, text_of: TextOf) -> None:
    assert ask(text_of("kimi-k2")).license == ("kimi-k2",)
    changed = ask(text_of("kimi-k2").replace("20 million", "2 million"))
    assert told(changed) == ("modified", (), "kimi-k2")


@pytest.mark.corpus
def test_a_piece_belongs_to_every_document_that_begins_so(ask: Ask, text_of: TextOf) -> None:
    piece = ask(" ".join(text_of("std-mit").split()[:60]))
    assert piece.status == "partial" and piece.license == ()
    assert "MIT" in piece.parts[0].documents and len(piece.parts[0].documents) > 1
    alone = ask(text_of("llama3.2")[:5000])
    assert (alone.status, alone.parts[0].documents) == ("partial", ("llama3.2",))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "licheck", "identify", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env, timeout=120)


@pytest.mark.corpus
def test_the_command_gives_lines_words_and_parameters(tmp_path: Path, text_of: TextOf) -> None:
    text = text_of("gemma-tou-2025-03-24")
    (tmp_path / "LICENSE").write_text(text, "utf-8")
    data = json.loads(run(tmp_path, "LICENSE", "--format", "json").stdout)
    assert data["schema"] == "licheck-identify/1"
    result = data["results"][0]
    assert {"path", "status", "license", "nearest", "candidates", "edits", "parts", "clauses"} <= set(result)
    assert (result["status"], result["license"]) == ("exact", "gemma-tou-2025-03-24")
    notice = next(clause for clause in result["clauses"] if clause["clause"] == "notice-file-required")
    assert "Notice" in notice["quote"] and notice["params"]["line"].startswith("Gemma is provided under")
    assert notice["quote"].split()[0] in text.split("\n")[notice["line"] - 1]
    assert (notice["from"], notice["grade"]) == ("record", "B")


@pytest.mark.corpus
def test_the_command_says_what_an_edit_does_to_a_clause(tmp_path: Path, text_of: TextOf) -> None:
    (tmp_path / "LICENSE").write_text(text_of("llama3.1").replace("700 million", "500 million"), "utf-8")
    result = json.loads(run(tmp_path, "LICENSE", "--format", "json").stdout)["results"][0]
    (edit,) = result["edits"]
    assert (edit["kind"], edit["words"], edit["clause"]) == ("replaced", "500", "mau-threshold")
    assert edit["how"] == "more_than: 700000000 → 500000000"
    read = next(clause for clause in result["clauses"] if clause["clause"] == "mau-threshold")
    assert (read["grade"], read["params"]["more_than"]) == ("D", 500_000_000)
    shown = run(tmp_path, "LICENSE").stdout
    assert "LICENSE: llama3.1, modified" in shown and "700000000 → 500000000" in shown


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
    done = run(tmp_path, "x")
    assert done.returncode == code, done.stderr
    assert says in done.stdout + done.stderr and "Traceback" not in done.stderr
