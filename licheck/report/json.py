"""The report for programs: schema `licheck-report/1`, the same bytes for the same input."""

from __future__ import annotations

import json
from typing import Any

from licheck import __version__
from licheck.model.finding import Finding
from licheck.model.report import ArtifactReport, Report

SCHEMA = "licheck-report/1"


def render(report: Report) -> str:
    """Write a report as JSON with a final newline."""
    return json.dumps(as_data(report), ensure_ascii=False, indent=2) + "\n"


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "licheck", "version": __version__},
        "database": {"version": report.database_version, "sha256": report.database_sha256},
        "verdict": report.verdict,
        "artifacts": [artifact_data(artifact) for artifact in report.artifacts],
        "findings": [finding_data(finding) for finding in report.findings],
        "obligations": [finding_data(duty) for duty in report.obligations],
        "skipped": list(report.skipped),
        "lock": {"state": report.lock.state, "notes": list(report.lock.notes)},
        "summary": report.summary,
    }


def artifact_data(artifact: ArtifactReport) -> dict[str, Any]:
    """Return what was concluded of one thing as plain data."""
    return {
        "id": artifact.id,
        "kind": artifact.kind,
        "revision": artifact.revision,
        "route": artifact.route,
        "declared": artifact.declared,
        "found": list(artifact.found),
        "concluded": artifact.concluded,
        "why": artifact.why,
        "modified": None,
        "upstream": [{"id": of, "relation": relation} for of, relation in artifact.upstream],
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    return {
        "rule": finding.rule,
        "clause": finding.clause,
        "license": finding.license,
        "subject": finding.subject,
        "via": list(finding.via),
        "state": finding.state.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "grade": finding.grade.value,
        "excepted_by": finding.excepted_by,
        "evidence": [evidence._asdict() for evidence in finding.evidence],
    }
