"""Takes the values of roles out of rows that Python has read, as the texts that `query.value` asks of an engine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import isfinite
from typing import Any

from licheck.data import collect, query
from licheck.model.audit import Columns

Row = Mapping[str, Any]
dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_TIMED = re.compile(r"....-..-..[T ]", re.S)
_NUMBER = re.compile(r"\s*[+-]?(\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.I | re.A)


def key(columns: Columns, types: Mapping[str, str]) -> Callable[[Row], collect.Raw]:
    """What gives the texts of a row in the roles of `columns.grouped`."""
    gets = [_together([_value(role, path, types) for path in columns.paths(role)]) for role in columns.grouped]
    return lambda row: tuple([get(row) for get in gets])


def text(path: str, types: Mapping[str, str]) -> Callable[[Row], str | None]:
    """What gives the value of a column in a row as text."""
    get = place(path, types)

    def read(row: Row) -> str | None:
        value = get(row)
        return None if value is None else written(value)

    return read


def whole(text: str) -> int:
    """Read a number, rounded to a whole one of 64 bits; raises ValueError for what is none.

    >>> whole("12"), whole(" 2.5"), whole("1e3")
    (12, 3, 1000)
    """
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)  # nearly all of them
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    try:
        number = Decimal(text.strip())
        if number.adjusted() > 20:
            raise ValueError(text)
        found = int(number.to_integral_value(ROUND_HALF_UP))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not -(2**63) <= found < 2**63:
        raise ValueError(text)
    return found


def fields(record: str, delimiter: str) -> list[str | None]:
    """The fields of a record of CSV; empty is NULL, unless it is in quotes.

    >>> fields('a,,"","x ""y"", z"', ",")
    ['a', None, '', 'x "y", z']
    """
    if '"' not in record:
        return [field or None for field in record.split(delimiter)]
    found: list[str | None] = []
    for quoted, field in _FIELDS[delimiter].findall(record):
        found.append(quoted[1:-1].replace('""', '"') if quoted else field or None)
    return found


_FIELDS = {d: re.compile(rf'(?:\A|{d})(?: *("(?:[^"]|"")*")(?={d}|\Z)|([^{d}]*))') for d in (",", "\t")}


def _together(gets: list[Callable[[Row], str | None]]) -> Callable[[Row], str | None]:
    if len(gets) == 1:
        return gets[0]

    def read(row: Row) -> str | None:
        found = [get(row) for get in gets]
        return None if set(found) == {None} else query.BESIDE.join(text or "" for text in found)

    return read


def _value(role: str, path: str, types: Mapping[str, str]) -> Callable[[Row], str | None]:
    if role in query.LISTS and types.get(path, "JSON") == "JSON":
        get = place(path, types)
        return lambda row: None if (value := get(row)) is None else dump(value)
    read = text(path, types)
    return (lambda row: None if (text := read(row)) is None else day(text)) if role == "date" else read


def day(text: str) -> str:
    """A date without its time of day.

    >>> day("2024-01-02T03:04:05Z"), day("2024")
    ('2024-01-02', '2024')
    """
    return text[:10] if _TIMED.match(text) else text


def place(path: str, types: Mapping[str, str]) -> Callable[[Row], Any]:
    """What gives the value in a column or, after dots, inside; where `[]` stands those of each item in a list."""
    listed, brackets, rest = path.partition("[].")
    outer, *steps = _steps(listed if brackets else path, types)
    if not brackets and not steps:
        return lambda row: row.get(outer)
    last = rest.split(".")

    def read(row: Row) -> Any:
        value = row.get(outer)
        found = () if value is None else _inside(value, steps)
        if not found or not brackets:
            return found[0] if found else None
        items = found[0] if isinstance(found[0], list) else ()
        return [inner for item in items for inner in _inside(item, last)]

    return read


def _steps(path: str, types: Mapping[str, str]) -> list[str]:
    """A path as the longest column that it begins with, and the fields inside."""
    for at in (len(path), *(i for i in range(len(path) - 1, 0, -1) if path[i] == ".")):
        if path[:at] in types:
            return [path[:at], *(path[at + 1 :].split(".") if at < len(path) else ())]
    return [path]


def _inside(value: Any, steps: list[str]) -> tuple[Any, ...]:
    """The value behind some names, alone in a tuple, or nothing."""
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return ()
        value = value[step]
    return (value,)


def written(value: Any) -> str:
    """A value as DuckDB writes it in a text."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if type(value) is not float or not isfinite(value):
        return dump(value)
    number = Decimal(repr(value))
    if value and not -7 < number.adjusted() < 21:
        return re.sub(r"\.0(?=e)", "", repr(value)).replace("e+", "e").replace("e-0", "e-")
    plain = format(number, "f")
    return plain if "." in plain else f"{plain}.0"
