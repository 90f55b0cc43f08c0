"""The answer of `licheck identify` in the form of `licheck-identify/1`: plain values, each with its lines and words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from licheck.identify.found import Edit
from licheck.identify.text import Identified
from licheck.model.document import Term
from licheck.model.release import Part

if TYPE_CHECKING:
    from licheck.identify.clauses import Detected
    from licheck.identify.references import Reference
    from licheck.identify.topics import Topics

LONGEST = 400  # characters of a quote
SHORT = 160  # characters of a quote that names a licence
Terms = Callable[[str], Mapping[str, Term]]


def describe(
    path: str,
    answer: Identified,
    terms: Terms,
    references: Sequence[Reference] = (),
    topics: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Write an answer down; `terms` gives what the record of a document says, clause by clause.

    `topics` lists the words by which an edit is told to be about liability, the grant and so on. A text that is no
    licence and names one has the status `reference`.
    """
    refers = [*_references(answer, references)]
    known = {c: term for part in answer.parts for d in part.documents[:1] for c, term in terms(d).items()}
    from licheck.identify.topics import Topics  # which a check does not need

    about = Topics(answer.found, topics or {})
    partial = [part for part in answer.parts if part.status == "partial"]
    return {
        "path": path,
        "status": "reference" if answer.status == "none" and refers else answer.status,
        "license": " AND ".join(answer.license) or None,
        "nearest": answer.nearest,
        "candidates": list(dict.fromkeys(d for part in partial for d in part.documents)),
        "edits": [item for edit in _edits(answer) for item in _described(answer, edit, known, about)],
        "parts": [
            {"status": p.status, "license": " AND ".join(p.documents) if p.status != "partial" else None, **lines}
            for p in answer.parts
            for lines in (_lines(answer, p.start, p.end),)
        ],
        "clauses": sorted(_clauses(answer, known), key=lambda c: (c["line"], c["clause"])),
        "references": refers,
    }


def in_release(answer: Identified) -> tuple[tuple[Part, ...], str]:
    """The documents that stand in a text of a release as published, and what an edited text was made from."""
    found = answer.found
    parts = tuple(
        Part(document, lines["line"], lines["end_line"], found.starts[part.start], found.ends[part.end - 1])
        for part in answer.parts
        if part.status == "exact"
        for lines in (_lines(answer, part.start, part.end),)
        for document in part.documents
    )
    changed = ", ".join(str(_lines(answer, edit.start, edit.end)["line"]) for edit in _edits(answer)[:4])
    return parts, f"{answer.nearest} with changes on lines {changed}" if answer.nearest and not parts else ""


def in_repository(answer: Identified) -> tuple[tuple[Part, ...], str]:
    """The same for a licence file of somebody else: also says of terms that nobody knows, or of a piece, what it is."""
    parts, near = in_release(answer)
    if parts or near:
        return parts, near
    if answer.status == "unknown":
        return (), "a text of terms that is not in the database"
    pieces = dict.fromkeys(d for part in answer.parts if part.status == "partial" for d in part.documents)
    return (), f"only a piece of {' or '.join(list(pieces)[:3])}" if pieces else ""


def _references(answer: Identified, references: Sequence[Reference]) -> Iterator[dict[str, Any]]:
    """The first place of each reference outside the documents: a licence names itself."""
    told = set()
    for r in references:
        key = (r.ids, r.by, r.expression, "" if r.ids else answer.found.text[r.first : r.last])
        if key in told or any(p.start <= r.start < p.end and r.end <= p.end for p in answer.parts):
            continue
        told.add(key)
        words_ = " ".join(answer.found.text[r.first : r.last].split())
        yield {
            "license": list(r.ids),
            "expression": r.expression,
            "by": r.by,
            "line": answer.found.line(r.first),
            "end_line": answer.found.line(r.last - 1),
            "quote": words_ if len(words_) <= SHORT else words_[:SHORT] + " …",
        }


def _edits(answer: Identified) -> list[Edit]:
    edits = [edit for part in answer.parts if part.status == "modified" for edit in part.edits]
    return sorted([*edits, *answer.added], key=lambda edit: edit.start)


def _described(answer: Identified, edit: Edit, known: Mapping[str, Term], about: Topics) -> Iterator[dict[str, Any]]:
    """One entry a clause that the edit touches, or one without."""
    common = {
        "kind": edit.kind,
        **_lines(answer, edit.start, edit.end),
        "words": _cut(answer, edit.start, edit.end) if edit.end > edit.start else "",
        "was_words": edit.was,
        "topics": about.of(edit.start, edit.end),
    }
    here = {d.clause: d for d in answer.detected if any(_touches(edit, s.start, s.end) for s in d.places)}
    for clause in (*edit.clauses, *(c for c in here if c not in edit.clauses)):
        how = _how(clause, here.get(clause), known.get(clause), clause in edit.clauses)
        yield {**common, "clause": clause, "how": how}
    if not edit.clauses and not here:
        yield {**common, "clause": None, "how": None}


def _touches(edit: Edit, start: int, end: int) -> bool:
    return edit.start < end and start < max(edit.end, edit.start + 1)


def _how(clause: str, now: Detected | None, was: Term | None, held: bool) -> str:
    """What an edit makes of a clause: its parameters, its end, or other words for it."""
    if now is None:
        return "not found any more"
    if not held:
        return "found in these words"
    changed = [
        f"{name}: {was.params[name]} → {value}"
        for name, value in now.params.items()
        if was and isinstance(value, int | str) and was.params.get(name) not in (None, value)
    ]
    return ", ".join(changed) or "worded differently"


def _clauses(answer: Identified, known: Mapping[str, Term]) -> Iterator[dict[str, Any]]:
    """Clauses of documents by their records, and elsewhere by their phrases."""
    told = set()
    for part in answer.parts:
        for clause, start, end in part.clauses:
            term = known.get(clause)
            if term and clause not in told:
                told.add(clause)
                yield _clause(answer, clause, start, end, dict(term.params), "record")
    for found in answer.detected:
        if found.clause not in told:
            yield _clause(answer, found.clause, found.sentence.start, found.sentence.end, found.params, "phrase")


def _clause(
    answer: Identified, clause: str, start: int, end: int, params: dict[str, Any], source: str
) -> dict[str, Any]:
    return {
        "clause": clause,
        **_lines(answer, start, end),
        "quote": _cut(answer, start, end),
        "params": params,
        "from": source,
        "grade": "B" if source == "record" else "D",
    }


def _lines(answer: Identified, start: int, end: int) -> dict[str, int]:
    found = answer.found
    first = min(start, len(found) - 1)
    return {"line": found.line(found.starts[first]), "end_line": found.line(found.ends[max(first, end - 1)])}


def _cut(answer: Identified, start: int, end: int) -> str:
    found = answer.found
    words_ = " ".join(found.text[found.starts[start] : found.ends[end - 1]].split())
    return words_ if len(words_) <= LONGEST else words_[:LONGEST].rsplit(" ", 1)[0] + " …"
