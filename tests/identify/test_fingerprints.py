"""The fingerprints: hashes only, made from texts reproducibly, read back as they were written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from licheck.db.store import Database
from licheck.identify import index
from licheck.identify.align import align
from licheck.words import words

FINGERPRINTS = ROOT / "license_db" / "fingerprints"
FILES = ("texts.tsv", "runs.bin", "sketch.bin", "sources.csv", "names.tsv")


def rebuild(folder: Path, *texts: str) -> None:
    """Build in a copy of the database."""
    shutil.copytree(ROOT / "license_db", folder / "license_db", dirs_exist_ok=True)
    shutil.copytree(ROOT / "tools", folder / "tools", dirs_exist_ok=True)
    command = [sys.executable, "tools/build_fingerprints.py", *texts]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr


def test_without_texts_everything_is_kept_byte_for_byte(tmp_path: Path) -> None:
    rebuild(tmp_path)
    for name in FILES:
        assert (tmp_path / "license_db" / "fingerprints" / name).read_bytes() == (FINGERPRINTS / name).read_bytes()


@pytest.mark.corpus
def test_the_committed_fingerprints_are_those_of_the_texts(tmp_path: Path, corpus: Path) -> None:
    rebuild(tmp_path, f"corpus={corpus / 'corpus'}")
    for name in FILES:
        assert (tmp_path / "license_db" / "fingerprints" / name).read_bytes() == (FINGERPRINTS / name).read_bytes()


def test_a_new_text_of_the_list_gives_a_row(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    text = "Heron Licence. " + "You may use the heron in any pond, provided that it is fed. " * 3
    (tmp_path / "texts" / "heron.LICENSE").write_text(f"---\nspdx_license_key: Heron-1.0\n---\n\n{text}\n", "utf-8")
    rebuild(tmp_path, "mine=texts")
    rows = (tmp_path / "license_db" / "fingerprints" / "texts.tsv").read_text("utf-8").splitlines()
    assert len(rows) == len((FINGERPRINTS / "texts.tsv").read_text("utf-8").splitlines()) + 1
    (row,) = [row.split("\t") for row in rows if "\tHeron-1.0\t" in row]
    assert row[2] == str(len(words(text)))
    sources = (tmp_path / "license_db" / "fingerprints" / "sources.csv").read_text("utf-8")
    assert "mine:heron.LICENSE" in sources


def test_the_index_is_small_and_holds_no_words() -> None:
    size = sum((FINGERPRINTS / name).stat().st_size for name in ("texts.tsv", "runs.bin", "sketch.bin", "names.tsv"))
    assert size <= 2_500_000
    for name in ("runs.bin", "sketch.bin"):
        data = (FINGERPRINTS / name).read_bytes()
        assert b"license" not in data.lower() and b"warrant" not in data.lower()


def test_what_is_packed_is_read_back() -> None:
    tokens = words("one two three four five six seven eight nine ten eleven twelve").tokens
    runs = index.checksums(tokens)
    assert len(runs) == len(tokens) - index.RUN + 1
    row = list(index.row(tokens, ["X", "A"], "0" * 32, clauses="mau-threshold:1-3", free="0-1").values())
    files = {"runs.bin": index.pack(runs), "sketch.bin": index.sketch([(0, runs)])}
    made = index.Index([row], files.__getitem__)
    known = made.known(0)
    assert (known.documents, known.clauses, known.free) == (("A", "X"), (("mau-threshold", 1, 4),), ((0, 2),))
    assert list(made.runs(known)) == [run & 0xFFFF for run in runs]
    assert made.sampled_of(known) == sorted(set(runs))
    grown = index.extended(files["sketch.bin"], 1, [7])
    assert len(grown) == len(files["sketch.bin"]) + 6


@pytest.mark.parametrize(
    ("edited", "gaps"),
    [
        ("a b c d e f g h i j k l m n o p", []),
        ("a b c d e f g X h i j k l m n o p", [((7, 8), (7, 7))]),
        ("a b c d e f g h k l m n o p", [((8, 8), (8, 10))]),
        ("a b c d e f g h X Y k l m n o p", [((8, 10), (8, 10))]),
        ("z z a b c d e f g h i j k l m n o p z", []),
        ("c d e f g h i j k l m n o p", [((0, 0), (0, 2))]),
        ("a b c d e f g h i j k l", [((12, 12), (12, 16))]),
    ],
)
def test_an_edit_is_what_lies_between_the_words_that_agree(edited: str, gaps: list[object]) -> None:
    known = list("abcdefghijklmnop")
    laid = align(index.checksums(edited.split()), index.checksums(known), len(known))
    assert laid is not None
    assert [(gap.own, gap.other) for gap in laid.gaps] == gaps


def test_the_database_gives_what_the_index_reads() -> None:
    database = Database.open()
    made = index.Index(database.fingerprints(), database.fingerprint_file)
    known = next(made.known(n) for n in range(5) if made.known(n).aligned)
    assert len(made.runs(known)) == known.words - index.RUN + 1
