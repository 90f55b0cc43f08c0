"""Things under terms that are not known.

What it does: says which uses nothing at hand gives a licence for.
Why: no licence is not permission, and a neighbour's licence does not stand in.
Example: a base model that is in no catalogue and that the manifest states no licence for.
Use instead: state the licence with `license:` on the use, or clarify it with the file that proves it.
References: none; the finding rests on the absence of a text.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Context

ID = "unknown-license"


def check(context: Context) -> Iterator[Finding]:
    """Report uses without a known licence."""
    for bound in context.uses:
        if bound.unknown_rule == ID:
            yield unknown(
                context,
                bound,
                f"the licence of {bound.use.of.name} is unknown: {bound.unknown}",
                "state it with `license:` on the use, or under `policy: clarify:` with the file that proves it",
            )


def unknown(context: Context, bound: BoundUse, message: str, remedy: str) -> Finding:
    """Build the finding that something about a use is not known."""
    return Finding(
        rule=bound.unknown_rule,
        clause=None,
        license=None,
        subject=bound.use.of.text,
        state=State.UNDETERMINED,
        severity=Severity.REVIEW,
        message=message,
        remedy=remedy,
        grade=Grade.D,
        evidence=(context.manifest.evidence(f"uses[{bound.use.place}].of", bound.use.of.text),),
    )
