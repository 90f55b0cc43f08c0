"""The days that a column of a data set names, in the forms that data sets write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from licheck.model.dates import Interval

_NONE = {"", "null", "none", "nan", "nat", "n/a", "unknown"}
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d[\d:.,]*\s?(?:Z|UTC|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE)
_PLAIN = re.compile(r"(\d{4})([/.]?)(\d{2})\2(\d{2})")
_SECONDS = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")


def days(text: str | None) -> Interval | None:
    """Read a day, month, year, interval, time or Unix time (seconds or milliseconds); None where there is no date.

    Raises ValueError for anything else.

    >>> str(days("2023-05-01T12:30:00Z")), str(days("1682944200")), str(days("20230501")), days("null")
    ('2023-05-01', '2023-05-01', '2023-05-01', None)
    >>> str(days("2023-03/2023-04")), str(days("2023"))
    ('2023-03-01 to 2023-04-30', '2023-01-01 to 2023-12-31')
    >>> days("last summer")
    Traceback (most recent call last):
    ValueError: 'last summer' is not a day, month or interval
    """
    text = (text or "").strip()
    if text.lower() in _NONE:
        return None
    if seconds := _SECONDS.fullmatch(text):
        return Interval.parse(datetime.fromtimestamp(int(seconds[1]), UTC).date().isoformat())
    if plain := _PLAIN.fullmatch(text):
        return Interval.parse(f"{plain[1]}-{plain[3]}-{plain[4]}")
    return Interval.parse("/".join(_TIME.sub(r"\1", part.strip()) for part in text.split("/")))
