"""Whether the values of a row are of a kind that their roles can read: a row in which one is not is a bad row.

Whatever stands where a source or route should is a text that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from licheck.data import values
from licheck.data.collect import is_date, is_words
from licheck.data.columns import HOLDS
from licheck.model.audit import Columns

_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def misfit(columns: Columns, types: Mapping[str, str]) -> Callable[[values.Row], str]:
    """What says why a row does not fit; it gives an empty text for one that does."""
    held = [(role, path, values.place(path, types)) for role in _FITS for path in columns.paths(role)]

    def why(row: values.Row) -> str:
        for role, path, get in held:
            if (value := get(row)) is not None and not _FITS[role](value):
                kind = repr(value[:40]) if isinstance(value, str) else _KINDS[type(value)]
                return f"{path} is {kind}, not {HOLDS[role]}"
        return ""

    return why


def _is_date(value: Any) -> bool:
    return is_date(values.day(values.written(value)))


def _is_number(value: Any) -> bool:
    try:
        values.whole(values.written(value))
    except ValueError:
        return False
    return True


_FITS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("license", "generator"), is_words),
    "date": _is_date,
    **dict.fromkeys(("tokens", "bytes"), _is_number),
}
