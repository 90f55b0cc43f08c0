"""The words behind a finding, cut from the user's own copy of the text where there is one."""

from __future__ import annotations

import re

from licheck.model.document import Document, OutputRule, Term
from licheck.model.evidence import Evidence
from licheck.model.release import Part, Release, ReleaseFile
from licheck.words import words

LONGEST = 400
_SENTENCE = re.compile(r"[.;:](?=\s)|\n\s*\n")


def cite(release: Release, document: Document, term: Term | OutputRule | None) -> Evidence:
    """Point at a term: file, lines and sentence if the release has the text, else record and anchor."""
    evidence = document.evidence(term)
    if term is None or not term.anchor:
        return evidence
    for file in release.files:
        for part in file.parts:
            if part.document == document.id and (span := _find(file, part, term.anchor)):
                start, end = _sentence(file.text, part, span)
                return evidence._replace(
                    path=release.shown(file.path),
                    line=file.text.count("\n", 0, start) + 1,
                    end_line=file.text.count("\n", 0, end) + 1,
                    quote=" ".join(file.text[start:end].split()),
                )
    return evidence


def _find(file: ReleaseFile, part: Part, anchor: str) -> tuple[int, int] | None:
    wanted = words(anchor).tokens
    inside = words(file.text[part.start : part.end])
    for at in range(len(inside) - len(wanted) + 1):
        if inside.tokens[at : at + len(wanted)] == wanted:
            return part.start + inside.starts[at], part.start + inside.ends[at + len(wanted) - 1]
    return None


def _sentence(text: str, part: Part, span: tuple[int, int]) -> tuple[int, int]:
    """Widen a span to its sentence, as far as `LONGEST` allows."""
    low, high = max(part.start, span[0] - LONGEST // 2), min(part.end, span[1] + LONGEST // 2)
    start = max((m.end() for m in _SENTENCE.finditer(text, low, span[0])), default=low)
    ending = _SENTENCE.search(text, span[1], high)
    end = ending.start() + 1 if ending else high
    while start < span[0] and not text[start].isalnum():
        start += 1
    return start, end
