"""Chooses what reads rows: DuckDB, a cluster, or Python alone for small text files where neither is installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from licheck.errors import InputError, Problem
from licheck.model.audit import BadRow, Columns, Group, Key

LOCAL = ("duckdb", "python")  # all else reads where the rows lie


class Rows(Protocol):
    """Rows of training data; in a with statement it removes its temporary files."""

    @property
    def bad_rows(self) -> tuple[BadRow, ...]:
        """Rows that were passed over."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def schema(self) -> dict[str, str]:
        """Columns, the fields of structs (`metadata.license`) and of structs in lists (`completions[].model`)."""

    def groups(self, columns: Columns) -> list[Group]:
        """Count the rows of every distinct combination in the grouped columns, largest group first."""

    def write(
        self, columns: Columns, verdicts: Mapping[Key, tuple[str, str]], clean: Path | None, flagged: Path | None
    ) -> tuple[int, int]:
        """Write rows with the verdict "usable" to `clean`, all others to `flagged`; both files appear, or neither.

        `verdicts` holds verdict and reason of every group. Returns how many rows are usable and how many are not.
        """


def open_rows(
    paths: Sequence[str],
    engine: str = "duckdb",
    memory_limit: str = "1GB",
    skip_bad_rows: int = 0,
    tell: Callable[[int, int], None] = lambda percent, of: None,
) -> Rows:
    """Open the rows in files, or in the tables of an engine that is named by `spark` or by the address of a database.

    Where DuckDB is not installed, and with `python` always, Python alone reads text files that are not too large.
    `tell` is told how many of 100 percent of the rows are read.
    Raises InputError for what is no data and UnreadableError for what cannot be read.
    """
    if engine not in LOCAL:
        from licheck.data.cluster import SPARK, Cluster

        if engine not in SPARK and "://" not in engine:
            help_ = f"write {', '.join(LOCAL)}, {SPARK[0]}, or an address: trino://…, bigquery://…, snowflake://…"
            raise InputError(Problem("--engine", None, "", f"{engine!r} is unknown", help_))
        if skip_bad_rows:
            raise InputError(Problem("--skip-bad-rows", None, "", "is for files that DuckDB reads", "leave it out"))
        return Cluster(engine, paths)
    if engine == "python" or not _duckdb():
        from licheck.data.plain import Plain

        return Plain(paths, skip_bad_rows)
    from licheck.data.duck import Duck

    return Duck(paths, memory_limit, skip_bad_rows, tell)


def _duckdb() -> bool:
    try:
        import duckdb  # noqa: F401
    except ImportError:
        return False
    return True
