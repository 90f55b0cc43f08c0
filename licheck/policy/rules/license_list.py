"""The project's own lists of licences.

What it does: reports upstreams under a licence that `policy: deny:` names, or that a non-empty `policy: allow:` lacks.
Why: what a team accepts is its own decision; the lists name licences, not categories.
Example: `allow: [Apache-2.0, MIT]` and a use of a Llama model.
Use instead: add the licence to the list, or accept the one use as an exception.
References: `policy` in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse, Layer
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case, Context

ID = "license-list"


def check(context: Context) -> Iterator[Finding]:
    """Hold every upstream licence against the lists."""
    policy = context.manifest.policy
    allowed, denied = (_ids(context, names) for names in (policy.allow, policy.deny))
    for bound in context.uses:
        for layer in bound.layers:
            if layer.name != "licence" or layer.binds != "user" or not layer.candidates:
                continue
            ids = {document.id for document in layer.candidates}
            if ids & denied:
                yield _finding(context, bound, layer, "deny", "is on the list of denied licences", Severity.BLOCKER)
            elif policy.allow and not ids <= allowed:
                yield _finding(
                    context, bound, layer, "allow", "is not on the list of allowed licences", Severity.REVIEW
                )


def _ids(context: Context, names: tuple[str, ...]) -> set[str]:
    return {document for name in names for document in context.lookup.named(name)}


def _finding(context: Context, bound: BoundUse, layer: Layer, key: str, what: str, severity: Severity) -> Finding:
    case = Case.of(context, bound, layer, layer.candidates[-1])
    state = State.VIOLATED if severity is Severity.BLOCKER else State.UNDETERMINED
    return case.finding(
        ID,
        None,
        state,
        f"{case.document.title} {what}",
        f"leave {bound.use.of.name} out, change `policy: {key}:`, or record an exception",
        context.manifest.evidence(f"policy.{key}"),
        severity=severity,
    )
