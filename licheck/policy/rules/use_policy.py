"""Use restrictions to be passed on.

What it does: where a text incorporates a use policy or wants its use restrictions put into the terms for recipients,
looks for the policy's text, or a link to it, in the release.
Why: recipients are bound by restrictions that they have to be told of, and the duty goes on along the chain.
Example: a Gemma fine-tune that does not mention the Prohibited Use Policy.
Use instead: add the policy as a file and say in the README that use of the model is subject to it.
References: clauses `use-restrictions-flowdown`, `aup-incorporated`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.document import Document, Term
from licheck.model.evidence import Evidence
from licheck.model.finding import Finding, State
from licheck.policy.acts import bites
from licheck.policy.case import Case
from licheck.policy.texts import copy_of, linked

ID = "use-policy"


def check(case: Case) -> Iterator[Finding]:
    """Look for the policy that the document wants passed on."""
    term = case.term("use-restrictions-flowdown") or _incorporated(case)
    if term is None:
        return
    title = case.document.title
    policy = _policy(case)
    found = _found(case, policy)
    what = policy.title if policy else f"the use restrictions in {title}"
    if found:
        yield case.finding(ID, term, State.SATISFIED, f"{what} is passed on in {found.path}", "", found)
        return
    binding = term.clause == "use-restrictions-flowdown"
    how = "an enforceable provision of your own terms" if binding else "part of the terms"
    address = f" ({policy.url})" if policy and policy.url else ""
    file = f"add it as USE_POLICY-{policy.id}.md" if policy else f"keep the whole text of {title} with the release"
    yield case.finding(
        ID,
        term,
        State.ACTION_NEEDED,
        f"{what} is not passed on: {title} makes it {how}",
        f"{file} and say in README.md that use of the model is subject to it{address}",
    )


def _incorporated(case: Case) -> Term | None:
    """The incorporation of a policy, where something that carries it is given to others."""
    term = case.document.terms.get("aup-incorporated")
    passed = {(way, thing) for way in ("distribution", "hosting") for thing in ("materials", "derivatives")}
    if term is None or case.layer.binds != "user" or not passed & case.pairs or not _policy(case):
        return None
    return term if bites(term, case.pairs) else None


def _policy(case: Case) -> Document | None:
    """The policy as a document of its own; None where the restrictions stand in the licence itself."""
    for part in case.document.incorporates:
        if part.document and part.document != case.document.id:
            return case.context.lookup.document(part.document)
    return None


def _found(case: Case, policy: Document | None) -> Evidence | None:
    if policy is None:
        return copy_of(case.release, case.versions)
    addresses = [policy.url, *(part.url for part in case.document.incorporates if part.document == policy.id)]
    return copy_of(case.release, [policy.id]) or linked(case.release, filter(None, addresses))
