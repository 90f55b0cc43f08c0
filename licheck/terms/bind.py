"""Resolves each use to the stack of documents that binds it.

weights → the weight licence and what it incorporates; api, chat → the provider's contract and policies; a host → the
host's terms and the weight licence, and not the lab's own service terms; a dataset → its licence, and the terms of
whatever generated it as terms that bind the generator.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from licheck.model.binding import BoundUse, Layer
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, Lookup
from licheck.model.project import Clarification, Manifest, Use
from licheck.model.release import Release
from licheck.terms.layers import ALWAYS, Layers, unmapped

if TYPE_CHECKING:
    from licheck.terms.locked import Pinned

_SERVICE_ROUTES = ("api", "chat", "enterprise", "host", "aggregator", "tool")


def bind(
    use: Use,
    manifest: Manifest,
    lookup: Lookup,
    today: date,
    clarified: Clarification | None = None,
    europe: frozenset[str] = frozenset(),
    local: Release | None = None,
    pinned: Pinned | None = None,
) -> BoundUse:
    """Find what binds one use of the manifest, as of `today`.

    `europe` are the countries of the EEA; `local` are the texts that lie in the folder of a `path:` use, and `pinned`
    is what the project's lock holds.
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
    return pinned.bound(use, binder, entry) if pinned and pinned.holds(use) else binder.catalogued(entry)


class _Binder(Layers):
    def unknown(self, rule: str, reason: str) -> BoundUse:
        return BoundUse(self.use, (), unknown=reason, unknown_rule=rule)

    def stated(self, name: str, source: str, grade: Grade) -> BoundUse:
        """Bind by a licence that a person names."""
        ids = self.lookup.named(name)
        if not ids:
            why = self.lookup.family(name) or "which is no licence in the database"
            return self.unknown("unknown-license", f"{source} names {name!r}: {why}")
        why = f"{source} says {name}"
        layer = self.layer("licence", ids, why, grade, (self._stated_evidence(name),))
        return BoundUse(self.use, (layer, *self.incorporated(layer)))

    def catalogued(self, entry: CatalogueEntry | None) -> BoundUse:
        """Bind weights or data by the catalogue, else by what the manifest states."""
        stated = self.use.license
        if entry is None:
            if stated:
                return self.stated(stated, "the manifest", Grade.C)
            return self.unknown("unknown-license", "nothing at hand says under which licence it comes")
        layers = self.entry_layers(entry)
        drift, unknown = "", unmapped(entry)
        if stated:
            ids = set(self.lookup.named(stated))
            if not ids & {d.id for layer in layers for d in layer.candidates}:
                held = ", ".join(d.title for layer in layers for d in layer.candidates if not layer.via)
                drift = f"the manifest states {stated}, the catalogue knows {held}"
        return BoundUse(
            use=self.use,
            layers=(*layers, *self.generated(entry)),
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
            layers += [layer, *self.incorporated(layer)] if document.id not in attached - {document.id} else []
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
        layers = [*self.stack(provider, reference.route, self.use.when or ALWAYS)]
        if reference.route not in ("host", "aggregator"):
            return BoundUse(self.use, tuple(layers))
        entry = self.lookup.model(reference.name)
        notes = [f"{provider.name}: {provider.conflict[reference.route]}"] if provider.conflict[reference.route] else []
        if entry:
            layers += self.entry_layers(entry)
            lab = reference.name.partition("/")[0]
            notes.append(f"{lab}'s own service terms do not apply: the contract is with {provider.name}")
            return BoundUse(self.use, tuple(layers), entry, notes=tuple(notes))
        reason = f"nothing at hand says under which terms {reference.name} comes through {provider.name}"
        if self.use.license:
            stated = self.stated(self.use.license, "the manifest", Grade.C)
            return stated._replace(layers=(*layers, *stated.layers), notes=tuple(notes))
        return BoundUse(self.use, tuple(layers), unknown=reason, unknown_rule="unknown-license", notes=tuple(notes))

    def _stated_evidence(self, name: str) -> Evidence:
        return self.manifest.evidence(f"uses[{self.use.place}].license", name) if self.use.license else self.where
