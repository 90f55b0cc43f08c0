"""`licheck audit` on rows: grouped, judged, and written apart."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from conftest import TODAY, declared

from licheck.audit import Options, audit
from licheck.errors import InputError
from licheck.model.audit import Audit
from licheck.model.project import Project

TRAINING = Project("acme/model", distribution=("public-weights",), commercial=True, competes="yes")
ROWS = [
    {"id": "a", "source": "our/tickets", "license": ["cc0-1.0"], "tokens": 5},
    {"id": "b", "source": "our/tickets", "license": ["cc0-1.0"], "tokens": 7},
    {"id": "c", "source": "our/papers", "license": ["cc-by-nc-4.0", "mit"], "tokens": 1},
    {"id": "d", "source": "our/chats", "license": ["mit"], "model": "gpt-4o", "tokens": 1},
    {"id": "e", "source": None, "license": [], "tokens": 1},
]


def audited(path: Path, **options: object) -> Audit:
    return audit([str(path)], declared(TRAINING), TODAY, Options(**options), lambda done, known: None)  # type: ignore[arg-type]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


def test_rows_are_grouped_judged_and_counted(rows: Path) -> None:
    found = audited(rows)
    assert (found.rows, found.columns.generator, found.columns.id) == (5, "model", "id")
    told = {str(j.group.key.source): (j.verdict, j.group.rows, j.group.tokens, j.group.examples) for j in found.groups}
    assert told == {
        "our/papers": ("restricted", 1, 1, ("c",)),
        "our/chats": ("undetermined", 1, 1, ("d",)),
        "None": ("undetermined", 1, 1, ("e",)),
        "our/tickets": ("usable", 2, 12, ("a",)),
    }


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_clean_and_flagged_hold_every_row_once(rows: Path, tmp_path: Path, suffix: str) -> None:
    clean, flagged = tmp_path / f"clean.{suffix}", tmp_path / f"flagged.{suffix}"
    audited(rows, clean=clean, flagged=flagged)
    reader = "read_parquet" if suffix == "parquet" else "read_json"
    ids = [
        [row[0] for row in duckdb.sql(f"SELECT id FROM {reader}('{path}') ORDER BY id").fetchall()]
        for path in (clean, flagged)
    ]
    assert ids == [["a", "b"], ["c", "d", "e"]]
    said = duckdb.sql(f"SELECT licheck FROM {reader}('{flagged}') WHERE id = 'c'").fetchall()[0][0]
    assert said.startswith("restricted: ")


def test_columns_can_be_named_and_wrong_names_are_refused(rows: Path) -> None:
    assert audited(rows, columns={"source": "model"}).columns.source == "model"
    with pytest.raises(InputError, match="licence_column"):
        audited(rows, columns={"license": "licence_column"})
