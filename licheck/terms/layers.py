"""The layers that licences, catalogue entries and providers' stacks put on one use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from licheck.model.binding import Layer
from licheck.model.dates import Interval
from licheck.model.document import Document
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, Lookup, Provider, Slot
from licheck.model.project import Manifest, Use
from licheck.model.reference import Reference
from licheck.terms.versions import in_force

ALWAYS = Interval(None, None)
# Regions whose residents get a provider's European text; Switzerland is treated alike by every text at hand.
_EUROPE = frozenset(("EEA", "EU", "CH"))


class Layers:
    """Makes layers for one use; `where` is the evidence for the use itself."""

    def __init__(
        self, use: Use, manifest: Manifest, lookup: Lookup, where: Evidence, today: date, europe: frozenset[str]
    ) -> None:
        self.use, self.manifest, self.lookup = use, manifest, lookup
        self.where, self.today, self.europe = where, today, europe

    def stack(self, provider: Provider, route: str, days: Interval) -> Iterable[Layer]:
        """The documents of a provider's route, slot by slot, in the versions of those days."""
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

    def entry_layers(self, entry: CatalogueEntry) -> list[Layer]:
        """The licences of a catalogued thing, and the policies that they make part of themselves."""
        layers: list[Layer] = []
        for wanted in entry.layers:
            layer = self.layer(
                "licence", self.dated(wanted.one_of), wanted.why or entry.why, entry.grade, (entry.evidence,)
            )
            if wanted.via:
                layer = layer._replace(via=(wanted.via,))
            layers += [layer, *self.incorporated(layer)]
        return layers

    def dated(self, versions: tuple[str, ...]) -> tuple[str, ...]:
        """Of versions that replace one another, those in force when the thing was obtained."""
        when = self.use.when
        if len(versions) == 1 or when is None or self.use.of.route != "weights":
            return versions
        return tuple(i for i in versions if self.lookup.document(i).in_force.overlaps(when)) or versions

    def layer(self, name: str, ids: Iterable[str], why: str, grade: Grade, evidence: tuple[Evidence, ...]) -> Layer:
        """A layer of documents by their ids; several are versions of which one applies."""
        return Layer(name, tuple(self.lookup.document(i) for i in ids), why, evidence, grade)

    def incorporated(self, layer: Layer) -> list[Layer]:
        """Layers for the policies that the documents of a layer make part of themselves."""
        policies: dict[str, Document] = {}
        for document in layer.candidates:
            for part in document.incorporates:
                if part.document and part.document != document.id:
                    policies[part.document] = self.lookup.document(part.document)
        via = (*layer.via, *(document.id for document in layer.candidates))
        return [layer._replace(name="use policy", candidates=(p,), via=via, main=False) for p in policies.values()]

    def generated(self, entry: CatalogueEntry) -> Iterable[Layer]:
        """Terms that whoever made a dataset had accepted."""
        binds = "user" if self.use.obtained_by == "self" else "generator"
        for generator in entry.generators:
            reference = Reference.parse(generator.of)
            provider = self.lookup.provider(reference.provider, reference.route) if reference.provider else None
            held = provider is not None and reference.route in provider.routes
            # Who runs a model for others passes on the terms of its weights beside their own.
            if not held or reference.route in ("host", "aggregator"):
                own = reference.provider is None or held
                known = self.lookup.model(reference.name) if own else None
                for layer in self.entry_layers(known) if known else [self._unheld(entry)]:
                    yield layer._replace(binds=binds, via=(generator.of, *layer.via), maker=generator.of)
            if not held or provider is None:
                continue
            for layer in self.stack(provider, reference.route, generator.when or ALWAYS):
                # The dataset's makers are not the user: nobody here can say when they generated it.
                gap = layer.gap.replace("the manifest does not say", "nothing at hand says")
                yield layer._replace(
                    evidence=(entry.evidence,),
                    grade=Grade.weakest(layer.grade, entry.grade),
                    gap=f"{gap} {generator.note}".strip() if gap else "",
                    via=(generator.of,),
                    binds=binds,
                    maker=generator.of,
                )

    def _unheld(self, entry: CatalogueEntry) -> Layer:
        """The place of terms of which nothing is held."""
        return Layer("generator terms", (), entry.why, (entry.evidence,), Grade.D, "no terms of it are held")

    def _when_evidence(self) -> Evidence:
        return self.manifest.evidence(f"uses[{self.use.place}].when", str(self.use.when))


def unmapped(entry: CatalogueEntry) -> str:
    """What is not known of a catalogued thing's licence."""
    if entry.unmapped:
        return f"{entry.why} Not in the database: {', '.join(entry.unmapped)}"
    return "" if entry.layers else entry.why
