"""Tells the types of JSON values, under the names that DuckDB gives them when it looks at the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from licheck.data import checks

SAMPLE = 20_480  # rows of each file that DuckDB infers types from
_RARE, _MANY = 0.1, 200  # an object with keys as rare or as many as this is a map
_NUMBERS = {"UBIGINT", "BIGINT", "HUGEINT", "DOUBLE"}
_DAYS = ("%Y-%m-%d", "%y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y")
_ZONED = re.compile(r"\s*\d{4}-\d\d?-\d\d?[T ]\d\d?:\d\d?:\d\d?(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)\s*")
_TIME = re.compile(r"\s*([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d+)?)?\s*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


class Shape:
    """What values at one place look like: their kinds, what is in lists and objects, and what all texts can be."""

    __slots__ = ("fields", "forms", "items", "kinds", "nulls", "seen")

    def __init__(self) -> None:
        self.seen = self.nulls = 0  # how many values, and how many of them are null
        self.kinds: set[str] = set()
        self.forms: set[tuple[str, str]] | None = None
        self.items: Shape | None = None
        self.fields: dict[str, Shape] = {}

    def see(self, value: Any) -> None:
        """Take a value into account."""
        self.seen += 1
        self.nulls += value is None
        kind = _kind(value)
        self.kinds.add(kind)
        if kind == "VARCHAR":
            if self.forms is None:
                self.forms = _forms(value)
            elif self.forms:
                self.forms &= _forms(value)
        elif kind == "LIST":
            self.items = self.items or Shape()
            for item in value:
                self.items.see(item)
        elif kind == "STRUCT":
            for name, inner in value.items():
                if name not in self.fields:
                    self.fields[name] = Shape()
                self.fields[name].see(inner)

    def __str__(self) -> str:
        kinds = self.kinds - {"NULL"}
        if not kinds:
            return '"NULL"' if self.kinds else "JSON"
        if kinds <= _NUMBERS:
            kind = next(iter(kinds)) if len(kinds) == 1 else "DOUBLE" if "DOUBLE" in kinds else "HUGEINT"
            return "BIGINT" if kind == "UBIGINT" else kind
        if len(kinds) > 1:
            return "JSON"
        if kinds == {"VARCHAR"}:
            return next(iter(sorted(self.forms or ())), ("VARCHAR", ""))[0]
        if kinds == {"LIST"}:
            return f"{self.items}[]"
        return self._object() if kinds == {"STRUCT"} else kinds.pop()

    def _object(self) -> str:
        if self.is_map:
            types = {str(field) for field in self.fields.values()} - {'"NULL"'}
            return f"MAP(VARCHAR, {types.pop() if len(types) == 1 else 'JSON'})"
        return f"STRUCT({', '.join(f'{_quoted(name)} {field}' for name, field in self.fields.items())})"

    @property
    def is_map(self) -> bool:
        """Whether an object's keys are data rather than names of fields."""
        if not self.fields or "" in self.fields:
            return True
        seen = sum(field.seen for field in self.fields.values())
        if seen / (self.seen - self.nulls) / len(self.fields) < _RARE:
            return True
        return len(self.fields) >= _MANY and len({str(field) for field in self.fields.values()}) == 1


def schema(tops: Mapping[str, Shape]) -> dict[str, str]:
    """Columns with their types, and after each struct its fields, as dotted paths."""
    return checks.flat({name: dict(_paths(name, shape)) for name, shape in tops.items()})


def _paths(name: str, shape: Shape) -> Iterator[tuple[str, str]]:
    yield name, str(shape)
    kinds = shape.kinds - {"NULL"}
    if kinds == {"STRUCT"} and not shape.is_map:
        for field, inner in shape.fields.items():
            yield from _paths(f"{name}.{field}", inner)
    elif kinds == {"LIST"} and shape.items and shape.items.kinds - {"NULL"} == {"STRUCT"} and not shape.items.is_map:
        for field, inner in shape.items.fields.items():
            yield f"{name}[].{field}", f"{inner}[]"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        # What is larger is a number for DuckDB, but no whole one.
        return "BIGINT" if -(2**63) <= value < 0 else _unsigned(value)
    kinds = {str: "VARCHAR", type(None): "NULL", float: "DOUBLE", list: "LIST", dict: "STRUCT"}
    return kinds[type(value)]


def _unsigned(value: int) -> str:
    return "UBIGINT" if 0 <= value < 2**63 else "HUGEINT" if 0 <= value < 2**64 else "DOUBLE"


def _forms(text: str) -> set[tuple[str, str]]:
    """All that a text can be besides text: types, with the form of days because no column mixes forms."""
    if len(text) > 40 or not any(map(str.isdigit, text)):
        return set()
    if _UUID.fullmatch(text):
        return {("UUID", "")}
    if _TIME.fullmatch(text):
        return {("TIME", "")}
    if _ZONED.fullmatch(text):
        return {("TIMESTAMP WITH TIME ZONE", "")}
    days = {("DATE", form) for form in _DAYS if _parses(text, form)}
    times = (f"{form}{between}%H:%M:%S" for form in _DAYS for between in " T")
    return days or {("TIMESTAMP", form) for form in times if _parses(text, form)}


def _parses(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text.strip(), form).second < 60
    except ValueError:
        return False


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'
