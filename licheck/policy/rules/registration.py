"""Registration before commercial use.

What it does: reminds commercial projects of texts that license commercial use only after a registration or application.
Why: without it the use is not licensed, and nothing in the release shows whether it was done.
Example: a commercial product on a model whose makers want a form filled in.
Use instead: register, and record it as an exception with the date.
References: clause `commercial-needs-registration`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "registration"


def check(case: Case) -> Iterator[Finding]:
    """Ask for a registration where the project is, or may be, commercial."""
    term = case.term("commercial-needs-registration")
    if term is None or case.project.commercial is False:
        return
    address = term.params.get("address")
    where = case.context.manifest.evidence("project.commercial", str(case.project.commercial).lower())
    yield case.finding(
        ID,
        term,
        State.ACTION_NEEDED if case.project.commercial else State.UNDETERMINED,
        f"{case.document.title} licenses commercial use only after registration",
        f"register{f' at {address}' if address else ''} and record it under `policy: exceptions:` with the date",
        where,
    )
