"""What engines that read files refuse, in the same words: headers, files that differ, missing columns, bad rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from licheck.data import files
from licheck.errors import InputError, Problem
from licheck.model.audit import BadRow, Columns


def header(file: str, source: Iterable[bytes], delimiter: str) -> list[str]:
    """The column names in the first line of a text file, of which no two may be the same."""
    texts = (line.decode("utf-8-sig", "replace") for line in source)
    try:
        names = next(csv.reader(texts, delimiter=delimiter), [])
    except files.DAMAGED as error:
        raise files.damaged(file, error) from error
    if not names or len({name.lower() for name in names}) < len(names):
        what = "a column name stands twice" if names else "has no first line with column names"
        raise InputError(Problem(file, 1, "", what, "give every column a name of its own"))
    return names


def differ(one: str, first: Mapping[str, Any], file: str, found: Mapping[str, Any]) -> InputError:
    """What to raise for two files whose columns, with their types, are not the same."""
    unlike = sorted(n for n in first.keys() | found.keys() if first.get(n) != found.get(n))
    says = [f"{n}: {first.get(n, 'absent')} there, {found.get(n, 'absent')} here" for n in unlike]
    what = f"its columns are not those of {one} ({'; '.join(says) or 'another order'})"
    return InputError(Problem(file, None, "", what, "check the two apart"))


def missing(columns: Columns, schema: Mapping[str, str], maps: bool) -> tuple[str, str] | None:
    """A role and its column that is not there; what is inside a JSON value (or `maps`) is not known before reading."""
    opaque = [f"{n}." for n, type_ in schema.items() if type_ == "JSON" or (maps and type_.startswith("MAP"))]
    pairs = ((role, path) for role in columns._fields for path in columns.paths(role))
    return next(((r, p) for r, p in pairs if p not in schema and not p.startswith(tuple(opaque))), None)


def absent(file: str, role: str, path: str, schema: Mapping[str, str]) -> InputError:
    """What to raise for a column that is not there."""
    there = f"there is: {', '.join(schema) or 'nothing'}"
    return InputError(Problem(file, None, f"{role} column", f"no column {path!r}", there))


def unfit(where: str, error: Exception) -> InputError:
    """What to raise for rows that hold what their roles cannot read, where none can be named."""
    what = f"some row holds what cannot be read: {error}"
    return InputError(Problem(where, None, "", what, "name other columns, or mend the rows"))


def flat(inside: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Columns with the fields in them, as one schema; a column that is named like a field of another wins."""
    found: dict[str, str] = {}
    for name, fields in inside.items():
        clash = len(fields) > 1 and fields.keys() & (inside.keys() - {name})
        found.update({} if clash else fields)
    return found


def allow(bad: list[BadRow], most: int, row: BadRow) -> None:
    """Add a bad row to those passed over; raises InputError where that makes more than `most`."""
    bad.append(row)
    if len(bad) > most:
        known = f"more than {most:,} bad rows, here " if most else ""
        help_ = "mend the file, or allow more bad rows to be skipped"
        raise InputError(Problem(row.path, row.row, "", known + row.why, help_))
