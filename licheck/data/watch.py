"""Runs a query of DuckDB and tells, from beside it, how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OFTEN = 0.5  # seconds


def fetched(con: DuckDBPyConnection, sql: str, tell: Callable[[int, int], None]) -> list[Any]:
    """All that a query gives; `tell` is told percents, of 100."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_OFTEN):
            if (percent := con.query_progress()) > 0:
                tell(int(percent), 100)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return con.execute(sql).fetchall()
    finally:
        done.set()
        watcher.join()
