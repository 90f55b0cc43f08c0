"""Which version of a document applied on given days."""

from __future__ import annotations

from datetime import date, timedelta

from licheck.model.dates import Interval
from licheck.model.document import Document
from licheck.model.lookup import Slot

_DAY = timedelta(days=1)


def in_force(slot: Slot, days: Interval, today: date) -> tuple[tuple[Document, ...], str]:
    """Return the versions in force on any of the days, and what is not known about the rest of them.

    Nothing is extrapolated: days before the first version, in a gap between two or after `today` are unknown, and so
    are those of a version whose text is not held. The newest version stands until today.
    """
    spans: list[tuple[Interval, Document]] = []
    for entry in slot.documents:
        for document in entry.versions:
            span = _common(_common(document.in_force, entry.days), Interval(None, today))
            if span and span.overlaps(days):
                spans.append((span, document))
    held = tuple(document for _, document in spans if document.known)
    missing = [f"no copy of {document.title} was found" for _, document in spans if not document.known]
    if not _covered([span for span, _ in spans], days):
        known = ", ".join(str(document.in_force) for document in _all(slot) if document.known)
        missing.append(f"no version is held for some of these days ({days}); held: {known or 'none'}")
    return held, "; ".join(missing)


def _all(slot: Slot) -> list[Document]:
    return [document for entry in slot.documents for document in entry.versions]


def _common(one: Interval | None, other: Interval) -> Interval | None:
    if one is None or not one.overlaps(other):
        return None
    starts = [day for day in (one.start, other.start) if day]
    ends = [day for day in (one.end, other.end) if day]
    return Interval(max(starts, default=None), min(ends, default=None))


def _covered(spans: list[Interval], days: Interval) -> bool:
    """Whether the spans together hold every one of the days."""
    if days.start is None or days.end is None:
        return False
    at: date = days.start
    for span in sorted(spans, key=lambda s: s.start or date.min):
        if span.start and span.start > at:
            return False
        if span.end is None:
            return True
        at = max(at, span.end + _DAY)
    return at > days.end
