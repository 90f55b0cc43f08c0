"""Where a fact comes from and how far it can be trusted."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    """Strength of evidence, strongest first; only A and B decide alone."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"

    @staticmethod
    def weakest(*grades: Grade) -> Grade:
        """The grade of a conclusion that needs all of these.

        >>> Grade.weakest(Grade.A, Grade.C)
        <Grade.C: 'C'>
        """
        return max(grades, key=lambda grade: "ABCDX".index(grade.value))


class Evidence(NamedTuple):
    """One place where a fact can be looked up.

    `source` names the document; `path` and lines say where it lies at the user's side or in the database; `quote` holds
    the words, cut from the user's file or the record's anchor; `sha256` is the digest of the text that was read.
    """

    source: str
    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    quote: str | None = None
    locator: str | None = None
    url: str | None = None
    sha256: str | None = None
