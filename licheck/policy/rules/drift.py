"""A stated licence that differs from the known one.

What it does: compares the licence that the manifest states for a use with the one that the catalogue knows.
Why: a person's statement does not change a licence; one of the two is wrong.
Example: `license: mit` on a use of a Llama model.
Use instead: correct the statement, or clarify it with the file that proves it.
References: none; the finding rests on the two statements.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Context

ID = "drift"


def check(context: Context) -> Iterator[Finding]:
    """Report statements that differ from the catalogue."""
    for bound in context.uses:
        if bound.drift and bound.entry:
            yield Finding(
                rule=ID,
                clause=None,
                license=None,
                subject=bound.use.of.text,
                state=State.UNDETERMINED,
                severity=Severity.REVIEW,
                message=f"{bound.drift}; the statement was not used",
                remedy="correct `license:`, or prove it under `policy: clarify:` with the file",
                grade=Grade.weakest(Grade.C, bound.entry.grade),
                evidence=(
                    context.manifest.evidence(f"uses[{bound.use.place}].license", bound.use.license),
                    bound.entry.evidence,
                ),
            )
