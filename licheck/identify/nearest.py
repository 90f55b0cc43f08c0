"""Which known document an edited text comes from, and what was changed in it.

For each known text the index holds a 16-bit checksum of every run of `RUN` words, in order: enough to align a text with
it, too little to read it. Likeness only chooses what to compare with; it never names a licence. The comparison says
what was added, removed and replaced, and which clauses of the document the edit touches.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple
from zlib import crc32

from licheck.words import Word

RUN = 5
CANDIDATES = 6
SAMPLE = 4  # every fourth run is enough to choose what to compare with
LIKE_ENOUGH = 0.55  # share of a document's runs that a text has to hold before it is compared with it


class Edit(NamedTuple):
    """One change: added, removed or replaced, at which lines of the text, in which clauses of the document."""

    kind: str
    line: int
    end_line: int
    clauses: tuple[str, ...]


class Known(NamedTuple):
    """A known text: its document, its runs in order, and the words (from, to) on which each clause stands."""

    document: str
    runs: array[int]
    clauses: tuple[tuple[str, int, int], ...]


class Nearest(NamedTuple):
    """The document a text comes from, how much of it the text holds, and the edits that lead from one to the other."""

    document: str
    share: float
    edits: tuple[Edit, ...]


def runs(tokens: Sequence[str]) -> array[int]:
    """Checksums of all runs of words, in order."""
    joined = (" ".join(tokens[at : at + RUN]) for at in range(len(tokens) - RUN + 1))
    return array("H", (crc32(run.encode()) & 0xFFFF for run in joined))


def nearest(text: str, found: Sequence[Word], known: Iterable[Known]) -> Nearest | None:
    """Return the document that a text needs the fewest edits from, or None if it is like none."""
    own = runs([word.text for word in found])
    held = set(own)
    shares = [(_share(k.runs[::SAMPLE], held), k) for k in known]
    best = sorted((pair for pair in shares if pair[0] >= LIKE_ENOUGH), key=lambda pair: -pair[0])[:CANDIDATES]
    compared = [(_distance(own, k.runs), share, k) for share, k in best]
    if not compared:
        return None
    (_, codes), share, document = min(compared, key=lambda item: item[0][0])
    edits = tuple(_edit(text, found, code, document) for code in codes)
    return Nearest(document.document, share, edits)


Code = tuple[str, int, int, int, int]


def _share(sample: array[int], held: set[int]) -> float:
    return sum(map(held.__contains__, sample)) / max(1, len(sample))


def _distance(own: array[int], other: array[int]) -> tuple[int, list[Code]]:
    """Number of runs that differ, and the stretches where they do."""
    matcher = SequenceMatcher(None, other.tolist(), own.tolist(), autojunk=False)
    codes: list[Code] = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return sum(max(c[2] - c[1], c[4] - c[3]) for c in codes), codes


def _edit(text: str, found: Sequence[Word], code: Code, document: Known) -> Edit:
    """Turn differing runs into the words between them: a run differs as soon as one of its words does."""
    _, low, high, start, end = code
    # A changed word spoils the RUN runs it is in, so the words in question begin RUN - 1 after the first of them.
    removed = max(0, high - low - (RUN - 1)) if low > 0 else max(0, high - low)
    added = max(0, end - start - (RUN - 1)) if start > 0 else max(0, end - start)
    kind = "replaced" if removed and added else "removed" if removed else "added"
    first = min(start + (RUN - 1 if start else 0), len(found) - 1)
    last = min(max(first, first + added - 1), len(found) - 1)
    at = low + (RUN - 1 if low else 0)
    touched = tuple(
        dict.fromkeys(c for c, from_, to in document.clauses if from_ <= at + max(removed - 1, 0) and at <= to)
    )
    return Edit(kind, _line(text, found[first].start), _line(text, found[last].end), touched)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def read(data: bytes, rows: Iterable[Mapping[str, str]]) -> list[Known]:
    """Take the index apart: for each row of the table the checksums of its runs, one after the other."""
    everything = array("H")
    everything.frombytes(data)
    known, at = [], 0
    for row in rows:
        count = max(0, int(row["words"]) - RUN + 1)
        clauses = tuple(_place(place) for place in row["clauses"].split())
        known.append(Known(row["documents"].split(",")[0], everything[at : at + count], clauses))
        at += count
    return known


def _place(text: str) -> tuple[str, int, int]:
    clause, _, span = text.rpartition(":")
    start, _, end = span.partition("-")
    return clause, int(start), int(end)
