"""`licheck audit` on rows: grouped, judged, and written apart."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import TODAY, declared
from test_columns import CORPORA

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


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    path, out = tmp_path / "in.parquet", tmp_path / "out"
    out.mkdir()
    long = "SELECT 'org/' || i % 9 AS source, 'mit' AS license, hash(i)::VARCHAR || hash(i + 1) AS text"
    duckdb.execute(f"COPY ({long} FROM range(6000000) t(i)) TO '{path}' (FORMAT parquet)")
    command = [sys.executable, "-m", "licheck", "audit", str(path), "--write-clean", str(out / "a.jsonl")]
    began = time.monotonic()
    with subprocess.Popen(command, cwd=out, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not list(out.iterdir()) and process.poll() is None and time.monotonic() - began < 60:
            time.sleep(0.02)
        assert [file.suffix for file in out.iterdir()] == [".tmp"], process.communicate()[1]
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[0]
    assert (process.returncode, said, list(out.iterdir())) == (130, b"", [])


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
@pytest.mark.parametrize("name", CORPORA)
def test_rows_in_the_layout_of_published_corpora(tmp_path: Path, name: str, suffix: str) -> None:
    """One row of each: what the columns hold comes out as the key, whatever is nested in what."""
    schema, expected, _ = CORPORA[name]
    row: dict[str, Any] = {}
    for column, type_ in schema.items():
        value: Any = {"VARCHAR": "w", "VARCHAR[]": ["w", "v"], "BIGINT": 7, "DOUBLE": 0.5, "BOOLEAN": True}.get(type_)
        value = (
            "2024-05-06 07:08:09"
            if type_ == "TIMESTAMP" or column == expected.date
            else [7]
            if value is None
            else value
        )
        *outer, last = column.split(".")
        place = row
        for part in outer:
            place = place.setdefault(part[:-2], [{}])[0] if part.endswith("[]") else place.setdefault(part, {})
        place[last] = value
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    if suffix == "parquet":
        duckdb.execute(f"COPY (FROM read_json('{path}')) TO '{tmp_path}/rows.parquet' (FORMAT parquet)")
    found = audited(tmp_path / f"rows.{suffix}")
    assert found.columns == expected
    (judged,) = found.groups
    for role in expected.grouped:
        listed = any(schema[column].endswith("]") for column in expected.paths(role))
        text = "2024-05-06" if role == "date" else "w"
        wanted = (("v", "w") if listed else (text,)) if role in ("license", "generator") else text
        assert getattr(judged.group.key, role) == wanted
    assert judged.group.examples == (("w",) if expected.id else ())
    assert (judged.group.tokens, judged.group.bytes) == (7 if expected.tokens else None, 7 if expected.bytes else None)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "csv"])
def test_models_named_in_several_columns_are_all_read(tmp_path: Path, suffix: str) -> None:
    made = "(VALUES ('a', NULL, 'gpt-4'), ('b', 'human', 'gpt-4'), ('c', 'gpt2', NULL), ('d', NULL, NULL))"
    how = {"jsonl": "json"}.get(suffix, suffix)
    named = "AS t(source, model_name, model)"
    duckdb.execute(f"COPY (SELECT *, 'mit' AS license FROM {made} {named}) TO '{tmp_path}/a.{suffix}' (FORMAT {how})")
    found = audited(tmp_path / f"a.{suffix}")
    assert found.columns.generator == "model_name + model"
    assert "generator: model_name, model are read together" in found.notes
    assert {str(j.group.key.source): (j.group.key.generator, j.verdict) for j in found.groups} == {
        "a": (("gpt-4",), "undetermined"),
        "b": (("gpt-4", "human"), "undetermined"),
        "c": (("gpt2",), "usable"),
        "d": (None, "usable"),
    }
