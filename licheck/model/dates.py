"""Days and intervals, as manifests and records write them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Interval(NamedTuple):
    """Days from `start` to `end`, both included; None is open."""

    start: date | None
    end: date | None

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read a day, month, year, or two of them with a slash between (ISO 8601).

        >>> Interval.parse("2025-07")
        Interval(start=datetime.date(2025, 7, 1), end=datetime.date(2025, 7, 31))
        >>> Interval.parse("2025-07-14/2025-08").end
        datetime.date(2025, 8, 31)
        >>> Interval.parse("last summer")
        Traceback (most recent call last):
        ValueError: 'last summer' is not a day, month or interval
        """
        first, slash, last = text.partition("/")
        start, end = _span(first, text)[0], _span(last if slash else first, text)[1]
        if end < start:
            raise ValueError(f"{text!r} ends before it begins")
        return cls(start, end)

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a day."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def __str__(self) -> str:
        if self.start == self.end and self.start:
            return self.start.isoformat()
        return f"{self.start or '…'} to {self.end or '…'}"


def _before(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end


def _span(text: str, whole: str) -> tuple[date, date]:
    match = _FORM.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{whole!r} is not a day, month or interval")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            following = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), following - timedelta(days=1)
        return date(year, month, day), date(year, month, day)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{whole!r} is not a date of the calendar") from error
