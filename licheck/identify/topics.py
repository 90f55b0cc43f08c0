"""What an edit is about, also where it touches no clause that a record describes: liability, the grant and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from licheck.identify.sentences import Sentence, sentences
from licheck.words import Words


class Topics:
    """Topics of a text's sentences; `table` lists the words of each, as words.yaml has them."""

    def __init__(self, found: Words, table: Mapping[str, Sequence[str]]) -> None:
        self._found, self._table = found, table

    def of(self, start: int, end: int) -> list[str]:
        """Topics of the sentences that words `start` to `end` stand in; of the one before where words were removed."""
        first = start - 1 if start == end else start
        inside = [part for part in self._sentences if part.start < max(end, first + 1) and first < part.end]
        tokens = [token for part in inside for token in self._found.tokens[part.start : part.end]]
        row = f" {' '.join(tokens)} "
        return [topic for topic, words_ in self._table.items() if any(_stands(word, row) for word in words_)]

    @cached_property
    def _sentences(self) -> list[Sentence]:
        return sentences(self._found)


def _stands(word: str, row: str) -> bool:
    return f" {word[:-1]}" in row if word.endswith("*") else f" {word} " in row
