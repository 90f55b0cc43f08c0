"""An audit of training data for programs (`licheck-audit/1`), written piece by piece: there may be many groups."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Any

from licheck import __version__
from licheck.model.audit import Audit, Judged
from licheck.model.finding import Finding
from licheck.report import behind
from licheck.report.json import finding_data

SCHEMA = "licheck-audit/1"
_AT_ONCE = 500


def render(audit: Audit) -> Iterator[str]:
    """Write an audit as JSON with a final newline, each group on a line of its own; yields it in pieces."""
    yield "{\n" + "".join(f"  {_json(key)}: {_json(value)},\n" for key, value in _head(audit).items())
    yield '  "groups": ['
    total, told = audit.rows, cache(_findings)
    lines = (f"\n    {_group(judged, total, told)}" for judged in audit.groups)
    comma = ""
    while piece := ",".join(islice(lines, _AT_ONCE)):
        yield comma + piece
        comma = ","
    summary = {verdict: _counts(audit, verdict) for verdict in behind.VERDICTS}
    yield f'\n  ],\n  "summary": {_json(summary)}\n}}\n'


def share(rows: int, total: int) -> float:
    """The part that rows are of all rows, 0 to 1."""
    return round(rows / total, 6) if total else 0.0


def credit(one: behind.Credit) -> dict[str, Any]:
    """What is owed to a source as plain data."""
    return {"source": one.source, "license": one.license, "rows": one.rows, "asks": list(one.asks)}


def _head(audit: Audit) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {"name": "licheck", "version": __version__},
        "database": {"version": audit.database_version, "sha256": audit.database_sha256},
        "subject": audit.subject,
        "verdict": audit.verdict,
        "rows": audit.rows,
        "manifests": list(audit.manifests),
        "columns": {role: column for role, column in audit.columns._asdict().items() if column},
        "notes": list(audit.notes),
        "bad_rows": [row._asdict() for row in audit.bad_rows],
        "attribution": [credit(one) for one in behind.credits_(audit)],
    }


def _counts(audit: Audit, verdict: str) -> dict[str, Any]:
    groups = [judged.group for judged in audit.groups if judged.verdict == verdict]
    counts = behind.counted(groups)
    return {"groups": len(groups), "share": share(counts["rows"], audit.rows), **counts}


def _group(judged: Judged, total: int, told: Callable[[_Same], str]) -> str:
    group = judged.group
    head = _json(
        {
            **group.key._asdict(),
            "rows": group.rows,
            "share": share(group.rows, total),
            "tokens": group.tokens,
            "bytes": group.bytes,
            "examples": group.examples,
            "path": group.path or None,
            "line": group.line,
            "verdict": judged.verdict,
        }
    )
    findings, duties = told(_Same(judged.findings)), told(_Same(judged.duties))
    return f'{head[:-1]}, "findings": {findings}, "obligations": {duties}}}'


class _Same:
    """Findings that many groups share: the same if they are one object, so that they are written out once."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        self.found = found

    def __hash__(self) -> int:
        return id(self.found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.found is self.found


def _findings(same: _Same) -> str:
    return _json([finding_data(finding) for finding in same.found])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
