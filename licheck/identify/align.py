"""Lays an edited text beside a known one and says which words were added, removed and replaced.

Both are rows of checksums of runs of words. Stretches in which they agree are found from the runs that occur once in
the known text, lengthened to both sides, and put in one order; what lies between two neighbours is an edit. Time
is linear in the two texts, but for the ordering of the stretches, of which there are few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from licheck.identify.index import RUN

MOST = 3000  # stretches that are put in order; an edited licence has tens
BACK = 16  # how many stretches before one may be its neighbour


class Same(NamedTuple):
    """A stretch of `length` words in which the text (from `own`) and the known one (from `other`) agree."""

    own: int
    other: int
    length: int


class Gap(NamedTuple):
    """Words of the text and of the known one that do not agree, ends not included; one of the two may be empty."""

    own: tuple[int, int]
    other: tuple[int, int]

    @property
    def cost(self) -> int:
        """How many words it takes to say the difference."""
        return max(self.own[1] - self.own[0], self.other[1] - self.other[0])


class Alignment(NamedTuple):
    """Stretches that agree, in order, and the gaps between, before and after them."""

    same: tuple[Same, ...]
    gaps: tuple[Gap, ...]

    @property
    def held(self) -> int:
        """Words of the known text that the text holds."""
        return sum(same.length for same in self.same)

    @property
    def span(self) -> tuple[int, int]:
        """First word of the text that agrees with the known one, and the one after the last."""
        return self.same[0].own, self.same[-1].own + self.same[-1].length


def align(
    own: Sequence[int], other: Sequence[int], words: int, where: Mapping[int, int] | None = None
) -> Alignment | None:
    """Align the runs of a text with those of a known text of so many words; None where hardly anything agrees.

    `where` is `unique(other)`, if it is at hand.
    """
    same = _ordered(_stretches(own, other, unique(other) if where is None else where))
    if not same:
        return None
    gaps = []
    if same[0].other:
        gaps.append(Gap((max(0, same[0].own - same[0].other), same[0].own), (0, same[0].other)))
    for left, right in pairwise(same):
        own_start, other_start = left.own + left.length, left.other + left.length
        # Words that repeat at the seam belong to either side; they are taken out of both.
        overlap = max(0, own_start - right.own, other_start - right.other)
        gaps.append(Gap((own_start - overlap, right.own), (other_start - overlap, right.other)))
    end_own, end_other = same[-1].own + same[-1].length, same[-1].other + same[-1].length
    if end_other < words:
        gaps.append(Gap((end_own, min(len(own) + RUN - 1, end_own + words - end_other)), (end_other, words)))
    return Alignment(tuple(same), tuple(gaps))


def unique(other: Sequence[int]) -> dict[int, int]:
    """Where each run of a known text stands; -1 for one that stands there more than once."""
    where: dict[int, int] = {}
    for at, run in enumerate(other):
        where[run] = -1 if run in where else at
    return where


def _stretches(own: Sequence[int], other: Sequence[int], where: Mapping[int, int]) -> list[Same]:
    """Longest stretches of agreement around runs that are unique in the known text."""
    found: list[Same] = []
    last_own, last_other = len(own) - 1, len(other) - 1
    at = 0
    while at <= last_own:
        place = where.get(own[at], -1)
        if place < 0:
            at += 1
            continue
        start, end, shift = at, at + 1, place - at
        while start > 0 and shift + start > 0 and own[start - 1] == other[shift + start - 1]:
            start -= 1
        while end <= last_own and shift + end <= last_other and own[end] == other[shift + end]:
            end += 1
        # One run alone may agree by chance: a checksum has 16 bits.
        if end - start > 1 or len(other) < 16:
            found.append(Same(start, shift + start, end - start + RUN - 1))
        at = end
    return found


def _ordered(found: list[Same]) -> list[Same]:
    """The stretches that keep the order of both texts and hold the most words."""
    if len(found) > MOST:
        found = sorted(sorted(found, key=lambda same: -same.length)[:MOST])
    best: list[tuple[int, int]] = []  # words held by the best row that ends here, and its last stretch but one
    for at, same in enumerate(found):
        most, before = 0, -1
        for earlier in range(max(0, at - BACK), at):
            left = found[earlier]
            # Neighbours may share the words that a run spans, no more.
            if (
                best[earlier][0] > most
                and left.own + left.length < same.own + same.length
                and left.other + left.length < same.other + same.length
                and left.own < same.own
                and left.other < same.other
                and left.own + left.length <= same.own + RUN
                and left.other + left.length <= same.other + RUN
            ):
                most, before = best[earlier][0], earlier
        best.append((most + same.length, before))
    row: list[Same] = []
    at = max(range(len(found)), key=lambda i: best[i][0], default=-1)
    while at >= 0:
        row.append(found[at])
        at = best[at][1]
    return row[::-1]
