"""What a text is: a known document, an edited one, an unknown licence, or no licence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from licheck.identify.exact import TITLE_WORDS, ExactIndex
from licheck.identify.nearest import Edit, Known, nearest
from licheck.model.release import Part
from licheck.words import Word, words

# Words that licences are made of: a paragraph of them beside a licence is an addition to it, a README is not.
_LEGAL = frozenset(
    (
        *("shall", "must", "may", "licensee", "licensor", "agreement", "grant", "granted", "grants", "permitted"),
        *("prohibited", "restriction", "restrictions", "conditions", "liable", "liability", "warranty", "warranties"),
        *("rights", "provided", "commercial", "redistribute", "sublicense"),
    )
)
_LEGAL_SHARE, _LEGAL_LEAST = 0.05, 12


class Identified(NamedTuple):
    """The answer for one text.

    `status` is exact, modified, unknown or none; `license` is given with exact only, `nearest` with modified.
    """

    status: str
    license: str | None
    nearest: str | None
    edits: tuple[Edit, ...]
    parts: tuple[Part, ...]


def identify(text: str, index: ExactIndex, known: Sequence[Known]) -> Identified:
    """Say what a text is."""
    found = words(text)
    exact = index.identify(text, found)
    if exact.parts:
        names = list(dict.fromkeys(part.document for part in exact.parts))
        added = _additions(text, found, exact.parts)
        if not added:
            return Identified("exact", " AND ".join(names), None, (), exact.parts)
        return Identified("modified", None, names[0], added, exact.parts)
    close = nearest(text, found, known)
    if close:
        return Identified("modified", None, close.document, close.edits, ())
    return Identified("unknown" if _is_legal(found) else "none", None, None, (), ())


def _additions(text: str, found: Sequence[Word], parts: Sequence[Part]) -> tuple[Edit, ...]:
    """Stretches outside the documents that read like terms."""
    edits, at = [], 0
    for start, end in [*sorted((p.start, p.end) for p in parts), (len(text), len(text))]:
        beside = [word for word in found if at <= word.start < start]
        if len(beside) > TITLE_WORDS and _is_legal(beside):
            first, last = (text.count("\n", 0, offset) + 1 for offset in (beside[0].start, beside[-1].end))
            edits.append(Edit("added", first, last, ()))
        at = max(at, end)
    return tuple(edits)


def _is_legal(found: Sequence[Word]) -> bool:
    legal = sum(word.text in _LEGAL for word in found)
    return len(found) >= _LEGAL_LEAST and legal / len(found) >= _LEGAL_SHARE
