"""What the project decided about findings: exceptions that match, that lapsed and that match nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.project import Waiver
from licheck.policy.case import Context


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern like `hf:meta-llama/*` names a thing; the scheme may be left out on neither side.

    >>> matches("hf:meta-llama/*", "hf:meta-llama/Llama-3.1-8B@main"), matches("hf:a/b", "hf:a/bc")
    (True, False)
    """
    return any(fnmatchcase(candidate.lower(), pattern.lower()) for candidate in (text, text.partition("@")[0]))


def apply(context: Context, findings: Iterable[Finding]) -> list[Finding]:
    """Mark excepted findings; add one finding for each exception that is expired or that nothing needs."""
    exceptions = context.manifest.policy.exceptions
    result: list[Finding] = []
    used: set[int] = set()
    for finding in findings:
        fitting = [e for e in exceptions if _fits(e, finding) and finding.severity is not Severity.INFO]
        used.update(e.place for e in fitting)
        valid = [e for e in fitting if e.until is None or e.until >= context.today]
        result.append(replace(finding, excepted_by=valid[0].reason) if valid else finding)
    for exception in exceptions:
        if exception.until and exception.until < context.today:
            result.append(
                _about(context, exception, "expired-exception", f"expired on {exception.until}", Severity.REVIEW)
            )
        elif exception.place not in used and not exception.of.startswith("rows:"):  # which an audit needs
            result.append(_about(context, exception, "unused-exception", "matches no finding", Severity.INFO))
    return result


def _fits(exception: Waiver, finding: Finding) -> bool:
    if exception.clause and exception.clause not in (finding.clause, finding.rule):
        return False
    return any(matches(exception.of, subject) for subject in (finding.subject, *finding.via))


def _about(context: Context, exception: Waiver, rule: str, what: str, severity: Severity) -> Finding:
    clause = f", clause {exception.clause}" if exception.clause else ""
    return Finding(
        rule=rule,
        clause=None,
        license=None,
        subject=exception.of,
        state=State.UNDETERMINED if severity is Severity.REVIEW else State.NOT_APPLICABLE,
        severity=severity,
        message=f"the exception for {exception.of}{clause} {what} (reason given: {exception.reason})",
        remedy="renew it with a new `until:` or remove it" if severity is Severity.REVIEW else "remove it",
        grade=Grade.A,
        evidence=(context.manifest.evidence(f"policy.exceptions[{exception.place}]", exception.reason),),
    )
