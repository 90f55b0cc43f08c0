"""Finds documents in a text, word for word, alone or among other words.

An index row is (checksum of the first `HEAD` words, number of words, digest of all words, document ids): hashes only.
Edited and unknown texts are not named here; what is left over is counted, so that a licence with a paragraph added
does not pass as the licence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias
from zlib import crc32

from licheck.model.release import Part
from licheck.words import Word, digest, words

HEAD = 8
TITLE_WORDS = 12  # words that may stand before a licence as its title
Row: TypeAlias = tuple[str, int, str, list[str]]


class Identification(NamedTuple):
    """Documents found in a text and how many words belong to none of them."""

    parts: tuple[Part, ...]
    before: int
    after: int

    @property
    def whole(self) -> str | None:
        """The one document that the text is, or None."""
        covering = {part.document for part in self.parts}
        return covering.pop() if len(covering) == 1 and self.before <= TITLE_WORDS and not self.after else None


class ExactIndex:
    """Looks texts up by digest."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._heads: dict[str, list[tuple[int, str, list[str]]]] = {}
        for head, count, whole, documents in rows:
            self._heads.setdefault(head, []).append((count, whole, documents))

    def identify(self, text: str, found: Sequence[Word] | None = None) -> Identification:
        """Find every document that stands in `text` word for word; `found` are its words, if they are at hand."""
        found = words(text) if found is None else found
        tokens = [word.text for word in found]
        parts: list[Part] = []
        first, last = len(tokens), 0
        for at in range(max(0, len(tokens) - HEAD + 1)):
            candidates = self._heads.get(head(tokens[at : at + HEAD]))
            for count, whole, documents in candidates or ():
                run = tokens[at : at + count]
                if len(run) == count and digest(run) == whole:
                    parts += [_part(text, document, found[at : at + count]) for document in documents]
                    first, last = min(first, at), max(last, at + count)
        return Identification(_outermost(parts), first, len(tokens) - last)


def head(tokens: list[str]) -> str:
    """Key under which a run of words is looked up first: a checksum, since the digest decides."""
    return f"{crc32(' '.join(tokens).encode()):08x}"


def row(tokens: list[str], documents: Sequence[str]) -> Row:
    """Make the index row of a text."""
    return head(tokens[:HEAD]), len(tokens), digest(tokens), list(documents)


def from_records(records: Iterable[Mapping[str, object]]) -> ExactIndex:
    """Build an index from the compiled fingerprint records."""
    return ExactIndex(
        (str(r["head"]), int(str(r["words"])), str(r["digest"]), str(r["documents"]).split(",")) for r in records
    )


def _outermost(parts: list[Part]) -> tuple[Part, ...]:
    """Leave out what stands inside a longer document: a modified MIT is not MIT."""
    return tuple(
        part
        for part in parts
        if not any(
            other.start <= part.start and part.end <= other.end and (other.start, other.end) != (part.start, part.end)
            for other in parts
        )
    )


def _part(text: str, document: str, run: Sequence[Word]) -> Part:
    start, end = run[0].start, run[-1].end
    return Part(document, text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1, start, end)
