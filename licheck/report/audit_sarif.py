"""An audit of training data as SARIF: one result for all alike findings, with the sources behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheck.model.audit import Audit
from licheck.report import audit as text
from licheck.report import behind, sarif
from licheck.report.audit_json import credit, share
from licheck.report.behind import Behind
from licheck.report.escape import LONG, plain

_SOURCES = 100
_PLACES = 10
_TEXT = 600  # characters of a sentence


def render(audit: Audit, documentation: Mapping[str, str]) -> str:
    """Write an audit as SARIF 2.1.0 with a final newline; `documentation` holds the text of rules by id."""
    total = audit.rows
    results = [_result(one, audit, total) for one in behind.findings(audit)]
    properties = {
        "subject": audit.subject,
        "verdict": audit.verdict,
        "rows": total,
        "columns": {role: column for role, column in audit.columns._asdict().items() if column},
        "database": {"version": audit.database_version, "sha256": audit.database_sha256},
        "attribution": [credit(one) for one in behind.credits_(audit)],
    }
    return sarif.render(f"licheck/audit/{audit.subject}", results, documentation, properties, [*_told(audit)])


def _result(one: Behind, audit: Audit, total: int) -> dict[str, Any]:
    counts = one.counts()
    sources, count = one.sources(_SOURCES)
    words = text.words(one.finding)
    parts = [f"{text.amount(one, total)}, {one.bearing}: {plain(one.message, _TEXT)}"]
    parts += [f"{plain(text.said(words), _TEXT)}"] if words else []
    parts += [f"help: {plain(one.remedy, _TEXT)}"] if one.remedy else []
    verdicts = [judged.verdict for judged in one.groups]
    names = [plain(source.name or behind.NO_SOURCE, LONG) for source in sources]
    logical = [{"fullyQualifiedName": name, "kind": "dataset"} for name in names]
    places = [{"physicalLocation": place} for place in _places(one, audit)] or [{}]
    properties = {
        "bearing": one.bearing,
        "verdict": next(verdict for verdict in behind.VERDICTS if verdict in verdicts),
        **counts,
        "share": share(counts["rows"], total),
        "help": one.remedy,
        "sources": count,
        "examples": [i for source in sources for i in source.examples][:_PLACES],
    }
    return sarif.result(
        one.finding,
        ". ".join(parts),
        one.identity,
        [{**places[0], "logicalLocations": logical}, *places[1:]],
        properties,
    )


def _places(one: Behind, audit: Audit) -> list[dict[str, Any]]:
    """Entries of lists, as far as they are known; otherwise what the user named."""
    groups = [judged.group for judged in one.groups]
    known = dict.fromkeys((group.path, group.line) for group in groups if group.path)
    return [sarif.place(*at) for at in [*(known or [(path, None) for path in audit.manifests])][:_PLACES]]


def _told(audit: Audit) -> Iterator[dict[str, Any]]:
    for note in audit.notes:
        yield sarif.notification(plain(note, _TEXT), "note")
    for row in audit.bad_rows:
        yield sarif.notification(f"not read: {plain(row.why, LONG)}", "warning", sarif.place(row.path, row.row))
