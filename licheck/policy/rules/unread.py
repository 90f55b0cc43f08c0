"""Upstreams that could not be read.

What it does: says which repository, or which licence file in one, could not be read, and in what state it was found.
Why: what was not read may say anything; a lost connection or a closed gate is no permission.
Example: a base model whose LICENSE lies behind a gate, or a Hub that answers that there were too many requests.
Use instead: a token with access, another try, or a run with the answers that are at hand.
References: none; the finding rests on the absence of a text.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse
from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.lineage import ReadState, Unread
from licheck.policy.case import Context

ID = "unread"
_REMEDY = {
    ReadState.GATED: "ask for access on the Hub and set HF_TOKEN, or read it there",
    ReadState.MISSING: "correct the name, or set HF_TOKEN if it is private",
    ReadState.DISABLED: "find out why it was disabled before you build on it",
    ReadState.RATE_LIMITED: "run it again in some minutes; with HF_TOKEN set the limits are higher",
    ReadState.OFFLINE: "run it once without --offline",
    ReadState.LIMIT: "raise --max-depth or --max-nodes",
    ReadState.REFUSED: "look at it on the Hub",
}
# A repository in these states will be the same tomorrow; a text held elsewhere settles what it leaves open.
_SETTLED = (ReadState.GATED, ReadState.MISSING, ReadState.LIMIT)
# Of a repository that was read, files like these may stay behind the gate where their text is held elsewhere.
_LICENCES = ("licen", "copying", "notice", "policy", "terms", "agreement")


def check(context: Context) -> Iterator[Finding]:
    """Report what could not be read."""
    for bound in context.uses:
        for unread in bound.unread:
            yield _finding(context, bound, unread)


def _finding(context: Context, bound: BoundUse, unread: Unread) -> Finding:
    asked = context.manifest.evidence(f"uses[{bound.use.place}].of", bound.use.of.text)
    data = "train" in bound.use.how
    # Data binds who trained on it; for whoever takes the weights a dataset that is gone is worth a line, no more.
    whole = unread.what == bound.use.of.text
    name = bound.use.of.name
    licence = unread.state is ReadState.GATED and any(word in unread.what.lower() for word in _LICENCES)
    if whole:
        known = unread.state in _SETTLED and bool(bound.settled or bound.inferred or data)
    else:
        known = licence and (bound.settled == "record" or data)
    what = name if whole else f"{unread.what} of {name}"
    return Finding(
        rule=ID,
        clause=None,
        license=None,
        subject=bound.use.of.text,
        state=State.NOT_APPLICABLE if known else State.UNDETERMINED,
        severity=Severity.INFO if known else Severity.REVIEW,
        message=f"{what} was not read ({unread.state.value}): {unread.why}",
        remedy=_REMEDY.get(unread.state, "run it again"),
        grade=Grade.D,
        evidence=(asked, Evidence("hub", locator=unread.what, url=bound.url or None)),
    )
