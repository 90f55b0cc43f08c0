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
from licheck.policy.acts import DERIVING, releases
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
    term = case.term("attribution-display")
    if term is None:
        yield from _trained(case)
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


def _trained(case: Case) -> Iterator[Finding]:
    """Credit for data that a model was trained on, where the model goes out: asked for, and no more than a duty."""
    term, how = case.document.terms.get("attribution-display"), case.bound.use.how
    if term is None or not term.params.get("credit") or case.layer.binds != "user":
        return
    if "train" not in how or DERIVING.intersection(how) or not term.trigger & {*releases(case.project), "use"}:
        return
    name, title = case.bound.use.of.name, case.document.title
    found = mentioned(case.release, (name,))
    asked = f"{title} asks for credit from those who share the material or what is adapted from it; whether a model "
    asked += "trained on it is that is not settled"
    yield case.finding(
        ID,
        term,
        State.SATISFIED if found else State.ACTION_NEEDED,
        f"{asked}, and {f'{found.path} credits it' if found else 'the release does not credit it'}",
        f"credit the makers of {name} in README.md",
        *([found] if found else []),
        severity=Severity.INFO,
    )
