"""A phrase or credit to show.

What it does: where a text wants a phrase displayed (“Built with …”) or its makers credited, looks for it in what the
project itself wrote: README, model card and documentation, not licences and notices.
Why: the phrase is a condition of passing the model on, in places that users see.
Example: a README of a Llama 3.1 fine-tune without “Built with Llama”.
Use instead: put the phrase into the README, on the product's page or in its documentation.
References: clause `attribution-display`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.document import Term
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case
from licheck.policy.texts import mentioned, shown

ID = "attribution"
_PLACES = {
    "website": "a related website",
    "user-interface": "the user interface",
    "blogpost": "a blog post",
    "about-page": "an about page",
    "product-documentation": "the product documentation",
    "with-copy": "the files that go with each copy",
    "publication": "publications",
    "public-statement": "public statements",
}


def check(case: Case) -> Iterator[Finding]:
    """Look for the phrase, or for the credit, that the document wants shown."""
    held = case.document.terms.get("attribution-display")
    if held and "train" in case.bound.use.how and held.params.get("credit") and case.layer.binds == "user":
        yield from _trained(case, held)
    term = case.term("attribution-display")
    if term is None or not _over_limits(case, term):
        return
    phrases = term.params.get("phrases") or ()
    if phrases:
        found = shown(case.release, phrases)
        asked = " or ".join(f"“{phrase}”" for phrase in phrases)
    else:
        found = mentioned(case.release, (case.bound.use.of.name, case.document.publisher))
        asked = f"credit to the makers of {case.bound.use.of.name}"
    if found:
        yield case.finding(ID, term, State.SATISFIED, f"{asked} is shown in {found.path}", "", found)
        return
    places = ", ".join(_PLACES[place] for place in term.params.get("places") or ())
    must = term.params.get("force", "must") == "must"
    yield case.finding(
        ID,
        term,
        State.ACTION_NEEDED,
        f"{asked} is not shown, as {case.document.title} {'requires' if must else 'encourages'}",
        f"put {asked} into README.md" + (f" (the text names: {places})" if places else ""),
        severity=None if must else Severity.INFO,
    )


def _over_limits(case: Case, term: Term) -> bool:
    """Some texts ask for the display only above a number of users or a revenue."""
    users, revenue = term.params.get("above_users"), term.params.get("above_revenue_usd_month")
    if users is None and revenue is None:
        return True
    project = case.project
    over_users = users is not None and (project.monthly_active_users is None or project.monthly_active_users > users)
    monthly = None if project.annual_revenue_usd is None else project.annual_revenue_usd / 12
    return over_users or (revenue is not None and (monthly is None or monthly > revenue))


def _trained(case: Case, term: Term) -> Iterator[Finding]:
    yield case.finding(
        ID,
        term,
        State.SILENT,
        f"{case.document.title} asks for credit when the data are shared; whether a model trained on them is such "
        "sharing it does not say",
        f"credit {case.bound.use.of.name} in README.md",
        severity=Severity.INFO,
    )
