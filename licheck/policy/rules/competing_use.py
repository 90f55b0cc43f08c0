"""Use in something that competes with the licensor.

What it does: where a text closes competing products or models, and the project declares that it competes, says so.
Why: the restriction is on access or use; it stands beside what the text says of outputs.
Example: a competing model built with a provider's service.
Use instead: a decision by counsel, recorded as an exception.
References: clause `competitor-restriction`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, Severity, State
from licheck.policy.acts import LEARNING
from licheck.policy.case import Case

ID = "competing-use"


def check(case: Case) -> Iterator[Finding]:
    """Ask whether the project competes with this licensor, where its text cares."""
    term = case.term("competitor-restriction")
    if term is None or case.project.competes != "yes":
        return
    if LEARNING.intersection(case.bound.use.how) and "competing" in case.document.output_rule.value:
        return  # the rule on outputs says the same with more detail
    what = {"models": "models", "both": "products and models"}.get(
        str(term.params.get("object")), "products and services"
    )
    # `competes` speaks of the provider whose outputs were used; a host of somebody else's model is another party.
    beside = case.document.layer == "host-terms"
    yield case.finding(
        ID,
        term,
        State.UNDETERMINED,
        f"{case.document.title} closes competing {what}, and the project declares that it competes",
        f"decide whether it competes with {case.document.publisher}, and record the decision as an exception",
        case.context.manifest.evidence("project.competes", case.project.competes),
        severity=Severity.INFO if beside else None,
    )
