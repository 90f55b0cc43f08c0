"""Commercial use where a text does not grant it.

What it does: holds `project.commercial` against texts that grant no commercial use.
Why: training is use; a dataset or model that is closed to commercial use cannot go into a commercial release.
Example: a commercial model trained on a CC BY-NC dataset.
Use instead: other data, or a separate licence from its makers, recorded as an exception.
References: clause `non-commercial`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "non-commercial"


def check(case: Case) -> Iterator[Finding]:
    """Compare the project's commercial character with the grant."""
    term = case.term("non-commercial")
    if term is None:
        return
    where = case.context.manifest.evidence("project.commercial", str(case.project.commercial).lower())
    name, title = case.bound.use.of.name, case.document.title
    elsewhere = ", or get a separate licence from its makers and record it as an exception"
    if case.project.commercial:
        yield case.finding(
            ID,
            term,
            State.VIOLATED,
            f"{title} grants no commercial use, and the project is commercial",
            f"leave {name} out{elsewhere}",
            where,
        )
    elif case.project.commercial is None:
        yield case.finding(
            ID,
            term,
            State.UNDETERMINED,
            f"{title} grants no commercial use, and the manifest does not say whether the project is commercial",
            "write `commercial: true` or `commercial: false` under `project:`",
            where,
        )
