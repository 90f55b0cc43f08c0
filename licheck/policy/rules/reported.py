"""Clauses that somebody reported and the text does not hold.

What it does: for a text that was read whole, shows third parties' reports of a clause that is not in it.
Why: people come across such reports; the report and the text belong side by side.
Example: an analysis that quotes a ban on distillation from a licence that has none.
Use instead: the text.
References: `reports` in the document's record.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.acts import LEARNING
from licheck.policy.case import Case

ID = "reported"


def check(case: Case) -> Iterator[Finding]:
    """Show reports on the clause that the use is about."""
    if case.layer.binds != "user" or not LEARNING.intersection(case.bound.use.how):
        return
    for claim in case.document.claims:
        when = f" ({claim.captured})" if claim.captured else ""
        yield case.finding(
            ID,
            None,
            State.NOT_APPLICABLE,
            f"reported by {claim.by}{when}, not found in the text: {claim.finding}",
            "",
            Evidence(source=claim.by, locator=claim.title or None),
            clause=claim.clause,
            severity=Severity.INFO,
            grade=Grade.X,
        )
