"""Resolves each use to the stack of documents that binds it.

weights → the weight licence and what it incorporates; api, chat → the provider's contract and policies; a host → the
host's terms and the weight licence, and not the lab's own service terms; a dataset → its licence, and the terms of
whatever generated it as terms that bind the generator.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from licheck.model.binding import BoundUse, Layer
from licheck.model.dates import Interval
from licheck.model.document import Document
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, CatalogueLayer, Lookup, Provider, Slot
from licheck.model.project import Clarification, Manifest, Use
from licheck.model.reference import Reference
from licheck.model.release import Release
from licheck.terms.versions import in_force

ALWAYS = Interval(None, None)
# Regions whose residents get a provider's European text; Switzerland is treated alike by every text at hand.
_EUROPE = frozenset(("EEA", "EU", "CH"))
_SERVICE_ROUTES = ("api", "chat", "enterprise", "host", "aggregator", "tool")


def bind(
    use: Use,
    manifest: Manifest,
    lookup: Lookup,
    today: date,
    clarified: Clarification | None = None,
    europe: frozenset[str] = frozenset(),
    local: Release | None = None,
) -> BoundUse:
    """Find what binds one use of the manifest, as of `today`.

    `europe` are the countries of the EEA; `local` are the texts that lie in the folder of a `path:` use.
    """
    where = manifest.evidence(f"uses[{use.place}].of", use.of.text)
    binder = _Binder(use, manifest, lookup, where, today, europe)
    if clarified:
        return binder.stated(clarified.license, f"{clarified.path} as clarified in the manifest", Grade.B)
    if use.of.scheme == "scrape":
        return binder.unknown("unknown-route", "terms of scraped sites are not held")
    if use.of.route in _SERVICE_ROUTES:
        return binder.service()
    entry = lookup.dataset(use.of.name) if use.of.scheme == "dataset" else lookup.model(use.of.name)
    if use.of.scheme == "path":
        return (binder.beside(local) if local else None) or binder.catalogued(None)
    return binder.catalogued(entry)


class _Binder:
    def __init__(
        self, use: Use, manifest: Manifest, lookup: Lookup, where: Evidence, today: date, europe: frozenset[str]
    ) -> None:
        self.use, self.manifest, self.lookup = use, manifest, lookup
        self.where, self.today, self.europe = where, today, europe

    def unknown(self, rule: str, reason: str) -> BoundUse:
        return BoundUse(self.use, (), unknown=reason, unknown_rule=rule)

    def stated(self, name: str, source: str, grade: Grade) -> BoundUse:
        """Bind by a licence that a person names."""
        ids = self.lookup.named(name)
        if not ids:
            why = self.lookup.family(name) or "which is no licence in the database"
            return self.unknown("unknown-license", f"{source} names {name!r}: {why}")
        why = f"{source} says {name}"
        layer = self._layer("licence", ids, why, grade, (self._stated_evidence(name),))
        return BoundUse(self.use, (layer, *self._incorporated(layer)))

    def catalogued(self, entry: CatalogueEntry | None) -> BoundUse:
        """Bind weights or data by the catalogue, else by what the manifest states."""
        stated = self.use.license
        if entry is None:
            if stated:
                return self.stated(stated, "the manifest", Grade.C)
            return self.unknown("unknown-license", "nothing at hand says under which licence it comes")
        layers = self._entry_layers(entry)
        drift, unknown = "", _unmapped(entry)
        if stated:
            ids = set(self.lookup.named(stated))
            if not ids & {d.id for layer in layers for d in layer.candidates}:
                held = ", ".join(d.title for layer in layers for d in layer.candidates if not layer.via)
                drift = f"the manifest states {stated}, the catalogue knows {held}"
        return BoundUse(
            use=self.use,
            layers=(*layers, *self._generated(entry)),
            entry=entry,
            unknown=unknown,
            unknown_rule="unknown-license" if unknown else "",
            drift=drift,
        )

    def beside(self, local: Release) -> BoundUse | None:
        """Bind weights by the licence text that lies in their own folder; None where there is none to bind by."""
        files = [file for file in local.files if file.kind in ("licence", "policy") and "/" not in file.path]
        edited = next((file for file in files if file.near), None)
        if edited:
            return self.unknown("unknown-license", f"{local.shown(edited.path)} is {edited.near}")
        places = {
            part.document: Evidence("release", local.shown(file.path), part.line, part.end_line)
            for file in files
            for part in file.parts
        }
        if not places:
            return None
        documents = [self.lookup.document(name) for name in places if self.lookup.named(name)]
        unread = sorted(places.keys() - {document.id for document in documents})
        attached = {part.document for document in documents for part in document.incorporates}
        layers = []
        for document in documents:
            evidence = places[document.id]
            why = f"{evidence.path} is {document.title}, word for word"
            layer = Layer("licence", (document,), why, (evidence,), Grade.A)
            layers += [layer, *self._incorporated(layer)] if document.id not in attached - {document.id} else []
        held = {document.id for document in documents}
        stated = self.use.license and not set(self.lookup.named(self.use.license)) & held
        return BoundUse(
            use=self.use,
            layers=tuple(layers),
            unknown=f"no record says what {', '.join(unread)} asks" if unread else "",
            unknown_rule="unknown-license" if unread else "",
            drift=f"the manifest states {self.use.license}, beside the weights lies {', '.join(held)}"
            if stated
            else "",
        )

    def service(self) -> BoundUse:
        """Bind outputs by the route they came on."""
        reference = self.use.of
        provider = self.lookup.provider(reference.provider or "", reference.route)
        if provider is None:
            return self.unknown("unknown-route", f"no terms of a provider {reference.provider!r} are held")
        if reference.route not in provider.routes:
            held = ", ".join(provider.routes)
            return self.unknown("unknown-route", f"no terms of {provider.name} for this route are held (held: {held})")
        layers = [*self._stack(provider, reference.route, self.use.when or ALWAYS)]
        if reference.route not in ("host", "aggregator"):
            return BoundUse(self.use, tuple(layers))
        entry = self.lookup.model(reference.name)
        notes = [f"{provider.name}: {provider.conflict[reference.route]}"] if provider.conflict[reference.route] else []
        if entry:
            layers += self._entry_layers(entry)
            lab = reference.name.partition("/")[0]
            notes.append(f"{lab}'s own service terms do not apply: the contract is with {provider.name}")
            return BoundUse(self.use, tuple(layers), entry, notes=tuple(notes))
        reason = f"nothing at hand says under which terms {reference.name} comes through {provider.name}"
        if self.use.license:
            stated = self.stated(self.use.license, "the manifest", Grade.C)
            return stated._replace(layers=(*layers, *stated.layers), notes=tuple(notes))
        return BoundUse(self.use, tuple(layers), unknown=reason, unknown_rule="unknown-license", notes=tuple(notes))

    def _stack(self, provider: Provider, route: str, days: Interval) -> Iterable[Layer]:
        for slot in self._slots(provider.routes[route]):
            documents, gap = in_force(slot, days, self.today)
            if days is ALWAYS:
                gap = "the manifest does not say when the outputs were generated"
                documents = tuple(v for d in slot.documents for v in d.versions if v.known)
            if not documents and not slot.main:
                continue
            evidence = self.where if days is ALWAYS else self._when_evidence()
            stale = any(d.last_seen and (days.end is None or d.last_seen < days.end) for d in documents)
            grade = Grade.B if stale or any(d.unseen_between for d in documents) else Grade.A
            yield Layer(
                name=slot.name,
                candidates=documents,
                why=f"route {route} of {provider.name}: {slot.name}",
                evidence=(evidence,),
                grade=grade,
                gap=gap if slot.main else "",
                via=(provider.name,),
                main=slot.main,
            )

    def _slots(self, slots: Iterable[Slot]) -> list[Slot]:
        """The slots for the account's region; a regional text takes the place of the general one of the same name."""
        region = self.use.region
        regions = {region, "EEA"} if region in _EUROPE or region in self.europe else {region}
        chosen: dict[str, Slot] = {}
        for slot in slots:
            if slot.informational or not slot.documents or (slot.region and slot.region not in regions):
                continue
            if slot.region or slot.name not in chosen:
                chosen[slot.name] = slot
        return list(chosen.values())

    def _entry_layers(self, entry: CatalogueEntry) -> list[Layer]:
        layers: list[Layer] = []
        for wanted in entry.layers:
            layer = self._layer("licence", self._dated(wanted), wanted.why or entry.why, entry.grade, (entry.evidence,))
            if wanted.via:
                layer = layer._replace(via=(wanted.via,))
            layers += [layer, *self._incorporated(layer)]
        return layers

    def _dated(self, wanted: CatalogueLayer) -> tuple[str, ...]:
        """Of versions that replace one another, those in force when the thing was obtained."""
        when = self.use.when
        if len(wanted.one_of) == 1 or when is None or self.use.of.route != "weights":
            return wanted.one_of
        return tuple(i for i in wanted.one_of if self.lookup.document(i).in_force.overlaps(when)) or wanted.one_of

    def _layer(self, name: str, ids: Iterable[str], why: str, grade: Grade, evidence: tuple[Evidence, ...]) -> Layer:
        return Layer(name, tuple(self.lookup.document(i) for i in ids), why, evidence, grade)

    def _incorporated(self, layer: Layer) -> list[Layer]:
        """Layers for the policies that the documents of a layer make part of themselves."""
        policies: dict[str, Document] = {}
        for document in layer.candidates:
            for part in document.incorporates:
                if part.document and part.document != document.id:
                    policies[part.document] = self.lookup.document(part.document)
        via = (*layer.via, *(document.id for document in layer.candidates))
        return [layer._replace(name="use policy", candidates=(p,), via=via, main=False) for p in policies.values()]

    def _generated(self, entry: CatalogueEntry) -> Iterable[Layer]:
        """Terms that whoever made a dataset had accepted."""
        for generator in entry.generators:
            reference = Reference.parse(generator.of)
            provider = self.lookup.provider(reference.provider, reference.route) if reference.provider else None
            if provider is None or reference.route not in provider.routes:
                known = self.lookup.model(reference.name) if reference.provider is None else None
                layers = self._entry_layers(known) if known else [self._unheld(entry)]
                for layer in layers:
                    yield layer._replace(binds="generator", via=(generator.of, *layer.via))
                continue
            for layer in self._stack(provider, reference.route, generator.when or ALWAYS):
                # The dataset's makers are not the user: nobody here can say when they generated it.
                gap = layer.gap.replace("the manifest does not say", "nothing at hand says")
                yield layer._replace(
                    evidence=(entry.evidence,),
                    grade=Grade.weakest(layer.grade, entry.grade),
                    gap=f"{gap} {generator.note}".strip() if gap else "",
                    via=(generator.of,),
                    binds="user" if self.use.obtained_by == "self" else "generator",
                )

    def _unheld(self, entry: CatalogueEntry) -> Layer:
        """The place of terms of which nothing is held."""
        return Layer("generator terms", (), entry.why, (entry.evidence,), Grade.D, "no terms of it are held")

    def _stated_evidence(self, name: str) -> Evidence:
        return self.manifest.evidence(f"uses[{self.use.place}].license", name) if self.use.license else self.where

    def _when_evidence(self) -> Evidence:
        return self.manifest.evidence(f"uses[{self.use.place}].when", str(self.use.when))


def _unmapped(entry: CatalogueEntry) -> str:
    """What is not known of a catalogued thing's licence."""
    if entry.unmapped:
        return f"{entry.why} Not in the database: {', '.join(entry.unmapped)}"
    return "" if entry.layers else entry.why
