"""Fields of use that a text or its policy closes.

What it does: holds `project.fields` against the fields that licences, use policies and attachments close.
Why: use restrictions are terms of the licence, through a policy that it incorporates or an attachment.
Example: a Llama model in a military project.
Use instead: a model whose terms do not close the field.
References: clauses `military-ban`, `aup-incorporated`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case

ID = "fields-of-use"
_RUNNING = frozenset({"run", "evaluate", "embed"})
_SERVICES = frozenset({"api-terms", "consumer-terms", "host-terms"})


def check(case: Case) -> Iterator[Finding]:
    """Look for the project's fields among those that the document closes."""
    if case.layer.binds != "user" or not case.document.restricted_fields or not _in_use(case):
        return
    where = case.context.manifest.evidence("project.fields", ", ".join(case.project.fields))
    title, name = case.document.title, case.bound.use.of.name
    for field in case.project.fields:
        term = case.document.restricted_fields.get(field)
        ban = "military-ban" if field == "military" and "military-ban" in case.document.terms else "aup-incorporated"
        if term and term.only_if:
            yield case.finding(
                ID,
                term,
                State.UNDETERMINED,
                f"{title} closes {field} on a condition: {term.only_if}",
                "look whether the conditions hold, and record the decision as an exception",
                where,
                clause=ban,
            )
        elif term:
            yield case.finding(
                ID,
                term,
                State.VIOLATED,
                f"{title} forbids use for {field}",
                f"leave {name} out of a project for {field}",
                where,
                clause=ban,
            )
        elif field not in case.context.vocabulary["fields"]:
            yield case.finding(
                ID,
                None,
                State.UNDETERMINED,
                f"the field {field} is not in licheck's list, so it was not held against {title}",
                f"use one of: {', '.join(case.context.vocabulary['fields'])}",
                where,
                severity=Severity.REVIEW,
            )


def _in_use(case: Case) -> bool:
    """Policies of a service bind who uses it; what is trained on its outputs is another matter."""
    if case.document.layer in _SERVICES or case.bound.use.of.route not in ("weights", "dataset", "host"):
        return bool(_RUNNING.intersection(case.bound.use.how))
    return ("use", "materials") in case.pairs
