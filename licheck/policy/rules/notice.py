"""A prescribed line in a NOTICE file.

What it does: looks for the exact line, whatever the wrapping, in the release's NOTICE files.
Why: the line is part of the licence's terms, and it differs from version to version.
Example: a Llama 3.1 fine-tune without a NOTICE file.
Use instead: a file NOTICE that holds the line.
References: clause `notice-file-required`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case
from licheck.policy.texts import noticed

ID = "notice"


def check(case: Case) -> Iterator[Finding]:
    """Look for the line that the document prescribes."""
    term = case.term("notice-file-required")
    if term is None:
        return
    line = term.params.get("line")
    if term.params.get("conditional") or not line:
        yield case.finding(
            ID,
            term,
            State.UNDETERMINED,
            f"if {case.bound.use.of.name} came with a NOTICE file, its attribution notices have to be kept",
            "look whether it has one, and keep its text in yours",
            severity=Severity.INFO,
        )
    elif found := noticed(case.release, line):
        yield case.finding(ID, term, State.SATISFIED, f"the prescribed line stands in {found.path}", "", found)
    else:
        yield case.finding(
            ID,
            term,
            State.ACTION_NEEDED,
            f"the line that {case.document.title} prescribes for a NOTICE file is missing",
            f"put this line into a file named NOTICE: {line}",
        )
