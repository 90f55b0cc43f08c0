"""Documents: one version of one licence, policy or service contract, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from licheck.model.dates import Interval
from licheck.model.evidence import Evidence, Grade


class Source(NamedTuple):
    """A copy of the text that was read; `sha256` is of its bytes."""

    source: str
    sha256: str


class Term(NamedTuple):
    """One document's wording of one clause: where it stands, what it asks, when and of what."""

    clause: str
    section: str
    anchor: str
    summary: str
    trigger: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()
    params: Mapping[str, Any] = {}
    ambiguous: str = ""
    only_if: str = ""


class OutputRule(NamedTuple):
    """What a text says of training a model on outputs; `uses` are the `how`s its words cover."""

    value: str
    section: str = ""
    anchor: str = ""
    summary: str = ""
    note: str = ""
    uses: frozenset[str] = frozenset({"distill", "generate-training-data"})
    exceptions: frozenset[str] = frozenset()
    target: str = "output"
    ambiguous: str = ""  # section of a sentence that can be read more widely
    features: Mapping[str, OutputRule] = {}


class Incorporated(NamedTuple):
    """A document that another makes part of itself; `document` is None where no text of it is held."""

    document: str | None
    section: str
    url: str = ""


class Claim(NamedTuple):
    """What somebody reported this document to say, and the text does not."""

    clause: str
    by: str
    title: str
    captured: str
    finding: str


class Document(NamedTuple):
    """One version of one text."""

    id: str
    title: str
    layer: str
    publisher: str
    record: str
    url: str = ""
    spdx: str | None = None
    hub_tag: str | None = None
    in_force: Interval = Interval(None, None)
    last_seen: date | None = None
    unseen_between: bool = False
    sources: tuple[Source, ...] = ()
    incorporates: tuple[Incorporated, ...] = ()
    relicensing: str = "unknown"
    relicensing_term: Term | None = None
    unchanged: str = ""  # of unchanged copies: keeps-governing, or forbidden where they may not be passed on
    output_rule: OutputRule = OutputRule("unknown")
    terms: Mapping[str, Term] = {}
    restricted_fields: Mapping[str, Term] = {}
    claims: tuple[Claim, ...] = ()

    @property
    def grade(self) -> Grade:
        """A where a copy of the text was read and hashed, D where none was found."""
        return Grade.A if self.sources else Grade.D

    @property
    def known(self) -> bool:
        """Whether anything is known of what it says, if only by report."""
        return bool(self.sources) or self.output_rule.value != "unknown"

    def evidence(self, term: Term | OutputRule | None = None) -> Evidence:
        """Point at a term of this document, or at the document, by record, section and anchor."""
        return Evidence(
            source=self.id,
            path=self.record,
            quote=(term.anchor or None) if term else None,
            locator=(term.section or None) if term else None,
            url=self.url or None,
            sha256=self.sources[0].sha256 if self.sources else None,
        )
