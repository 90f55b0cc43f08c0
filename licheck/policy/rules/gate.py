"""Terms that people accept at a gate.

What it does: for a repository that gives access only to those who accept a text, or who were let in, shows that text
where it is no licence that is known.
Why: conditions are put there that stand nowhere else, such as no training or no commercial use.
Example: a dataset without a licence tag whose gate says that it must not become training data.
Use instead: read the text; where it forbids what you want, ask the owner.
References: none; the finding rests on the text of the gate.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Context

ID = "gate"


def check(context: Context) -> Iterator[Finding]:
    """Report gates whose text is no known licence."""
    for bound in context.uses:
        if bound.gate is None:
            continue
        own = bound.own
        matters = not bound.settled and (own or not bound.layers)
        name = bound.use.of.name
        if bound.gate.quote:
            message = f"access to {name} is given on a text that no record knows; what it asks comes on top"
        else:
            message = f"access to {name} is given by its owners on request, and nothing read says on which terms"
        yield Finding(
            rule=ID,
            clause=None,
            license=None,
            subject=bound.use.of.text,
            state=State.UNDETERMINED if matters else State.NOT_APPLICABLE,
            severity=Severity.REVIEW if matters else Severity.INFO,
            message=message,
            remedy="read what its page on the Hub asks people to accept, and record your decision",
            grade=Grade.C,
            evidence=(bound.gate,),
        )
