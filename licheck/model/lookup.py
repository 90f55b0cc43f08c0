"""What the stages ask of the database, so that none of them needs to know how it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from licheck.model.dates import Interval
from licheck.model.document import Document
from licheck.model.evidence import Evidence, Grade


class CatalogueLayer(NamedTuple):
    """One licence that a catalogued thing carries; several ids where the date of acquisition decides between them."""

    one_of: tuple[str, ...]
    why: str = ""
    via: str | None = None


class Generator(NamedTuple):
    """A model that made a dataset: which, by which route, when."""

    of: str
    when: Interval | None
    note: str = ""


class CatalogueEntry(NamedTuple):
    """What is known of the licence of a Hub repo, and from what."""

    match: str
    layers: tuple[CatalogueLayer, ...]
    grade: Grade
    evidence: Evidence
    why: str
    modality: str | None = None
    copyright: str | None = None
    unmapped: tuple[str, ...] = ()  # licences that were found and have no record
    use_verified: str | None = None  # what an audit found: commercial, non-commercial, academic-only, unspecified
    hub_license: str | None = None  # what the Hub says where that differs
    generators: tuple[Generator, ...] = ()
    parents: tuple[str, ...] = ()  # `dataset:org/name` of what it was made from


class WebSource(NamedTuple):
    """A crawl or platform whose content belongs to many people: what is known of its licence, and what has to be."""

    id: str
    name: str
    content: str
    check: str
    evidence: Evidence
    generators: tuple[Generator, ...] = ()


class SlotDocument(NamedTuple):
    """One document's versions in a slot of a stack, for the days on which the route went by it."""

    versions: tuple[Document, ...]
    days: Interval


class Slot(NamedTuple):
    """A place in a stack of documents, filled by one document at a time."""

    name: str
    documents: tuple[SlotDocument, ...]
    region: str | None = None
    informational: bool = False

    @property
    def main(self) -> bool:
        """Whether this is the contract of the route, or a document whose texts have had a word on outputs."""
        silent = ("none-found", "unknown")
        speaks = any(v.output_rule.value not in silent for entry in self.documents for v in entry.versions)
        return speaks or self.name in ("contract", "host terms")


class Provider(NamedTuple):
    """A provider's terms: for each route the slots of its stack, and the conflict rule the texts state."""

    id: str
    name: str
    record: str
    routes: Mapping[str, tuple[Slot, ...]] = {}  # without the slots where they were not asked for
    conflict: Mapping[str, str] = {}


class Lookup(Protocol):
    """The read side of license_db."""

    def document(self, document_id: str) -> Document:
        """Return the document of that id; raises KeyError."""

    def named(self, name: str) -> tuple[str, ...]:
        """Ids of the documents of that name: none if unknown, several if it does not tell versions apart."""

    def family(self, name: str) -> str:
        """Why a tag of the Hub names no document; empty for anything else."""

    def model(self, repo_id: str) -> CatalogueEntry | None:
        """Return the most specific catalogue entry that matches a model repo."""

    def dataset(self, repo_id: str) -> CatalogueEntry | None:
        """Return the catalogue entry of a dataset repo."""

    def databases_only(self) -> Mapping[str, str]:
        """Licences that grant rights in a database and none in its contents, with the section that says so."""

    def web_source(self, name: str) -> WebSource | None:
        """Return the crawl or platform that a name or address means; a site of its own for any other address."""

    def provider(self, name: str, route: str | None = None) -> Provider | None:
        """Return a provider by id or alias, with the documents of one route or of all."""
