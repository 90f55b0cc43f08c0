"""What binds rows of training data, part by part: the licences of their source, what it was made from, who made them.

The licence that rows state counts beside the one that the catalogue knows for their source: where they differ both
bind. Whoever generated rows had accepted terms; they bind that maker, and reach the user only if it is the user.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from licheck.model.audit import Columns
from licheck.model.binding import BoundUse, Differs, Layer
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, Generator, Lookup, WebSource
from licheck.model.project import Manifest, Project, Use
from licheck.model.reference import Reference
from licheck.terms.bind import bind
from licheck.terms.layers import Layers, unmapped

# What corpora write where nobody knows a licence.
_NO_LICENCE = {"", "unknown", "none", "other", "no_license", "nolicense", "unspecified", "various", "n/a", "null"}


class Source(NamedTuple):
    """Where rows come from: a dataset of the catalogue, a crawl or platform; neither if nothing is known of it."""

    name: str = ""
    entry: CatalogueEntry | None = None
    web: WebSource | None = None

    @property
    def reference(self) -> Reference:
        """What findings are about; sources of which nothing is known are told alike."""
        if self.name:
            return Reference(f"dataset:{self.name}", "dataset", "dataset", None, self.name)
        name = self.web.name if self.web else "these rows"
        return Reference(f"rows:{name}" if self.web else "rows", "dataset", "dataset", None, name)


def acts(use: str, project: Project) -> tuple[str, ...]:
    """What is done with data: who publishes data made from it passes it on."""
    return (use, "merge") if use == "train" and project.kind == "dataset" else (use,)


class Rows:
    """Binds parts of what rows say; `use` is train or evaluate, `own` tells that the user generated them."""

    def __init__(
        self, columns: Columns, manifest: Manifest, lookup: Lookup, today: date, use: str = "train", own: bool = False
    ) -> None:
        self._columns, self._lookup, self._today = columns, lookup, today
        # The data stand in for the list of uses.
        lines = {key: line for key, line in manifest.lines.items() if not key.startswith("uses")}
        self._manifest = manifest._replace(uses=(), lines=lines)
        self._how = acts(use, manifest.project)
        self._own = own

    def manifest(self, source: Source) -> Manifest:
        """The manifest as findings on rows of a source quote it."""
        return self._manifest._replace(places={"uses[0]": self._where(source)})

    def licensed(self, source: Source, names: Sequence[str]) -> BoundUse:
        """Bind by the licences that rows state and by those of their source."""
        layers, entry = self._layers(source), source.entry
        stated, unknown = self._stated(names, layers)
        known = layers.entry_layers(entry) if entry else []
        rule = "unknown-license"
        if source.web and not known and (open_ := self._open(names, stated)):
            rule, unknown = "scraped-content", [f"{open_} {source.web.content} To be found out: {source.web.check}"]
        elif entry and unmapped(entry):
            unknown.append(unmapped(entry))
        elif not stated and not known and not unknown:
            unknown.append("nothing at hand says under which licence it comes")
        return BoundUse(
            use=layers.use,
            layers=(*stated, *known),
            entry=entry,
            unknown="; ".join(unknown),
            unknown_rule=rule if unknown else "",
            differs=_differs(source, names, stated, known),
            own=True,
        )

    def generated(self, source: Source, generator: Generator, evidence: Evidence, grade: Grade) -> BoundUse:
        """Bind by the terms of a model that made the rows; the user's own outputs are a use of that model."""
        if self._own and "train" in self._how:
            use = Use(Reference.parse(generator.of), ("generate-training-data",), 0, generator.when, obtained_by="self")
            bound = bind(use, self.manifest(source), self._lookup, self._today)
            told = [
                layer._replace(gap=_gap(layer.gap, "the rows do not say", generator.note)) for layer in bound.layers
            ]
            return bound._replace(layers=tuple(told), notes=())
        layers = self._layers(source, mine=self._own)
        made = CatalogueEntry(source.name, (), grade, evidence, "the rows name it", generators=(generator,))
        return BoundUse(layers.use, tuple(layers.generated(made)), own=True)

    def untold(self, source: Source, name: str) -> BoundUse:
        """Say that the name of a generator does not tell which model it is."""
        why = f"{name!r}, which made them, cannot be told to be one model under known terms"
        return BoundUse(self._layers(source).use, (), unknown=why, unknown_rule="unknown-license", own=True)

    def inherited(self, source: Source) -> Iterator[BoundUse]:
        """Bind by everything that a dataset of the catalogue was made from, each once by its shortest way."""
        seen = {source.name.lower()}
        todo: deque[tuple[CatalogueEntry, tuple[str, ...], Grade]] = deque()
        if source.entry:
            todo.append((source.entry, (source.reference.text,), source.entry.grade))
        while todo:
            child, way, sure = todo.popleft()
            for of in child.parents:
                name = of.removeprefix("dataset:")
                if name.lower() in seen:
                    continue
                seen.add(name.lower())
                parent = Source(name, self._lookup.dataset(name))
                yield self._parent(parent, child.evidence, way, sure)
                if parent.entry:
                    todo.append((parent.entry, (*way, of), Grade.weakest(sure, parent.entry.grade)))

    def _parent(self, parent: Source, link: Evidence, way: tuple[str, ...], sure: Grade) -> BoundUse:
        layers, entry = self._layers(parent), parent.entry
        held = [*layers.entry_layers(entry), *layers.generated(entry)] if entry else []
        bound = [
            layer._replace(
                via=(*way, *layer.via), grade=Grade.weakest(layer.grade, sure), evidence=(*layer.evidence, link)
            )
            for layer in held
        ]
        unknown = unmapped(entry) if entry else f"{way[-1]} was made from it, and nothing at hand says more of it"
        return BoundUse(
            layers.use, tuple(bound), entry, unknown, "unknown-license" if unknown else "", inferred=sure is Grade.D
        )

    def _stated(self, names: Sequence[str], layers: Layers) -> tuple[list[Layer], list[str]]:
        """The licences that rows state, and those of them that nobody knows."""
        held: list[Layer] = []
        unknown: list[str] = []
        for name in names:
            ids = self._lookup.named(name)
            evidence = Evidence("data", quote=name, locator=self._columns.license or "license")
            if ids:
                layer = layers.layer("licence", ids, f"the rows state {name}", Grade.C, (evidence,))
                held += [layer, *layers.incorporated(layer)]
            elif _says_nothing(name):
                unknown.append(f"the rows say {name!r} where a licence should stand")
            else:
                unknown.append(self._lookup.family(name) or f"{name!r} is no licence in the database")
        return held, unknown

    def _open(self, names: Sequence[str], stated: Sequence[Layer]) -> str:
        """Why the licences that rows state leave open under which the content of a crawl or platform is."""
        if not stated and all(_says_nothing(name) for name in names):
            return "No licence is stated for them."
        sections = self._lookup.databases_only()
        ids = [document.id for layer in stated for document in layer.candidates]
        if not ids or not all(name in sections for name in ids):
            return ""
        told = " and ".join(f"{name} (section {sections[name]})" for name in ids)
        return f"{told} grants rights in the database and none in its contents."

    def _layers(self, source: Source, mine: bool = False) -> Layers:
        use = Use(source.reference, self._how, 0, obtained_by="self" if mine else None)
        return Layers(use, self._manifest, self._lookup, self._where(source), self._today, frozenset())

    def _where(self, source: Source) -> Evidence:
        url = source.web.evidence.url if source.web else None
        quote = source.reference.name if source.entry or source.web else None
        return Evidence("data", quote=quote, locator=self._columns.source or None, url=url)


def _says_nothing(name: str) -> bool:
    return name.strip().lower() in _NO_LICENCE


def _differs(source: Source, names: Sequence[str], stated: list[Layer], known: list[Layer]) -> Differs | None:
    """Where rows state other licences than the catalogue knows for their source."""
    said = {document.id for layer in stated for document in layer.candidates}
    if not said or not known or said & {document.id for layer in known for document in layer.candidates}:
        return None
    other = known[0].candidates[0].title
    what = f"rows of {source.reference.text} say {', '.join(names)}, while the catalogue knows {other}"
    return Differs(what, (*stated[0].evidence, *known[0].evidence))


def _gap(gap: str, who: str, note: str) -> str:
    return f"{gap.replace('the manifest does not say', who)}. {note}".removesuffix(". ") if gap else ""
