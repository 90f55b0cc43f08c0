"""Routes whose terms are not held.

What it does: says which uses came by a route for which no provider's terms are in the database.
Why: the contract decides what outputs may be used for; without it nothing is known.
Example: outputs of a model through a host that nobody has recorded.
Use instead: read the provider's terms, record the decision as an exception, and send the terms to the database.
References: none; the finding rests on the absence of a text.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding
from licheck.policy.case import Context
from licheck.policy.rules.unknown_license import unknown

ID = "unknown-route"


def check(context: Context) -> Iterator[Finding]:
    """Report uses by a route without known terms."""
    for bound in context.uses:
        if bound.unknown_rule == ID:
            yield unknown(
                context,
                bound,
                f"the terms of the route {bound.use.of.text} are unknown: {bound.unknown}",
                "read the terms by which it reached you, and record the decision under `policy: exceptions:`",
            )
