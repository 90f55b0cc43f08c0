"""Datasets that an audit did not find cleared for commercial use.

What it does: for an audited dataset, shows a commercial project that the audit found another use than commercial.
Why: tags on the Hub are more permissive than the licences behind them in more than a third of the audited datasets.
Example: a dataset tagged MIT whose sources are for academic use only.
Use instead: other data, or a decision by your counsel after reading the licences that the audit links.
References: the audit named in the evidence.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Context

ID = "audited-use"


def _told(bound: BoundUse) -> bool:
    """Whether a licence that is held says so itself."""
    clauses = {clause for layer in bound.layers for document in layer.candidates for clause in document.terms}
    return not clauses.isdisjoint(("non-commercial", "research-only"))


def check(context: Context) -> Iterator[Finding]:
    """Report audited datasets whose verified use is not commercial, to projects that are or may be."""
    if context.project.commercial is False:
        return
    for bound in context.uses:
        entry = bound.entry
        if entry is None or entry.use_verified in (None, "commercial") or _told(bound):
            continue
        differs = f"; the Hub says {entry.hub_license}" if entry.hub_license else ""
        yield Finding(
            rule=ID,
            clause=None,
            license=None,
            subject=bound.use.of.text,
            state=State.UNDETERMINED,
            severity=Severity.REVIEW,
            message=f"an audit found {bound.use.of.name} usable as: {entry.use_verified}, not commercial{differs}",
            remedy="read the licences that the audit links and record your decision, or leave the data out",
            grade=Grade.weakest(Grade.C, entry.grade),
            evidence=(entry.evidence, context.manifest.evidence(f"uses[{bound.use.place}].of", bound.use.of.text)),
        )
