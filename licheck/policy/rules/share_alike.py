"""Derivatives that may go out under the same terms only.

What it does: compares the declared licence with the one that a text wants for derivatives; for data that a model is
trained on, says that the text leaves open whether the model is a derivative.
Why: another licence on the derivative is not valid.
Example: a fine-tune of a CC BY-SA model declared as MIT.
Use instead: declare the same licence, or a later version where the text allows one.
References: clause `same-license-required`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import DERIVING, LEARNING, PASSING_ON, bites, releases
from licheck.policy.case import Case
from licheck.policy.declared import declarations

ID = "share-alike"


def check(case: Case) -> Iterator[Finding]:
    """Compare the declared licence with what the document wants for derivatives."""
    term = case.document.terms.get("same-license-required")
    if term is None or case.layer.binds != "user" or not releases(case.project):
        return
    title, name = case.document.title, case.bound.use.of.name
    how = set(case.bound.use.how)
    if how & (DERIVING | PASSING_ON) or (how & LEARNING and term.params.get("students")):
        if not bites(term, case.pairs) and not (term.params.get("students") and how & LEARNING):
            return
        fitting = {*case.versions, *(term.params.get("compatible") or ())}
        declared = declarations(case.context)
        names = ", ".join(d.text for d in declared) or "nothing"
        where = [d.evidence for d in declared]
        if declared and all(d.documents & fitting for d in declared):
            yield case.finding(
                ID, term, State.SATISFIED, f"the declared licence ({names}) is the one {title} wants", "", *where
            )
        else:
            # Bare `other` may well be these terms.
            open_ = declared and all(not d.documents and d.text.lower() in ("other", "unknown") for d in declared)
            yield case.finding(
                ID,
                term,
                State.UNDETERMINED if open_ else State.ACTION_NEEDED,
                f"{title} wants derivatives under the same terms, and the release declares {names}",
                f"declare {case.document.spdx or case.document.id}, or leave {name} out",
                *where,
            )
    elif "train" in how:
        yield case.finding(
            ID,
            term,
            State.SILENT,
            f"{title} wants derivatives under the same terms; whether a model trained on {name} is one it does not say",
            "decide it with your counsel and record the decision as an exception",
        )
