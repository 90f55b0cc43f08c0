"""Use beyond research where a text grants research only.

What it does: holds the project's fields and commercial character against texts that grant research or evaluation only.
Why: a product, or a public release for any use, is not research.
Example: a research-only model inside a product.
Use instead: another model, or a separate licence, recorded as an exception.
References: clause `research-only`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.case import Case

ID = "research-only"
_RESEARCH = {"research", "science", "education"}


def check(case: Case) -> Iterator[Finding]:
    """Compare what the project is for with the grant."""
    term = case.term("research-only")
    if term is None:
        return
    project = case.project
    where = case.context.manifest.evidence("project.fields", ", ".join(project.fields))
    name, title = case.bound.use.of.name, case.document.title
    if project.commercial or "product" in project.distribution:
        yield case.finding(
            ID,
            term,
            State.VIOLATED,
            f"{title} grants research only, and the project is {'commercial' if project.commercial else 'a product'}",
            f"leave {name} out, or get a separate licence and record it as an exception",
            where,
        )
    elif not project.fields or not set(project.fields) <= _RESEARCH:
        yield case.finding(
            ID,
            term,
            State.UNDETERMINED,
            f"{title} grants research use only, and the manifest does not show that the project is research",
            "write `fields: [research]` and `commercial: false` under `project:` if that is so",
            where,
        )
