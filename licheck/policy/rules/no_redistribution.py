"""Passing on where a text lets nothing be passed on.

What it does: looks for releases that give a thing to others, under texts that let nobody but their recipient have it.
Why: some texts grant use only; a copy, changed or not, may not leave the house.
Example: weights under research terms that say "you may not distribute the models", inside a public release.
Use instead: another model, or a separate licence, recorded as an exception.
References: `relicensing` in a licence's record, with `unchanged: forbidden`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import DERIVING, PASSING_ON, releases
from licheck.policy.case import Case

ID = "no-redistribution"


def check(case: Case) -> Iterator[Finding]:
    """Look for things that are given to others against the text."""
    out, how = releases(case.project), set(case.bound.use.how)
    given = ("distribution" in out and how & (DERIVING | PASSING_ON)) or (out and "host" in how)
    if case.document.unchanged != "forbidden" or case.layer.binds != "user" or not given:
        return
    yield case.finding(
        ID,
        case.document.relicensing_term,
        State.VIOLATED,
        f"{case.document.title} lets {case.bound.use.of.name} be passed on to nobody, changed or unchanged",
        f"leave {case.bound.use.of.name} out, or get a separate licence and record it as an exception",
    )
