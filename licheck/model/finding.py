"""A finding: what a term means for a use, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from licheck.model.evidence import Evidence, Grade


class State(StrEnum):
    """Outcome of holding a term against a use."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    ACTION_NEEDED = "action-needed"
    SILENT = "silent"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not-applicable"


class Severity(StrEnum):
    """How much a finding weighs, heaviest first."""

    BLOCKER = "blocker"
    MUST_FIX = "must-fix"
    REVIEW = "review"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the heaviest."""
        return _RANKS[self]

    def reaches(self, threshold: Severity) -> bool:
        """Whether this is as heavy as `threshold` or heavier."""
        return self.rank <= threshold.rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
SEVERITY_OF = {
    State.VIOLATED: Severity.BLOCKER,
    State.ACTION_NEEDED: Severity.MUST_FIX,
    State.SILENT: Severity.REVIEW,
    State.UNDETERMINED: Severity.REVIEW,
    State.SATISFIED: Severity.INFO,
    State.NOT_APPLICABLE: Severity.INFO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion about one subject; raises ValueError where evidence, message or remedy is missing.

    `clause` is None where no clause of a text carries it; `license` is the document (or, where several versions may
    apply and agree, all of them); `via` is the way from the subject to that document.
    """

    rule: str
    clause: str | None
    license: str | None
    subject: str
    state: State
    severity: Severity
    message: str
    remedy: str
    grade: Grade
    evidence: tuple[Evidence, ...]
    via: tuple[str, ...] = ()
    excepted_by: str | None = None

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"{self.rule}: a finding needs evidence")
        if not self.message or not self.subject:
            raise ValueError(f"{self.rule}: a finding needs a message and a subject")
        if self.severity is not Severity.INFO and not self.remedy:
            raise ValueError(f"{self.rule}: a finding that asks for attention says what to do")

    @property
    def is_duty(self) -> bool:
        """Whether this is about something to be delivered, met or not."""
        return self.rule in DUTIES and self.state in (State.SATISFIED, State.ACTION_NEEDED)

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (State.SATISFIED, State.NOT_APPLICABLE)


# Rules that ask for something to be delivered; they fill the report's list of obligations.
DUTIES = frozenset(
    {"name", "attribution", "notice", "license-copy", "state-changes", "use-policy", "relicensing", "share-alike"}
)
