"""The known text that a stretch of words was made from, or a piece of: the one with the fewest edits.

Likeness chooses what to compare with. The comparison decides, so that documents that differ in one word are told apart
by that word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from licheck.identify.align import Alignment, Gap, align, unique
from licheck.identify.found import Edit, Found
from licheck.identify.index import RUN, Index, Known
from licheck.identify.legal import LEAST, legal, misleading
from licheck.words import Words

CANDIDATES = 5
PROMISING = 0.5  # share of the votes of the best that a candidate has to have
KEPT = 16  # known texts that are kept ready for the next comparison
ALIKE, FEW = 60, 400  # how many documents are looked at to see which of them hold a piece of fewer words than that
HELD = 0.6  # share of a document's words that an edited copy still holds
LABEL = 4  # words of the number of a section: 1.2.3
SHORT, SHORT_HELD = 120, 0.35
EXCERPT = 30  # words that a piece has to hold
UNCHANGED = 0.05  # share of the words of a piece that may differ
HEADING = 12  # words beside a document that say nothing: a title, a name


class _Laid(NamedTuple):
    """A known text laid beside the words: the gaps that mean something, and what they cost inside and altogether."""

    known: Known
    alignment: Alignment
    gaps: tuple[Gap, ...]
    inner: int
    cost: int

    @property
    def held(self) -> int:
        return self.alignment.held


class Nearest:
    """Finds the nearest known text."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._runs = lru_cache(maxsize=KEPT)(self._read)

    def _read(self, known: Known) -> tuple[Sequence[int], int, Mapping[int, int]]:
        runs = self._index.runs(known)
        return runs, known.words, unique(runs)

    def find(self, found: Words, runs: Sequence[int], start: int, end: int) -> Found | None:
        """The document that words `start` to `end` are an edited copy or a piece of, or None."""
        own = runs[start : max(start, end - RUN + 1)]
        packed = [run & 0xFFFF for run in own]
        votes = self._index.votes(own)
        sketched = self._index.sketched
        by_votes = sorted(votes, key=lambda n: (-votes[n], sketched[n], n))
        ranked = sorted(votes, key=lambda n: (0.3 * sketched[n] - 1.3 * votes[n], n))[:CANDIDATES]
        ranked += [n for n in by_votes[:CANDIDATES] if n not in ranked]
        least = max((votes[n] for n in ranked), default=0) * PROMISING
        compared = list(self._compare(found, packed, start, [n for n in ranked if votes[n] >= least]))
        best = min(compared, key=lambda laid: (laid.cost - laid.held, laid.known.number), default=None)
        if best and not best.gaps:
            return _found("exact", best.known.documents, best, start)
        most = max(votes.values(), default=0)
        likely = [n for n in by_votes if votes[n] > 0.9 * most and n not in ranked]
        compared += self._compare(found, packed, start, likely[: ALIKE if end - start < FEW else CANDIDATES])
        piece = self._piece(found, start, end, compared)
        whole = best and (best.held >= HELD * best.known.words or _short(best, end - start))
        # A text that a longer document holds unchanged is a piece of that one, not an edited copy of a shorter one.
        if best and whole and not (piece and not piece.edits and piece.end - piece.start >= best.held):
            return _found("modified", best.known.documents, best, start)
        return piece

    def _compare(self, found: Words, packed: Sequence[int], start: int, numbers: Sequence[int]) -> Iterator[_Laid]:
        for number in numbers:
            known = self._index.known(number)
            laid = align(packed, *self._runs(known))
            if laid:
                gaps = tuple(gap for gap in laid.gaps if not _means_nothing(gap, known, found, start))
                inner = sum(gap.cost for gap in laid.gaps if gap.other[0] > 0 and gap.other[1] < known.words)
                yield _Laid(known, laid, gaps, inner, sum(gap.cost for gap in gaps))

    def _piece(self, found: Words, start: int, end: int, compared: Sequence[_Laid]) -> Found | None:
        """A piece is a piece of every document that holds it unchanged."""
        best = min(compared, key=lambda laid: (laid.inner - laid.held, laid.known.number), default=None)
        least = EXCERPT if end - start > EXCERPT else LEAST
        if not best or best.held < least or best.inner > best.held * UNCHANGED:
            return None
        first, last = best.alignment.span
        if any(legal(found, *span) for span in ((start, start + first), (start + last, end))):
            return None  # a paragraph that a licence of its own borrowed
        alike = [laid for laid in compared if (laid.inner, laid.held) == (best.inner, best.held)]
        inner = tuple(gap for gap in best.gaps if gap.other[0] > 0 and gap.other[1] < best.known.words)
        documents = tuple(dict.fromkeys(document for laid in alike for document in laid.known.documents))
        return _found("partial", documents, best._replace(gaps=inner), start)


def _short(laid: _Laid, own: int) -> bool:
    """Whether a short text and a short document hold much of each other."""
    return own < SHORT and laid.held > SHORT_HELD * max(own, laid.known.words)


def _found(status: str, documents: tuple[str, ...], laid: _Laid, start: int) -> Found:
    known, gaps = laid.known, laid.gaps
    first, last = laid.alignment.span
    first = min([first, *(gap.own[0] for gap in gaps if gap.other[0] == 0)])
    last = max([last, *(gap.own[1] for gap in gaps if gap.other[1] == known.words)])
    edits = tuple(_edit(gap, known, start) for gap in gaps)
    return Found(status, documents, start + first, start + last, edits, _kept(laid.alignment, known, start))


def _means_nothing(gap: Gap, known: Known, found: Words, start: int) -> bool:
    """Whether a difference is one of title, holder or appendix, or the number of a section that others leave out."""
    low, high = gap.other
    first, last = start + gap.own[0], start + gap.own[1]
    own = found.tokens[first:last]
    if low == high and 0 < len(own) <= LABEL:
        return (
            all(map(_labels, own)) and "\n" in found.text[found.ends[first - 1] if first else 0 : found.starts[first]]
        )
    if not any(free_low <= low and high <= free_high for free_low, free_high in known.free):
        return False
    if high == known.words:
        return True  # what follows a text that leaves off its appendix is looked at for itself
    return len(own) <= HEADING and not misleading(own, known.documents)


def _labels(token: str) -> bool:
    """Whether a word may be the number or letter of a section, or a part of it."""
    return len(token) == 1 or (token.isdigit() and len(token) == 2) or not token.strip("ivx")


def _edit(gap: Gap, known: Known, start: int) -> Edit:
    (own_start, own_end), (low, high) = gap
    kind = "replaced" if own_end > own_start and high > low else "removed" if high > low else "added"
    touched = (c for c, first, last in known.clauses if first < max(high, low + 1) and low < last)
    return Edit(kind, start + own_start, start + own_end, high - low, tuple(dict.fromkeys(touched)))


def _kept(laid: Alignment, known: Known, start: int) -> tuple[tuple[str, int, int], ...]:
    """Clauses whose sentence stands in the text as it stood in the document."""
    kept = []
    for clause, first, last in known.clauses:
        for same in laid.same:
            if same.other <= first and last <= same.other + same.length:
                shift = start + same.own - same.other
                kept.append((clause, first + shift, last + shift))
    return tuple(kept)
