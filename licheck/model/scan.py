"""The result of a scan, before any format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from licheck.model.answer import Answer, Value
from licheck.model.binding import BoundUse
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.lineage import Inherited, Lineage, Node
from licheck.model.report import ArtifactReport

_OPEN = (State.UNDETERMINED, State.SILENT)


class Scanned(NamedTuple):
    """One target: what is above it, what binds it (`uses`, itself first), and what was found and answered.

    `notes` say what was left out so that the answer stays readable.
    """

    root: Node
    above: tuple[Inherited, ...]
    uses: tuple[BoundUse, ...]
    findings: tuple[Finding, ...]
    obligations: tuple[Finding, ...]
    answers: tuple[Answer, ...]
    notes: tuple[str, ...]
    asked: bool
    fail_on: Severity

    @property
    def failing(self) -> tuple[Finding, ...]:
        """Findings at or above `fail_on`."""
        return tuple(f for f in self.findings if f.severity.reaches(self.fail_on))

    @property
    def unread(self) -> bool:
        """Whether something that matters could not be read, so that there is no verdict."""
        return any(f.rule == "unread" and f.severity is not Severity.INFO for f in self.findings)

    @property
    def verdict(self) -> str:
        """`fail` for what is wrong or forbidden, `undetermined` for what is not known or not said, else `pass`.

        Where uses were asked for, their answers count beside what the repository itself shows.
        """
        values = {answer.value for answer in self.answers} if self.asked else set()
        # What rests on an inference or a report informs, it does not decide.
        sure = [f for f in self.failing if f.grade not in (Grade.D, Grade.X)]
        if any(f.state not in _OPEN for f in sure) or Value.NO in values:
            return "fail"
        if self.failing or self.unread or values & {Value.UNKNOWN, Value.NOT_SAID}:
            return "undetermined"
        return "pass"


class Scan(NamedTuple):
    """All targets of a run, the lineage that they share, and what was concluded of each node in it."""

    database_version: str
    database_sha256: str
    targets: tuple[Scanned, ...]
    lineage: Lineage
    artifacts: tuple[ArtifactReport, ...]

    @property
    def verdict(self) -> str:
        """The worst verdict of all targets."""
        verdicts = {target.verdict for target in self.targets}
        return next((v for v in ("fail", "undetermined") if v in verdicts), "pass")

    @property
    def exit_code(self) -> int:
        """0 for pass, 1 for what is wrong or open in texts that were read, 3 where texts could not be read."""
        if self.verdict == "undetermined" and any(target.unread for target in self.targets):
            return 3
        return 0 if self.verdict == "pass" else 1

    def summary(self) -> Mapping[str, int]:
        """Findings by severity."""
        counts = {severity.value: 0 for severity in Severity} | {"excepted": 0}
        for target in self.targets:
            for finding in target.findings:
                counts[finding.severity.value] += 1
        return counts
