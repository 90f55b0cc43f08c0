"""Offering a model to others as a service.

What it does: looks for hosting, under texts that name it and forbid it or want a separate permission.
Why: hosting is not distribution; a text that restricts it says so in its own words.
Example: an interface to a model whose licence keeps services for the licensor.
Use instead: another model, or the permission, recorded as an exception.
References: clause `hosted-service-restriction`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import DERIVING, PASSING_ON, releases
from licheck.policy.case import Case

ID = "hosted-service"


def check(case: Case) -> Iterator[Finding]:
    """Look for hosting that the document restricts."""
    term = case.document.terms.get("hosted-service-restriction")
    how = set(case.bound.use.how)
    hosts = "host" in how or ("hosting" in releases(case.project) and bool(how & (DERIVING | PASSING_ON | {"run"})))
    if term is None or case.layer.binds != "user" or not hosts:
        return
    permission = term.params.get("then") == "separate-permission"
    title = case.document.title
    yield case.finding(
        ID,
        term,
        State.VIOLATED,
        f"{title} {'wants a separate permission for' if permission else 'forbids'} offering it to others as a service",
        "get the licensor's permission and record it as an exception"
        if permission
        else "do not host it; take another model",
    )
