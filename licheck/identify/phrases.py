"""Looks for compiled phrases in sentences (`licheck.phrases` says what a phrase is)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from licheck.words import Words

Span = tuple[int, int]
Slot = tuple[str, int, int]


class Match(NamedTuple):
    """Words `start` to `end` of a reading (end not included), and where each slot was filled."""

    start: int
    end: int
    slots: tuple[Slot, ...]


class Slots:
    """Finds what can be read out; `licheck.identify.values` knows how."""

    def spans(self, slot: str, reading: Reading) -> list[Span]:
        """Stretches of words that fill a slot."""
        raise NotImplementedError


Follow = Mapping[int, tuple[tuple[str, ...], ...]]


class Lexicon:
    """Says which sets of alternatives a word may begin, and with what words that have to follow."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._words, self._beginnings = table["words"], table["beginnings"]
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})
        self._seen: dict[str, Follow] = {}

    def of(self, token: str) -> Follow:
        """For each set that a word may begin a row of words for each alternative: what has to follow."""
        follow = self._seen.get(token)
        if follow is None:
            found = list(self._words.get(token, ()))
            for length in self._lengths:
                if length <= len(token):
                    found += self._beginnings.get(token[:length], ())
            rows: dict[int, tuple[tuple[str, ...], ...]] = {}
            for number, rest in found:
                rows[number] = (*rows.get(number, ()), tuple(rest.split()))
            follow = self._seen[token] = rows
        return follow

    def sets(self, tokens: Iterable[str]) -> set[int]:
        """All sets that may stand among these words."""
        return set().union(*map(self.of, set(tokens)))


class Reading:
    """A sentence as phrases see it: the words that lead into it and its own, as one row, and what stands in them."""

    def __init__(self, found: Words, stretches: Iterable[Span], sets: set[int], lexicon: Lexicon, slots: Slots) -> None:
        self.found, self.sets = found, sets
        self.places = [at for start, end in stretches for at in range(start, end)]
        tokens = found.tokens
        self.tokens = [tokens[at] for at in self.places]
        self._follow = [lexicon.of(token) for token in self.tokens]
        self._slots = slots
        self._spans: dict[int | str, list[Span]] = {}

    def spans(self, what: int | str) -> list[Span]:
        """Every stretch at which a set or slot stands, by its start."""
        if what not in self._spans:
            if isinstance(what, str):
                self._spans[what] = self._slots.spans(what[1:-1], self)
            else:
                self.prepare({what})
        return self._spans[what]

    def prepare(self, wanted: set[int]) -> None:
        """Find many sets in one pass."""
        found: dict[int, list[Span]] = {number: [] for number in wanted}
        for position, follow in enumerate(self._follow):
            for number in follow.keys() & wanted:
                for rest in follow[number]:
                    if not rest or self._stands(position + 1, rest):
                        found[number].append((position, position + 1 + len(rest)))
        self._spans.update(found.items())

    def _stands(self, position: int, wanted: tuple[str, ...]) -> bool:
        tokens = self.tokens
        if position + len(wanted) > len(tokens):
            return False
        for at, word in enumerate(wanted, position):
            token = tokens[at]
            if token != word and not (word[-1] == "*" and token.startswith(word[:-1])):
                return False
        return True


class Phrase:
    """A compiled phrase; `needs` are the sets without which it cannot stand."""

    def __init__(self, elements: Sequence[tuple[int | str, int, bool]]) -> None:
        self.elements = elements
        self.sets = frozenset(what for what, _, _ in elements if isinstance(what, int))
        self.needs = frozenset(what for what, _, optional in elements if isinstance(what, int) and not optional)

    def match(self, reading: Reading) -> Match | None:
        """The first place where the phrase stands, the shortest of those that start there."""
        return min(self.matches(reading), key=lambda found: (found.start, found.end), default=None)

    def matches(self, reading: Reading) -> list[Match]:
        """One match for each word at which the phrase may end, in order."""
        if not self.needs <= reading.sets:
            return []
        (first, _, _), *others = self.elements
        # For each word at which what was matched so far may end: where it began (the latest), and the slots on the way.
        ends = {end: (start, _slot(first, start, end)) for start, end in reversed(reading.spans(first))}
        for what, gap, optional in others:
            if not ends:
                return []
            reached = _next(what, gap, reading.spans(what), ends)
            ends = reached | ends if optional else reached
        return [Match(start, end, slots) for end, (start, slots) in sorted(ends.items())]


def _next(
    what: int | str, gap: int, spans: list[Span], ends: dict[int, tuple[int, tuple[Slot, ...]]]
) -> dict[int, tuple[int, tuple[Slot, ...]]]:
    ordered = sorted(ends)
    reached: dict[int, tuple[int, tuple[Slot, ...]]] = {}
    for start, end in spans:
        # The nearest end before this stretch leaves the fewest words between.
        at = bisect_left(ordered, start + 1) - 1
        if at >= 0 and start - ordered[at] <= gap:
            began, slots = ends[ordered[at]]
            reached.setdefault(end, (began, (*slots, *_slot(what, start, end))))
    return reached


def _slot(what: int | str, start: int, end: int) -> tuple[Slot, ...]:
    return ((what[1:-1], start, end),) if isinstance(what, str) else ()
