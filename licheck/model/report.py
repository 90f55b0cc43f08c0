"""The result of a run, before any format."""

from __future__ import annotations

from typing import NamedTuple

from licheck.model.finding import Finding, Severity, State


class ArtifactReport(NamedTuple):
    """What was concluded about one thing."""

    id: str
    kind: str
    route: str | None
    revision: str | None = None
    declared: str | None = None
    found: tuple[str, ...] = ()
    concluded: str | None = None
    why: str = ""
    upstream: tuple[tuple[str, str], ...] = ()
    state: str | None = None  # how far a repository could be read; None for what was not read
    grade: str | None = None


class LockState(NamedTuple):
    """What a check found of licheck.lock: `absent`, `current` or `stale`, and why it is thought stale."""

    state: str
    notes: tuple[str, ...] = ()


class Report(NamedTuple):
    """Findings, obligations and the verdict for one manifest."""

    subject: str
    database_version: str
    database_sha256: str
    fail_on: Severity
    artifacts: tuple[ArtifactReport, ...]
    findings: tuple[Finding, ...]
    obligations: tuple[Finding, ...]
    skipped: tuple[str, ...] = ()
    lock: LockState = LockState("absent")

    @property
    def failing(self) -> tuple[Finding, ...]:
        """Findings at or above `fail_on` that nobody excepted."""
        return tuple(f for f in self.findings if not f.excepted_by and f.severity.reaches(self.fail_on))

    @property
    def verdict(self) -> str:
        """`fail`, `undetermined` (nothing fails, something is unknown) or `pass`."""
        if self.failing:
            return "fail"
        open_ = (State.UNDETERMINED, State.SILENT)
        unknown = any(f.state in open_ and f.severity is not Severity.INFO and not f.excepted_by for f in self.findings)
        return "undetermined" if unknown else "pass"

    @property
    def summary(self) -> dict[str, int]:
        """Findings by severity; excepted ones are counted on their own."""
        counts = {severity.value: 0 for severity in Severity} | {"excepted": 0}
        for finding in self.findings:
            counts["excepted" if finding.excepted_by else finding.severity.value] += 1
        return counts
