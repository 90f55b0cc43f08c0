"""Finds known texts in a text, word for word, alone or among other words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from licheck.identify.index import RUN, Index, Known
from licheck.words import Words, digest


class Placed(NamedTuple):
    """A known text at words `start` to `end`, the end not included."""

    known: Known
    start: int
    end: int


def exact(found: Words, runs: Sequence[int], index: Index) -> list[Placed]:
    """Every known text that stands here word for word, in order; what stands inside a longer one is left out."""
    placed: list[Placed] = []
    for at in _heads(runs, index):
        for known in map(index.known, index.heads[runs[at]]):
            end = at + known.words
            last = end - RUN
            if last < len(runs) and runs[last] == known.tail and digest(found.tokens[at:end]) == known.digest:
                placed.append(Placed(known, at, end))
    placed.sort(key=lambda p: (p.start, -p.end))
    outer: list[Placed] = []
    for one in placed:
        if not outer or one.end > outer[-1].end or (one.start, one.end) == (outer[-1].start, outer[-1].end):
            outer.append(one)
    return outer


def _heads(runs: Sequence[int], index: Index) -> list[int]:
    present = index.heads.keys() & set(runs)
    return [at for at, run in enumerate(runs) if run in present] if present else []
