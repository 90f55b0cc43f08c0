"""Derivatives where a text forbids making or sharing them.

What it does: looks for uses that change a thing, under texts that do not let changed versions be made or shared.
Why: a fine-tune, merge or quantisation of such a thing may not go out.
Example: a published fine-tune of a model under CC BY-ND.
Use instead: another model, or a separate licence, recorded as an exception.
References: clause `no-derivatives`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import DERIVING, releases
from licheck.policy.case import Case

ID = "no-derivatives"


def check(case: Case) -> Iterator[Finding]:
    """Look for derivatives that the document does not allow."""
    term = case.document.terms.get("no-derivatives")
    if term is None or case.layer.binds != "user":
        return
    shared = "distribution" in releases(case.project)
    title, name = case.document.title, case.bound.use.of.name
    if DERIVING.intersection(case.bound.use.how):
        if term.params.get("making") or (term.params.get("sharing") and shared):
            what = "making" if term.params.get("making") else "sharing"
            remedy = f"leave {name} out, or get a separate licence and record it as an exception"
            yield case.finding(ID, term, State.VIOLATED, f"{title} forbids {what} derivatives", remedy)
    elif "train" in case.bound.use.how and shared:
        yield case.finding(
            ID,
            term,
            State.SILENT,
            f"{title} forbids sharing changed versions; whether a model trained on {name} is one it does not say",
            "decide it with your counsel and record the decision as an exception",
        )
