"""Limits in users.

What it does: holds `project.monthly_active_users` against a text's limit.
Why: above the limit the rights end or have to be asked for, for some texts by the count at one fixed date.
Example: a company with more than 700 million users that builds on Llama.
Use instead: ask the licensor for a licence and record it as an exception.
References: clause `mau-threshold`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "user-threshold"


def check(case: Case) -> Iterator[Finding]:
    """Compare the declared number of users with the limit."""
    term = case.term("mau-threshold")
    if term is None or (term.params.get("commercial_only") and case.project.commercial is False):
        return
    if term.params.get("then") == "display":
        return  # the attribution rule looks for what is to be shown
    limit = int(term.params["more_than"])
    users = case.project.monthly_active_users
    title = case.document.title
    where = case.context.manifest.evidence("project.monthly_active_users", None if users is None else str(users))
    day = term.params.get("measured_on")
    whose = ", affiliates included" if term.params.get("affiliates") else ""
    when = f"{f', counted in the month before {day}' if day else ''}{whose}"
    if users is None:
        yield case.finding(
            ID,
            term,
            State.UNDETERMINED,
            f"{title} ends above {limit:,} monthly users{when}, and the manifest gives no number",
            "write `monthly_active_users:` under `project:`",
            where,
        )
    elif users > limit:
        yield case.finding(
            ID,
            term,
            State.VIOLATED,
            f"{users:,} monthly users are more than the {limit:,} up to which {title} grants rights{when}",
            "request a licence from the licensor, or record as an exception why the limit does not reach you",
            where,
        )
