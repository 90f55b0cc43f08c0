"""A tag that says one licence and a text that is another.

What it does: tells where the licence that a repository declares and the text in it (or the text that its publisher
gives out) are different licences.
Why: a tag is not a text; people rely on the tag, the text is what was granted, and one of the two is wrong.
Example: `license: mit` over a LICENSE file that is the Llama 2 agreement.
Use instead: ask the owner; until then both are taken to bind.
References: none; the finding rests on the two places.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse, Differs
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Context

ID = "tag-and-text"


def check(context: Context) -> Iterator[Finding]:
    """Report repositories whose tag and text differ."""
    for bound in context.uses:
        if bound.differs:
            yield _finding(bound, bound.differs)


def _finding(bound: BoundUse, differs: Differs) -> Finding:
    """A contradiction in the release itself is to be mended; one upstream is a question to its owner."""
    data = not {"train", "evaluate"}.isdisjoint(bound.use.how) and bound.use.of.route == "dataset"
    own = bound.own and any(evidence.source == "release" for evidence in differs.evidence)
    ask = "ask its owner which of the two holds, or read the text and record your decision"
    return Finding(
        rule=ID,
        clause=None,
        license=None,
        subject=bound.use.of.text,
        state=State.NOT_APPLICABLE if data else State.ACTION_NEEDED if own else State.UNDETERMINED,
        severity=Severity.INFO if data else Severity.MUST_FIX if own else Severity.REVIEW,
        message=f"{differs.what}; both are taken to bind",
        remedy="declare the licence whose text is there, or replace the text" if own else ask,
        grade=Grade.B if own else Grade.C,
        evidence=differs.evidence,
    )
