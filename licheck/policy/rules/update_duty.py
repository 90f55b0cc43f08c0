"""The duty to use the latest version.

What it does: says that a text asks for the latest version of the model to be used.
Why: nothing in a release shows whether it was; somebody has to look.
Example: a model under an early Open RAIL-M licence.
Use instead: use the latest version, or note why the older one is kept.
References: clause `update-duty`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "update-duty"


def check(case: Case) -> Iterator[Finding]:
    """Tell of the duty."""
    term = case.term("update-duty")
    if term is None:
        return
    yield case.finding(
        ID,
        term,
        State.UNDETERMINED,
        f"{case.document.title} asks for the latest version of {case.bound.use.of.name} to be used",
        "look whether there is a newer version, and record what you found as an exception",
    )
