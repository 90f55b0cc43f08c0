"""The fingerprints of known texts: checksums and digests, from which no text can be read.

`texts.tsv` has one row a text: checksum of its first and of its last run of `RUN` words, number of words, digest of all
words, the documents it is, where their clauses stand, and where words may differ without meaning anything (titles,
names of holders). `runs.bin` holds 16 bits of the checksum of every run, in order: enough to align a text with it.
`sketch.bin` holds the whole checksums of some runs, sorted, each with the number of its row: what to align with.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

RUN = 5
SHORT = 400  # a text of fewer runs gives every fourth to the sketch, a longer one every sixteenth
COLUMNS = ("head", "tail", "words", "digest", "aligned", "documents", "clauses", "free")
Span = tuple[int, int]


class Known(NamedTuple):
    """A known text: `clauses` and `free` (where words may differ) are in words, ends not included."""

    number: int
    head: int
    tail: int
    words: int
    digest: str
    aligned: bool
    documents: tuple[str, ...]
    clauses: tuple[tuple[str, int, int], ...]
    free: tuple[Span, ...]


def checksums(tokens: Sequence[str]) -> list[int]:
    """CRC-32 of every run of `RUN` words, in order."""
    joined = " ".join(tokens).encode()
    lengths = map(len, tokens) if joined.isascii() else (len(token.encode()) for token in tokens)
    ends = [*accumulate(length + 1 for length in lengths)]
    starts = [0, *ends]
    return [crc32(joined[start : end - 1]) for start, end in zip(starts, ends[RUN - 1 :], strict=False)]


def sampled(runs: Sequence[int]) -> list[int]:
    """The checksums that a text gives to the sketch, each once."""
    mask = 3 if len(runs) < SHORT else 15
    return sorted({run for run in runs if not run & mask})


def sketch(rows: Iterable[tuple[int, Sequence[int]]]) -> bytes:
    """Pack the sampled checksums of numbered rows: all checksums, then the row of each."""
    pairs = sorted((run, number) for number, runs in rows for run in runs)
    return _bytes(array("I", (run for run, _ in pairs))) + _bytes(array("H", (number for _, number in pairs)))


def extended(packed: bytes, number: int, runs: Iterable[int]) -> bytes:
    """Add one row to a packed sketch."""
    keys, numbers = _unpacked(packed)
    rows = ((at, [run]) for run, at in zip(keys, numbers, strict=True))
    return sketch([*rows, (number, list(runs))])


def pack(runs: Sequence[int]) -> bytes:
    """Pack the runs of one text for runs.bin."""
    return _bytes(array("H", (run & 0xFFFF for run in runs)))


class Index:
    """All known texts, in rows of `COLUMNS`.

    `read` gives the bytes of runs.bin and sketch.bin, which a text that is exact never needs.
    """

    def __init__(self, rows: Sequence[Sequence[str]], read: Callable[[str], bytes]) -> None:
        self._rows, self._read = rows, read
        self._known: dict[int, Known] = {}

    def known(self, number: int) -> Known:
        """The text of a row."""
        if number not in self._known:
            self._known[number] = _known(number, self._rows[number])
        return self._known[number]

    @cached_property
    def heads(self) -> dict[int, list[int]]:
        """Rows by the checksum of their first run."""
        heads: dict[int, list[int]] = {}
        for number, row in enumerate(self._rows):
            heads.setdefault(int(row[0], 16), []).append(number)
        return heads

    @cached_property
    def _runs(self) -> bytes:
        return self._read("runs.bin")

    def runs(self, known: Known) -> array[int]:
        """The packed runs of a text, none for a text that is only known by its digest."""
        start = self._offsets[known.number]
        return _array("H", self._runs[start : self._offsets[known.number + 1]])

    def votes(self, runs: Iterable[int]) -> Counter[int]:
        """How many of the sketched runs of each row are among `runs`."""
        keys, numbers = self._sketch
        last = len(keys)
        votes: Counter[int] = Counter()
        for run in {run for run in runs if not run & 3}:
            at = bisect_left(keys, run)
            while at < last and keys[at] == run:
                votes[numbers[at]] += 1
                at += 1
        return votes

    def sampled_of(self, known: Known) -> list[int]:
        """The checksums that a row gave to the sketch."""
        return [run for run, number in zip(*self._sketch, strict=True) if number == known.number]

    @cached_property
    def sketched(self) -> Counter[int]:
        """How many runs each row gave to the sketch."""
        return Counter(self._sketch[1])

    @cached_property
    def _sketch(self) -> tuple[array[int], array[int]]:
        return _unpacked(self._read("sketch.bin"))

    @cached_property
    def _offsets(self) -> list[int]:
        lengths = (2 * max(0, int(row[2]) - RUN + 1) if row[4] == "1" else 0 for row in self._rows)
        return [0, *accumulate(lengths)]


def row(tokens: Sequence[str], documents: Iterable[str], digest: str, **more: str) -> dict[str, str]:
    """Make the row of a text."""
    runs = checksums(tokens)
    ends = (f"{runs[0]:08x}", f"{runs[-1]:08x}") if runs else ("", "")
    fixed = {"head": ends[0], "tail": ends[1], "words": str(len(tokens)), "digest": digest, "aligned": "1"}
    return {**fixed, "documents": ",".join(sorted(documents)), "clauses": "", "free": "", **more}


def _known(number: int, row: Sequence[str]) -> Known:
    head, tail, count, digest, aligned, documents, clauses, free = row
    places = []
    for place in clauses.split():
        clause, _, span = place.rpartition(":")
        places.append((clause, *_span(span)))
    spans = tuple(_span(span) for span in free.split())
    names = tuple(documents.split(","))
    return Known(number, int(head, 16), int(tail, 16), int(count), digest, aligned == "1", names, tuple(places), spans)


def _unpacked(sketch_: bytes) -> tuple[array[int], array[int]]:
    """Checksums of a packed sketch, and the row of each."""
    count = len(sketch_) // 6
    return _array("I", sketch_[: 4 * count]), _array("H", sketch_[4 * count :])


def _span(text: str) -> Span:
    start, _, end = text.partition("-")
    return int(start), int(end) + 1


def _array(kind: str, data: bytes) -> array[int]:
    values = array(kind)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()
