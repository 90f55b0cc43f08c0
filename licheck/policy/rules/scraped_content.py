"""Rows from a crawl or a platform, without a licence of their own.

What it does: where the source of rows is a crawl, a platform or a site, and no licence is stated for them, or only one
of the database that they lie in, says whose the content is and what has to be found out.
Why: a text on the web is its author's; neither the crawl nor the platform licenses it to those who copy it, and
robots.txt and the terms of a site were not read.
Example: rows of Common Crawl or Reddit in a training set without a column for the licence.
Use instead: rows whose licence is stated, or a decision by your counsel, recorded with name and date.
References: `web_sources.yaml` in license_db.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding
from licheck.policy.case import Context
from licheck.policy.rules.unknown_license import unknown

ID = "scraped-content"


def check(context: Context) -> Iterator[Finding]:
    """Report rows of crawls and platforms for whose content no licence is stated."""
    for bound in context.uses:
        if bound.unknown_rule == ID:
            name = bound.use.of.name
            yield unknown(
                context,
                bound,
                f"rows come from {name}; robots.txt and the terms of the site were not read. {bound.unknown}",
                "find that out and state the licence of each row, decide it with your counsel, or leave the rows out",
            )
