"""An audit of training data for people and for programs (`licheck-audit/1`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from licheck.model.audit import Audit, Judged
from licheck.model.finding import Finding, Severity
from licheck.report.json import finding_data
from licheck.report.text import NOT_ADVICE

SCHEMA = "licheck-audit/1"
VERDICTS = ("restricted", "undetermined", "conditional", "usable")
_SHOWN = 12  # sources behind one finding
_FINDINGS = 40


def as_data(audit: Audit) -> dict[str, Any]:
    """Return the audit as plain data."""
    return {
        "schema": SCHEMA,
        "verdict": audit.verdict,
        "rows": audit.rows,
        "bad_rows": [row._asdict() for row in audit.bad_rows],
        "columns": {role: column for role, column in audit.columns._asdict().items() if column},
        "notes": list(audit.notes),
        "database": {"version": audit.database_version, "sha256": audit.database_sha256},
        "groups": [_group(judged, audit.rows) for judged in audit.groups],
        "summary": {verdict: _counts(audit, verdict) for verdict in VERDICTS},
    }


def render_json(audit: Audit) -> str:
    """Write an audit as JSON with a final newline."""
    return json.dumps(as_data(audit), ensure_ascii=False, indent=2) + "\n"


def render(audit: Audit) -> str:
    """Write an audit as text with a final newline: the table, the findings worst first, what is owed."""
    lines = [*_table(audit), ""]
    for finding, behind in _findings(audit):
        lines += [*_told(finding, behind), ""]
    owed = _owed(audit)
    if owed:
        lines += ["owed when a model made from it goes out", *(f"  {line}" for line in owed), ""]
    lines += [f"note: {note}" for note in audit.notes]
    lines += [f"not read: {row.path}:{row.row}: {row.why}" for row in audit.bad_rows[:_SHOWN]]
    lines.append(f"{audit.subject}: {audit.verdict}, {audit.rows:,} rows in {len(audit.groups):,} groups")
    lines.append(f"database {audit.database_version}, {audit.database_sha256[:12]}. {NOT_ADVICE}")
    return "\n".join(lines) + "\n"


def _counts(audit: Audit, verdict: str) -> dict[str, Any]:
    groups = [judged.group for judged in audit.groups if judged.verdict == verdict]
    rows = sum(group.rows for group in groups)
    counts: dict[str, Any] = {"groups": len(groups), "rows": rows, "share": _share(rows, audit.rows)}
    for name in ("tokens", "bytes"):
        known = [getattr(group, name) for group in groups if getattr(group, name) is not None]
        if getattr(audit.columns, name) or known:
            counts[name] = sum(known)
    return counts


def _share(rows: int, total: int) -> float:
    return round(rows / total, 6) if total else 0.0


def _group(judged: Judged, total: int) -> dict[str, Any]:
    group = judged.group
    return {
        **{role: list(v) if isinstance(v, tuple) else v for role, v in group.key._asdict().items()},
        "rows": group.rows,
        "share": _share(group.rows, total),
        "tokens": group.tokens,
        "bytes": group.bytes,
        "examples": list(group.examples),
        "verdict": judged.verdict,
        "findings": [finding_data(finding) for finding in judged.findings],
        "obligations": [finding_data(duty) for duty in judged.duties],
    }


def _table(audit: Audit) -> list[str]:
    lines = [f"{'verdict':<14}{'rows':>16}{'share':>9}{'groups':>9}"]
    for verdict in VERDICTS:
        counts = _counts(audit, verdict)
        beside = "".join(f"  {counts[name]:,} {name}" for name in ("tokens", "bytes") if name in counts)
        share = f"{100 * counts['share']:.1f} %"
        lines.append(f"{verdict:<14}{counts['rows']:>16,}{share:>9}{counts['groups']:>9,}{beside}")
    return lines


def _findings(audit: Audit) -> list[tuple[Finding, list[Judged]]]:
    """Findings that ask for something, alike ones together with the groups behind them, heaviest and largest first."""
    alike: dict[tuple[str, str | None, str | None, str], list[Judged]] = {}
    first: dict[tuple[str, str | None, str | None, str], Finding] = {}
    for judged in audit.groups:
        for finding in judged.findings:
            if finding.severity is not Severity.INFO:
                what = "" if finding.license else finding.message
                key = (finding.rule, finding.clause, finding.license, what)
                first.setdefault(key, finding)
                alike.setdefault(key, []).append(judged)
    order = sorted(first, key=lambda key: (first[key].severity.rank, -_rows(alike[key]), str(key)))
    return [(first[key], alike[key]) for key in order][:_FINDINGS]


def _rows(groups: Iterable[Judged]) -> int:
    return sum(judged.group.rows for judged in groups)


def _told(finding: Finding, behind: list[Judged]) -> list[str]:
    lines = [f"{finding.severity.value}[{finding.clause or finding.rule}] {_rows(behind):,} rows: {finding.message}"]
    text = next((e for e in finding.evidence if e.source == finding.license and e.quote), None)
    if text:
        lines.append(f"  = {text.source} {text.locator or ''}: “{text.quote}”")
    for judged in behind[:_SHOWN]:
        key = judged.group.key
        parts = [key.source or "(no source)", *(key.license or ()), *(key.generator or ())]
        ids = f"; ids {', '.join(judged.group.examples)}" if judged.group.examples else ""
        lines.append(f"  {judged.group.rows:>12,}  {' · '.join(parts)}{ids}")
    if len(behind) > _SHOWN:
        lines.append(f"  and {len(behind) - _SHOWN:,} more groups, which --format json lists")
    return [*lines, f"  help: {finding.remedy}"] if finding.remedy else lines


def _owed(audit: Audit) -> list[str]:
    """What groups that may be used ask for, each once, with the sources that ask for it."""
    asked: dict[str, list[str]] = {}
    for judged in audit.groups:
        for duty in judged.duties:
            source = judged.group.key.source or "(no source)"
            told = asked.setdefault(f"{duty.remedy} [{duty.license}]", [])
            if source not in told:
                told.append(source)
    return [f"{what}: {', '.join(s[:_SHOWN])}{' …' if len(s) > _SHOWN else ''}" for what, s in sorted(asked.items())]
