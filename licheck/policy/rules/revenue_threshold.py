"""Limits in revenue.

What it does: holds `project.annual_revenue_usd` against a text's limit.
Why: above the limit the rights end or need another licence, for some texts counted over the whole group.
Example: a company with more than one million US dollars a year that builds on a community licence.
Use instead: get the licensor's commercial licence and record it as an exception.
References: clause `revenue-threshold`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "revenue-threshold"


def check(case: Case) -> Iterator[Finding]:
    """Compare the declared revenue with the limit."""
    term = case.term("revenue-threshold")
    if term is None or term.params.get("then") == "display":
        return
    limit, currency = int(term.params["more_than"]), term.params.get("currency", "USD")
    monthly = term.params.get("period") == "month"
    yearly_limit = limit * 12 if monthly else limit
    revenue = case.project.annual_revenue_usd
    title = case.document.title
    where = case.context.manifest.evidence("project.annual_revenue_usd", None if revenue is None else str(revenue))
    group = " of the whole group" if term.params.get("group") else ""
    of = f"{currency} {limit:,} a {'month' if monthly else 'year'}{group}"
    if revenue is None or currency != "USD":
        yield case.finding(
            ID,
            term,
            State.UNDETERMINED,
            f"{title} has a limit of {of}, and the manifest gives no number to hold against it",
            "write `annual_revenue_usd:` under `project:`",
            where,
        )
    elif revenue > yearly_limit:
        yield case.finding(
            ID,
            term,
            State.VIOLATED,
            f"USD {revenue:,} a year are more than the limit of {of} up to which {title} grants rights",
            "get a licence from the licensor and record it as an exception",
            where,
        )
