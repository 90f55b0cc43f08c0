"""Rows on a cluster: a real Spark session gives the report that DuckDB gives, byte for byte."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import TODAY, declared

from licheck.audit import Options, audit
from licheck.data import query
from licheck.data.engine import open_rows
from licheck.errors import InputError, UnreadableError
from licheck.model.audit import Columns
from licheck.model.project import Project
from licheck.report import AUDIT_RENDERERS

# Spark and pandas warn of themselves, and leave sockets to the garbage collector.
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore")]
TRAINING = Project("acme/model", distribution=("public-weights",), commercial=True, competes="yes")


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of Spark on this machine, which every run below takes."""
    java = shutil.which("java", path=f"{os.environ.get('JAVA_HOME', '')}/bin{os.pathsep}{os.environ['PATH']}")
    found = {"Java": java, **{name: importlib.util.find_spec(name) for name in ("ibis", "pyspark")}}
    if missing := [name for name, there in found.items() if not there]:
        why = f'missing: {", ".join(missing)}; install Java 17 and pip install ".[cluster]"'
        assert not os.environ.get("LICHECK_REQUIRE_SPARK"), why
        pytest.skip(why)
    from pyspark.sql import SparkSession

    settings = {"spark.master": "local[2]", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    settings["spark.sql.warehouse.dir"] = str(tmp_path_factory.mktemp("warehouse"))
    settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    builder = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


LICENCES = "[['MIT'], ['b','MIT'], ['MIT','b','MIT'], [], [''], [NULL], NULL, ['cc-by-nc-4.0', NULL]]"
ROWS = f"""
SELECT 'd' || lpad(i::VARCHAR, 4, '0') AS id, i AS number,
  ['our/tickets', 'squad', '', NULL, 'é "q"\n', 'tatsu-lab/alpaca'][1 + i % 6] AS source,
  {LICENCES}[1 + i % 8] AS license,
  {{'license': ['mit', '', NULL, 'cc-by-4.0'][1 + i % 4],
    'deep': {{'spdx': ['MIT', 'Apache-2.0'][1 + i % 2]}}}} AS metadata,
  [{{'model': 'gpt-4', 'n': i}}, {{'model': ['bard', NULL][1 + i % 2], 'n': 2}}] AS completions,
  ['gpt-4o', 'human', NULL, 'meta-llama/Llama-3.1-8B'][1 + i % 4] AS model,
  ['api', 'openrouter', NULL][1 + i % 3] AS route,
  ['2024-01-02T23:30:00Z', '2024-01-02', '2023', NULL, ''][1 + i % 5] AS created_at,
  TIMESTAMP '2024-01-02 20:00:00' + INTERVAL (i % 9) HOUR AS at,
  DATE '2024-01-02' + (i % 3)::INTEGER AS day,
  i % 11 AS token_count, (i % 7)::UINTEGER AS num_bytes
FROM range(997) t(i)"""
FLAT = "id, number, source, metadata.license AS license, model, route, created_at, token_count, num_bytes"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows as Parquet, JSON Lines, JSON and CSV."""
    folder = tmp_path_factory.mktemp("rows")
    con = duckdb.connect()
    con.execute(f"CREATE TABLE r AS {ROWS}")
    con.execute(f"COPY r TO '{folder}/a.parquet' (FORMAT parquet)")
    (folder / "parts").mkdir()
    for part in range(3):
        con.execute(f"COPY (FROM r WHERE number % 3 = {part}) TO '{folder}/parts/{part}.parquet' (FORMAT parquet)")
    con.execute(f"COPY r TO '{folder}/a.jsonl' (FORMAT json)")
    con.execute(f"COPY r TO '{folder}/a.jsonl.gz' (FORMAT json, COMPRESSION gzip)")
    con.execute(f"COPY r TO '{folder}/a.json' (FORMAT json, ARRAY true)")
    con.execute(f"COPY (SELECT {FLAT} FROM r) TO '{folder}/a.csv' (FORMAT csv)")
    con.execute(f"COPY (SELECT {FLAT} FROM r) TO '{folder}/a.tsv' (FORMAT csv, DELIMITER '\t')")
    return folder


def report(path: Path | str, engine: str, columns: dict[str, str]) -> list[str]:
    found = audit([str(path)], declared(TRAINING), TODAY, Options(columns, engine=engine), lambda done, known: None)
    assert found.rows == 997
    found = found._replace(manifests=())  # what was named differs where one is a file and the other a view
    return ["".join(render(found, {})) for render in AUDIT_RENDERERS.values()]


CASES: list[tuple[str, dict[str, str]]] = [
    ("a.parquet", {}),
    ("parts", {"license": "metadata.deep.spdx", "generator": "completions[].model", "date": "at"}),
    ("a.parquet", {"license": "metadata.license", "date": "day", "id": "number"}),
    ("a.jsonl", {}),
    ("a.jsonl.gz", {"license": "metadata.license", "generator": "completions[].model"}),
    ("a.json", {"license": "metadata.deep.spdx"}),
    ("a.csv", {}),
    ("a.tsv", {"date": "created_at"}),
]


@pytest.mark.parametrize(("name", "columns"), CASES)
def test_the_report_is_the_same_byte_for_byte(spark: Any, folder: Path, name: str, columns: dict[str, str]) -> None:
    assert report(folder / name, "spark", columns) == report(folder / name, "duckdb", columns)


def test_examples_are_of_the_same_rows(spark: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "SOME_ROWS", 90)
    some = report(folder / "parts", "duckdb", {})
    assert report(folder / "parts", "spark", {}) == some
    monkeypatch.setattr(query, "SOME_ROWS", 99_000)
    assert report(folder / "parts", "duckdb", {}) != some


def test_a_view_of_a_session_that_runs(spark: Any, folder: Path) -> None:
    spark.read.parquet(str(folder / "a.parquet")).createOrReplaceTempView("training")
    assert report("training", "spark", {}) == report(folder / "a.parquet", "duckdb", {})


def fails(kind: type[Exception], path: Path | str, **options: Any) -> str:
    with pytest.raises(kind) as error:
        audit([str(path)], declared(TRAINING), TODAY, Options(engine="spark", **options), lambda done, known: None)
    return str(error.value)


def test_what_cannot_be_read(spark: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.parquet").write_bytes((folder / "a.parquet").read_bytes()[:-100])
    assert "cut.parquet" in fails(UnreadableError, tmp_path / "cut.parquet")
    (tmp_path / "bad.jsonl").write_text(json.dumps({"source": "a"}) + "\n{nothing\n")
    assert "bad.jsonl" in fails(UnreadableError, tmp_path / "bad.jsonl")
    assert "nowhere" in fails(UnreadableError, "nowhere")
    assert "does not exist" in fails(InputError, tmp_path / "none.parquet")
    duckdb.execute(f"COPY (SELECT 'a' AS source, 'soon' AS date) TO '{tmp_path}/d.parquet' (FORMAT parquet)")
    assert "'soon' is no date" in fails(InputError, tmp_path / "d.parquet")
    assert "no column" in fails(InputError, folder / "a.parquet", columns={"source": "sauce"})
    duckdb.execute(f"COPY (SELECT 1 AS source) TO '{tmp_path}/b.parquet' (FORMAT parquet)")
    shutil.copy(folder / "a.parquet", tmp_path / "a.parquet")
    assert "its columns are not those of" in fails(InputError, tmp_path / "[ab].parquet")


def test_nothing_is_written_and_no_row_skipped(spark: Any, folder: Path, tmp_path: Path) -> None:
    assert "not written" in fails(InputError, folder / "a.parquet", clean=tmp_path / "c.parquet")
    assert "--skip-bad-rows" in fails(InputError, folder / "a.parquet", skip_bad_rows=3)
    assert not list(tmp_path.iterdir())


def test_without_java_it_says_so(spark: Any, folder: Path) -> None:
    environment = {**os.environ, "JAVA_HOME": str(folder), "PATH": str(Path(sys.executable).parent)}
    command = [sys.executable, "-m", "licheck", "audit", str(folder / "a.parquet"), "--engine", "spark"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "JAVA_HOME" in done.stderr


def test_an_engine_that_is_none() -> None:
    with pytest.raises(InputError, match="'polars' is unknown"):
        open_rows(["rows"], "polars")


# What the query uses, in each engine's own name for it.
_NAMES = {
    "trino": "COUNT SUM MIN SUBSTR SUBSTRING CHR COALESCE CONCAT ARRAY_JOIN CARDINALITY CAST TRANSFORM",
    "bigquery": "COUNT SUM MIN SUBSTR SUBSTRING CHR COALESCE ARRAY_TO_STRING ARRAY_LENGTH CAST",
    "snowflake": "COUNT SUM MIN SUBSTR SUBSTRING CHR COALESCE ARRAY_TO_STRING ARRAY_SIZE CAST TRANSFORM",
}


@pytest.mark.parametrize("engine", _NAMES)
def test_the_query_in_the_words_of_other_engines(spark: Any, engine: str) -> None:
    import sqlglot

    types = {"s": "VARCHAR", "l": "VARCHAR[]", "c": "TIMESTAMP", "n": "BIGINT", "i": "VARCHAR"}
    columns = Columns(source="s", license="l", generator="m.g", date="c", id="i", tokens="n")
    sql = query.groups(query.quote("t"), columns, types | {"m": "STRUCT(g VARCHAR)", "m.g": "VARCHAR"}, 9)
    told = sqlglot.transpile(sql, read="duckdb", write=engine, unsupported_level=sqlglot.ErrorLevel.RAISE)[0]
    assert sqlglot.transpile(told, read=engine, write=engine)[0] == told
    assert set(re.findall(r"\b([A-Z_]+)\(", told)) <= set(_NAMES[engine].split())
