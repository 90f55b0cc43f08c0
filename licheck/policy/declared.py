"""Which licence the release declares, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from licheck.model.evidence import Evidence
from licheck.model.lookup import Lookup

if TYPE_CHECKING:
    from licheck.policy.case import Context

_OPERATOR = re.compile(r"\s+(?:AND|OR|WITH|and|or|with)\s+|[()]")
_OWN = {"other", "custom", "proprietary", "see-license", "unlicensed", "none"}


class Declaration(NamedTuple):
    """One place that declares a licence; `documents` are those it names, `own` is true for terms of its own."""

    text: str
    documents: frozenset[str]
    own: bool
    evidence: Evidence

    def covers(self, versions: Iterable[str]) -> bool:
        """Whether a reader of the declaration is led to one of these documents, or at least not to another."""
        return self.own or bool(self.documents.intersection(versions))


def declarations(context: Context) -> list[Declaration]:
    """Return what the manifest and the model card declare."""
    found = []
    project = context.project
    if project.license:
        where = context.manifest.evidence("project.license", ", ".join(project.license))
        found.append(_declaration(project.license, (), where, context.lookup))
    card = context.release.card
    stated = card.values.get("license") if card else None
    if card and stated:
        tags = [str(tag) for tag in (stated if isinstance(stated, list) else [stated])]
        # The Hub reads `license_name` beside `license: other` only.
        name = card.values.get("license_name") if "other" in tags else None
        line = card.lines.get("license")
        where = Evidence(
            source="model card", path=context.release.shown(card.path), line=line, quote=f"license: {', '.join(tags)}"
        )
        found.append(_declaration(tags, [str(name)] if name else (), where, context.lookup))
    return found


def _declaration(texts: Iterable[str], names: Iterable[str], where: Evidence, lookup: Lookup) -> Declaration:
    texts, names = list(texts), list(names)
    documents: set[str] = set()
    own = False
    for word in [part for text in (*texts, *names) for part in _OPERATOR.split(text) if part and part.strip()]:
        bare = word.strip().removeprefix("LicenseRef-")
        known = lookup.named(bare)
        documents |= set(known)
        # A name of the project's own making points at a text of its own; a known name points at that licence only.
        own = own or (not known and (bare.lower() in _OWN or word.startswith("LicenseRef-") or word in names))
    return Declaration(", ".join(texts), frozenset(documents), own or not documents, where)
