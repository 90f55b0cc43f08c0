"""Reads training data with DuckDB: Parquet, JSON, JSON Lines and CSV files, as groups of rows, and sorts the rows."""

# ruff: noqa: S608 - names are quoted by licheck.data.query, and DuckDB may open nothing but the files given.

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheck.data import files, query
from licheck.data.table import Table, struct
from licheck.errors import InputError, Problem
from licheck.model.audit import Columns, Group, Key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Duck(Table):
    """Files of one kind as groups of rows; close it, or use it in a with statement, to remove its temporary files."""

    def groups(self, columns: Columns) -> list[Group]:
        """Count the rows of every distinct combination in the grouped columns, largest group first."""
        types = self._types(columns)
        rows = self._retry(lambda: self._rows(query.groups(self._relation(), columns, types, query.MOST + 1)))
        if len(rows) > query.MOST:
            counts = self._rows(query.distinct(self._relation(), columns, types))[0]
            raise InputError(query.too_many(columns, counts))
        groups, self._keys = query.read(rows, columns, types)
        return groups

    def write(
        self, columns: Columns, verdicts: Mapping[Key, tuple[str, str]], clean: Path | None, flagged: Path | None
    ) -> tuple[int, int]:
        """Write rows with the verdict "usable" to `clean`, all others to `flagged`, each with its verdict and reason.

        `verdicts` holds the key of every group that `groups` gave.
        Returns how many rows are usable and how many are not. Both files appear together, or neither does.
        """
        targets = [target for target in (clean, flagged) if target is not None]
        formats = {target: _format(target) for target in targets}
        self._refuse(targets)
        types = self._types(columns)
        if not self._keys:
            self.groups(columns)
        if self.kind.startswith("JSON"):
            self._see_all()  # a field that a sample does not show must not get lost
        temps = {t: t.parent / f".{t.name}.{secrets.token_hex(4)}.tmp" for t in targets}

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
                    counts.append(int(con.execute(sql).fetchall()[0][0]))
                return counts[0], counts[1]
            finally:
                con.close()

        try:
            counts = self._retry(run)
            for target, temp in temps.items():
                temp.replace(target)
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            raise InputError(Problem(str(error.filename2 or error.filename), None, "", what)) from error
        finally:
            for temp in temps.values():
                with suppress(OSError):
                    temp.unlink(missing_ok=True)
        return counts

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
        taken = {name.lower() for name in self._top}
        name = next(n for n in chain(("licheck", "licheck_verdict"), _numbered()) if n not in taken)
        output = ["d.*"]
        if self.kind.startswith("JSON"):
            output = [f"d.{query.quote(name)}" for name in self._top]
            if target is not None and "parquet" in _format(target):
                output = [_typed(place, type_) for place, type_ in zip(output, self._top.values(), strict=True)]
                output = [f"{value} AS {query.quote(name)}" for value, name in zip(output, self._top, strict=True)]
        return [*output, f"coalesce(v.said, 'unknown: no verdict') AS {name}"]

    def _refuse(self, targets: Sequence[Path]) -> None:
        inputs = {os.path.realpath(file) for file in self.files}
        for target in targets:
            if os.path.realpath(target) in inputs:
                raise InputError(Problem(str(target), None, "", "is one of the files read", "write to another file"))
            if target.is_dir() or not target.parent.is_dir():
                what = "is a folder" if target.is_dir() else f"there is no folder {target.parent}"
                raise InputError(Problem(str(target), None, "", what, "name a file"))
        if len({os.path.realpath(target) for target in targets}) < len(targets):
            raise InputError(Problem(str(targets[0]), None, "", "is named for both clean and flagged rows"))


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
    packed = files.PACKED.get(target.suffix.lower(), "none")
    kind = files.KINDS.get(files.suffix(target.name), "")
    if kind == "Parquet":
        return "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
    if kind == "JSON Lines":
        return f"FORMAT json, COMPRESSION {packed}, USE_TMP_FILE false"
    raise InputError(Problem(str(target), None, "", "rows are written as .parquet or .jsonl", "name the file so"))


def _numbered() -> Iterator[str]:
    return (f"licheck_verdict_{n}" for n in range(2, 1_000_000))
