"""What is found in a text: documents, and the changes that were made to them."""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """One change to a document: words `start` to `end` of the text stand where `was` words of the document stood."""

    kind: str
    start: int
    end: int
    was: int
    clauses: tuple[str, ...]


class Found(NamedTuple):
    """One document in a text: exact, modified or partial.

    `documents` are those that the words belong to; where several documents begin alike, a piece belongs to all of
    them. `clauses` are those whose sentences stand here as in the document, in words of the text.
    """

    status: str
    documents: tuple[str, ...]
    start: int
    end: int
    edits: tuple[Edit, ...]
    clauses: tuple[tuple[str, int, int], ...]
