"""What a text is: known documents, edited ones, pieces of them, an unknown licence, or no licence.

Likeness only chooses what to compare with and never names anything: a text is a document when it has its words, and
otherwise the edits are said. Documents that differ in one word are told apart by that word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from licheck.identify.exact import exact
from licheck.identify.found import Edit, Found
from licheck.identify.index import Index, Known, checksums
from licheck.identify.legal import LEAST, legal, telling
from licheck.words import Words, words

if TYPE_CHECKING:  # a check reads no clauses, and must not wait for what finds them
    from licheck.identify.clauses import Detected, Detector
    from licheck.identify.nearest import Nearest
    from licheck.identify.sentences import Sentence

EXACT, PARTS = 5000, 40  # documents that are noted in one text: word for word, and edited
LONG = 60_000  # words; no licence is longer, so of a longer text only what reads like terms is read for clauses
SPARSE = 300  # words to a clause: a text with fewer clauses is no licence, unless it reads like one
LEADING = 200  # words before a clause that may lead into it
WORK = 4  # how many times over a long text is compared before what is left counts as unknown
FREE_WORK = 100_000  # words that are compared in any case
Span = tuple[int, int]


class Identified:
    """The answer for one text: `status` is exact, modified, partial, unknown or none.

    `added` are terms beside the documents; `detected` are clauses found by their phrases wherever no record tells
    them, which are looked for when they are asked for: what a text is can be said without them.
    """

    def __init__(
        self,
        found: Words,
        status: str,
        parts: tuple[Found, ...],
        beside: Sequence[Span],
        detect: Callable[[], tuple[Detected, ...]],
    ) -> None:
        self.found, self.status, self.parts = found, status, parts
        self._beside, self._detect = beside, detect

    @cached_property
    def detected(self) -> tuple[Detected, ...]:
        """Clauses by their phrases."""
        return self._detect()

    @cached_property
    def added(self) -> tuple[Edit, ...]:
        """Terms beside the documents, with the clauses that they hold."""
        return _named([Edit("added", *span, 0, ()) for span in self._beside], self.detected if self._beside else ())

    @property
    def license(self) -> tuple[str, ...]:
        """Documents that the text is, and nothing else; empty unless it is exact."""
        exact_ = self.status == "exact"
        return tuple(dict.fromkeys(d for part in self.parts for d in part.documents)) if exact_ else ()

    @property
    def nearest(self) -> str | None:
        """The document that a changed text was made from."""
        changed = [part for part in self.parts if part.status == "modified"] or list(self.parts)
        return changed[0].documents[0] if self.status == "modified" and changed else None


class Identifier:
    """Looks texts up among the known ones, and reads the clauses of those that are not."""

    def __init__(self, index: Index, detector: Detector | None = None, recorded: Iterable[str] = ()) -> None:
        self._index, self._detector = index, detector
        self._recorded = frozenset(recorded)  # documents whose clauses a record tells

    @cached_property
    def _nearest(self) -> Nearest:
        from licheck.identify.nearest import Nearest  # which texts that are what they are do without

        return Nearest(self._index)

    def identify(self, text: str, edited: bool = True) -> Identified:
        """Say what a text is, in time linear in its length; without `edited` only documents word for word."""
        found = words(text)
        runs = checksums(found.tokens)
        parts = [
            Found("exact", p.known.documents, p.start, p.end, (), _moved(p.known, p.start))
            for p in exact(found, runs, self._index)[:EXACT]
        ]
        if edited:
            parts = self._whole(found, runs, parts) if parts and len(found) <= LONG else parts
            parts += self._edited(found, runs, parts)
        parts.sort(key=lambda part: (part.start, -part.end))
        beside = [part for span in _beside(parts, len(found)) for part in telling(found, *span)] if parts else []
        status = _status(parts, beside) if parts else "none"
        answer = Identified(found, status, tuple(parts), beside, lambda: self._detect(found, parts))
        if not parts and (legal(found, 0, len(found)) or len(answer.detected) >= max(2, len(found) / SPARSE)):
            answer.status = "unknown"
        return answer

    def _whole(self, found: Words, runs: list[int], parts: list[Found]) -> list[Found]:
        """The parts, or one edited document in place of those that are only what its author built on."""
        if not any(_tells(found, span) for span in _beside(parts, len(found))):
            return parts
        one = self._nearest.find(found, runs, 0, len(found))
        if one is None or one.status == "partial":
            return parts
        inside = [part for part in parts if one.start <= part.start and part.end <= one.end]
        gained = one.end - one.start - sum(part.end - part.start for part in inside)
        cost = sum(max(edit.end - edit.start, edit.was) for edit in one.edits)
        return [*(part for part in parts if part not in inside), one] if inside and cost < gained else parts

    def _edited(self, found: Words, runs: list[int], parts: Sequence[Found]) -> list[Found]:
        """Edited documents and pieces, the best first, each looked for in what the others leave over."""
        todo = [span for span in _beside(parts, len(found)) if not parts or _tells(found, span)]
        done: list[Found] = []
        left = FREE_WORK + WORK * len(found)
        while todo and len(done) < PARTS and left > 0:
            start, end = todo.pop()
            left -= end - start
            part = self._nearest.find(found, runs, start, end) if end - start >= LEAST else None
            if part:
                done.append(part)
                todo += [(start, part.start), (part.end, end)]
        return done

    def _detect(self, found: Words, parts: Sequence[Found]) -> tuple[Detected, ...]:
        """Clauses by their phrases, wherever no record tells them."""
        if self._detector is None:
            return ()
        known = [part for part in parts if part.status != "partial"]
        beside = list(_beside(known, len(found)))
        altered = not known or "modified" in {part.status for part in known} or any(_tells(found, s) for s in beside)
        spans: Sequence[Span] = beside if altered else []
        if len(found) > LONG:
            spans = [part for span in spans for part in telling(found, *span)]
        spans = _merged([*spans, *(span for part in known for span in self._untold(part))])
        return tuple(self._detector.detect(found, spans)) if spans else ()

    def _untold(self, part: Found) -> Iterator[Span]:
        """Where a document was edited or holds clauses that no record tells, with what may lead into them."""
        recorded = self._recorded.issuperset(part.documents)
        if part.status == "modified" and not recorded:
            yield part.start, part.end
            return
        for edit in part.edits:
            yield max(part.start, edit.start - LEADING), min(part.end, max(edit.end, edit.start + 1) + LEADING)
        for _, first, last in () if recorded else part.clauses:
            yield max(part.start, first - LEADING), last


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _status(parts: Sequence[Found], added: Sequence[Span]) -> str:
    states = {part.status for part in parts}
    if added or "modified" in states:
        return "modified"
    return "partial" if "partial" in states else "exact"


def _beside(parts: Sequence[Found], count: int) -> Iterator[Span]:
    """Stretches of words outside the documents."""
    at = 0
    for part in sorted(parts, key=lambda part: part.start):
        if at < part.start:
            yield at, part.start
        at = max(at, part.end)
    if at < count:
        yield at, count


def _tells(found: Words, span: Span) -> bool:
    return any(True for _ in telling(found, *span))


def _moved(known: Known, start: int) -> tuple[tuple[str, int, int], ...]:
    return tuple((clause, start + first, start + last) for clause, first, last in known.clauses)


def _named(added: Sequence[Edit], detected: Sequence[Detected]) -> tuple[Edit, ...]:
    """Added terms with the clauses that their words hold."""

    def inside(edit: Edit, sentence: Sentence) -> bool:
        return edit.start < sentence.end and sentence.start < edit.end

    return tuple(
        edit._replace(clauses=tuple(d.clause for d in detected if any(inside(edit, place) for place in d.places)))
        for edit in added
    )
