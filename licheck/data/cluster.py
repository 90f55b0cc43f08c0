"""Reads training data where it lies: with Spark, or in a database that Ibis can ask (Trino, BigQuery, Snowflake, …)."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from licheck.data import checks, collect, files, query
from licheck.data.table import fields
from licheck.errors import InputError, Problem, UnreadableError
from licheck.model.audit import BadRow, Columns, Group, Key

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend
    from ibis.expr.types import Table as IbisTable

T = TypeVar("T")
ROWS, FIRST = "licheck_rows", "licheck_first"  # the views that Spark reads files as
SPARK = ("spark", "pyspark")
_INSTALL = 'pip install "licheck-models[cluster]"'


class Cluster:
    """The rows of one table, or of files that Spark reads; nothing is written there."""

    bad_rows: tuple[BadRow, ...] = ()

    def __init__(self, engine: str, names: Sequence[str]) -> None:
        try:
            import duckdb
            import ibis
        except ImportError as error:
            raise InputError(Problem("--engine", None, "", f"{engine} is asked by way of Ibis", _INSTALL)) from error
        self._duckdb = duckdb
        self._name = engine.partition(":")[0]
        self._engine, self._own = _spark(ibis) if engine in SPARK else (_connected(ibis, engine), True)
        self._first = 0  # how many rows of each Parquet file give examples; 0 if all rows do
        self._relation, shown, read = self._opened(names)
        self._schema, self._types = self._columns(shown), self._columns(read)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._engine.disconnect()

    def schema(self) -> dict[str, str]:
        """Columns and the fields in them, with types as DuckDB spells them."""
        return self._schema

    def groups(self, columns: Columns) -> list[Group]:
        """Count the rows of every distinct combination in the grouped columns, largest group first."""
        if missing := checks.missing(columns, self._types, False):
            raise checks.absent(self._name, *missing, self._schema)
        first = (query.quote(FIRST), self._first) if self._first and columns.id else None
        try:
            return collect.collect(self._rows, self._relation, columns, self._types, first)[0]
        except collect.MisfitError as error:
            raise checks.unfit(self._relation, error) from error

    def write(
        self, columns: Columns, verdicts: Mapping[Key, tuple[str, str]], clean: Path | None, flagged: Path | None
    ) -> NoReturn:
        """Raise InputError: rows are written where they are read with DuckDB."""
        help_ = "take --format json, whose groups hold a verdict each, and join the rows with it there"
        raise InputError(Problem("--write-…", None, "", f"rows in {self._name} are not written", help_))

    def _opened(self, names: Sequence[str]) -> tuple[str, IbisTable, IbisTable]:
        """What stands after FROM, the table to show and the one to read."""
        if self._name in SPARK and not (len(names) == 1 and self._is_table(names[0])):
            return query.quote(ROWS), *self._try(names[0], lambda: self._files(names))
        if len(names) > 1:
            raise InputError(Problem(names[1], None, "", "is a second table", "name one table or view at a time"))
        *database, table = names[0].split(".")
        found = self._try(names[0], lambda: self._engine.table(table, database=tuple(database) or None))
        return ".".join(map(query.quote, (*database, table))), found, found

    def _is_table(self, name: str) -> bool:
        word = not any(sign in name for sign in "/*?[:") and not os.path.lexists(name)
        return word and files.suffix(name) not in files.KINDS

    def _files(self, names: Sequence[str]) -> tuple[IbisTable, IbisTable]:
        """Files as a view of Spark, as they look and as they are read: JSON as it is written, as with DuckDB."""
        remote = any("://" in name for name in names)
        paths = list(names) if remote else files.find(names)
        kind = files.KINDS.get(files.suffix(paths[0]), "Parquet") if remote else files.one_kind(paths)
        reader = self._engine._session.read  # what Spark calls its entry point
        if kind == "Parquet":
            if not remote:
                _alike(paths)
            frame = reader.parquet(*paths)
            if not remote and "file_row_number" not in map(str.lower, frame.columns):
                some, self._first = query.sampled(paths)
                numbered = reader.parquet(*some).selectExpr("*", "_metadata.row_index AS file_row_number")
                numbered.createOrReplaceTempView(FIRST)
        elif kind.startswith("JSON"):
            reader = reader.options(multiLine=kind == "JSON", mode="FAILFAST")
            shown = self._view(reader.json(paths))
            return shown, self._view(reader.option("primitivesAsString", True).json(paths))
        else:
            options = {"header": True, "sep": files.delimiter(kind), "multiLine": True, "escape": '"'}
            # With a word for null that nobody writes, "" stays an empty text and only an empty field is null.
            frame = reader.options(**options, enforceSchema=False, mode="FAILFAST", nullValue=chr(31)).csv(paths)
        table = self._view(frame)
        return table, table

    def _view(self, frame: Any) -> IbisTable:
        frame.createOrReplaceTempView(ROWS)
        return self._engine.table(ROWS)

    def _columns(self, table: IbisTable) -> dict[str, str]:
        """The columns and fields of a table, each with its type as DuckDB spells it."""
        from ibis.backends.sql.datatypes import DuckDBType

        found: dict[str, str] = {}
        for name, type_ in table.schema().items():
            spelled = DuckDBType.from_ibis(type_).sql("duckdb")
            found.update(fields(name, self._duckdb.sqltype(spelled)))
        return found

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        def run() -> list[tuple[Any, ...]]:
            found = self._engine.sql(sql, dialect="duckdb").to_pyarrow()
            return list(zip(*(column.to_pylist() for column in found.columns), strict=True))

        return self._try(self._name, run)

    def _try(self, what: str, run: Callable[[], T]) -> T:
        try:
            return run()
        except (InputError, UnreadableError):
            raise
        except Exception as error:  # each engine has exceptions of its own
            said = _first(error)
            raise UnreadableError(Problem(what, None, "", f"cannot be read by {self._name}: {said}")) from error


def _connected(ibis: Any, address: str) -> SQLBackend:
    try:
        found: SQLBackend = ibis.connect(address)
    except Exception as error:  # each engine has exceptions of its own
        what = f"cannot be reached: {_first(error)}"
        help_ = "write spark, or an address of Ibis: trino://…, bigquery://…, snowflake://…"
        raise UnreadableError(Problem(address.partition("@")[2] or address, None, "", what, help_)) from error
    return found


def _spark(ibis: Any) -> tuple[SQLBackend, bool]:
    """Spark as its own settings have it (SPARK_HOME, spark-defaults.conf, SPARK_REMOTE), else on this machine.

    The second value tells whether the session was started here; one that runs already is taken and left running.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise InputError(Problem("--engine", None, "", "PySpark is not installed", _INSTALL)) from error
    running = SparkSession.getActiveSession()
    builder = SparkSession.builder.appName("licheck").config("spark.ui.showConsoleProgress", str(sys.stderr.isatty()))
    builder = builder.config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.warehouse.dir", str(Path(tempfile.gettempdir(), "licheck-spark")))
    try:
        return ibis.pyspark.connect(builder.getOrCreate()), running is None
    except PySparkException as error:
        problem = Problem("--engine", None, "", f"Spark does not start: {_first(error)}", "set JAVA_HOME to a Java 17")
        raise UnreadableError(problem) from error


def _alike(paths: Sequence[str]) -> None:
    """Refuse Parquet files that differ: Spark would take the columns of one of them."""
    from pyarrow.parquet import read_schema

    first = {field.name: field.type for field in read_schema(paths[0])}
    for path in paths[1:]:
        found = {field.name: field.type for field in read_schema(path)}
        if found != first:
            raise checks.differ(paths[0], first, path, found)


def _first(error: Exception) -> str:
    """The first line of what an engine says, without its name for the error."""
    text = str(error).strip().partition("\n")[0][:300]
    return text or type(error).__name__
