"""Reads training data with DuckDB: Parquet, JSON, JSON Lines and CSV files, as groups of rows, and sorts the rows."""

# ruff: noqa: S608 - names are quoted by licheck.data.query, and DuckDB may open nothing but the files given.

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheck.data import collect, files, query, targets
from licheck.data.table import Table, struct
from licheck.data.watch import fetched
from licheck.model.audit import Columns, Group, Key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Duck(Table):
    """Files of one kind as groups of rows; close it, or use it in a with statement, to remove its temporary files."""

    def groups(self, columns: Columns) -> list[Group]:
        """Count the rows of every distinct combination in the grouped columns, largest group first."""
        while True:
            try:
                return self._groups(columns)
            except collect.MisfitError as error:
                self._drop(columns, error)

    def _groups(self, columns: Columns) -> list[Group]:
        types = self._types(columns)

        def run() -> tuple[list[Group], dict[collect.Raw, Key]]:
            first = None
            if self.kind == "Parquet" and columns.id and "file_row_number" not in map(str.lower, self._top):
                some, count = query.sampled(self.files)
                first = self._relation(some, numbered=True), count
            return collect.collect(self._rows, self._relation(), columns, types, first)

        groups, self._keys = self._retry(run)
        return groups

    def write(
        self, columns: Columns, verdicts: Mapping[Key, tuple[str, str]], clean: Path | None, flagged: Path | None
    ) -> tuple[int, int]:
        """Write rows with the verdict "usable" to `clean`, all others to `flagged`, each with its verdict and reason.

        `verdicts` holds the key of every group that `groups` gave.
        Returns how many rows are usable and how many are not. Both files appear together, or neither does.
        """
        named = [target for target in (clean, flagged) if target is not None]
        formats = {target: _format(target) for target in named}
        targets.refuse(named, self.files)
        types = self._types(columns)
        if not self._keys:
            self.groups(columns)
        if self.kind.startswith("JSON"):
            self._see_all()  # a field that a sample does not show must not get lost
        with targets.together(named) as temps:

            def run() -> tuple[int, int]:
                con = self._connect(*map(str, temps.values()), ordered=True)
                try:
                    self._load(con, columns, types, verdicts)
                    counts = []
                    for target, usable in ((clean, True), (flagged, False)):
                        output = self._output(target)
                        sql = query.judged(self._relation(), columns, types, output, usable)
                        if target is None:
                            sql = f"SELECT count(*) FROM ({sql})"
                        else:
                            sql = f"COPY ({sql}) TO {query.literal(str(temps[target]))} ({formats[target]})"
                        counts.append(int(fetched(con, sql, self._tell)[0][0]))
                    return counts[0], counts[1]
                finally:
                    con.close()

            return self._retry(run)

    def _load(
        self,
        con: DuckDBPyConnection,
        columns: Columns,
        types: Mapping[str, str],
        verdicts: Mapping[Key, tuple[str, str]],
    ) -> None:
        """Make the table of verdicts, by way of a file: a million inserts would take minutes."""
        names = [*(f"k{i}" for i in range(len(columns.grouped))), "verdict", "said"]
        path = Path(self._temp.name, "verdicts.jsonl")
        with path.open("w", encoding="utf-8") as file:
            for values, key in self._keys.items():
                verdict, reason = verdicts.get(key, ("unknown", "no verdict"))
                said = f"{verdict}: {reason}"
                file.write(json.dumps(dict(zip(names, (*values, verdict, said), strict=True))) + "\n")
        source = f"read_json([{query.literal(files.escaped(str(path)))}], format='newline_delimited', columns="
        con.execute(f"CREATE OR REPLACE TABLE verdicts AS SELECT * FROM {source}{struct(names, 'VARCHAR')})")
        path.unlink()

    def _output(self, target: Path | None) -> list[str]:
        name = targets.added(self._top)
        output = ["d.*"]
        if self.kind.startswith("JSON"):
            output = [f"d.{query.quote(name)}" for name in self._top]
            if target is not None and "parquet" in _format(target):
                output = [_typed(place, type_) for place, type_ in zip(output, self._top.values(), strict=True)]
                output = [f"{value} AS {query.quote(name)}" for value, name in zip(output, self._top, strict=True)]
        return [*output, f"coalesce(v.said, 'unknown: no verdict') AS {name}"]


def _typed(place: str, type_: Any) -> str:
    """A JSON value as a value of a type for writing."""
    plain = _plain(type_)
    return f"json_extract_string({place}, '$')" if plain == "VARCHAR" else f"CAST({place} AS {plain})"


def _plain(type_: Any) -> str:
    """A type for writing: a day or time that was guessed from text stays text."""
    text = str(type_)
    if type_.id == "struct":
        return f"STRUCT({', '.join(f'{query.quote(name)} {_plain(inner)}' for name, inner in type_.children)})"
    if type_.id == "list":
        return f"{_plain(type_.children[0][1])}[]"
    return "VARCHAR" if text.startswith(("DATE", "TIME", "UUID")) else text


def _format(target: Path) -> str:
    """Say how to write a file of that name."""
    if targets.kind(target) == "Parquet":
        return "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
    return f"FORMAT json, COMPRESSION {files.PACKED.get(target.suffix.lower(), 'none')}, USE_TMP_FILE false"
