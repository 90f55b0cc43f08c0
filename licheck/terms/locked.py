"""Binds a use by what licheck.lock holds: the repository at its commit, and everything above it."""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse, Differs, Layer
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Lineage, Node, Parent, ReadState, Unread
from licheck.model.lock import Lock, Pin
from licheck.model.lookup import CatalogueEntry
from licheck.model.project import Use
from licheck.terms.inherit import inherited
from licheck.terms.layers import Layers


class Pinned:
    """A lock, ready to bind uses by."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.lineage = Lineage({name: _node(name, pin) for name, pin in lock.pins.items()})

    def holds(self, use: Use) -> bool:
        """Whether the lock says anything of a use, at the revision that it asks for."""
        name = self.lock.uses.get(use.of.text, "")
        pin = self.lock.pins.get(name)
        return pin is not None and (not use.revision or pin.is_at(use.revision, name))

    def bound(self, use: Use, layers: Layers, entry: CatalogueEntry | None) -> BoundUse:
        """What binds a use that the lock holds; `entry` is what the catalogue knows of it."""
        return _bound(use, self, layers, entry)


def _bound(use: Use, pinned: Pinned, layers: Layers, entry: CatalogueEntry | None) -> BoundUse:
    lock = pinned.lock
    name = lock.uses[use.of.text]
    pin = lock.pins[name]
    evidence = Evidence("licheck.lock", lock.path, locator=name, url=pin.url or None)
    held = list(_chain(pinned, name, layers))
    if entry and use.of.scheme == "dataset":
        held += layers.generated(entry)
    unknown = [pin.unknown] if pin.unknown else []
    unread = list(pin.unread)
    if pin.state != ReadState.READ:
        unread.insert(0, Unread(name, ReadState(pin.state), "when the lock was written"))
    stated, drift = use.license, ""
    own = {document for layer in pin.layers for document in layer.documents}
    if stated and own and not own.intersection(layers.lookup.named(stated)):
        drift = f"the manifest states {stated}, licheck.lock holds {', '.join(sorted(own))}"
    reason = f"{name} in licheck.lock: {'; '.join(unknown)}" if unknown and pin.state == ReadState.READ else ""
    return BoundUse(
        use=use,
        layers=tuple(held),
        entry=entry or CatalogueEntry(name, (), Grade.C, evidence, "it is in licheck.lock"),
        unknown=reason,
        unknown_rule="unknown-license" if reason else "",
        drift=drift,
        differs=Differs(pin.differs, (evidence,)) if pin.differs else None,
        unread=tuple(unread),
        settled=pin.settled,
        url=pin.url,
    )


def _chain(pinned: Pinned, name: str, layers: Layers) -> Iterator[Layer]:
    """The licences of a pin and of all pins above it that bind through it, each document once, nearest first."""
    told: set[tuple[str, ...]] = set()
    lock, lineage = pinned.lock, pinned.lineage
    above = inherited(lineage, lineage.nodes[name], lambda of: _passes_on(lock, of, layers))
    bind = [link for link in above if "train" not in link.hows]
    ways = [(name, (), Grade.A), *((link.id, (*link.via, link.id), link.grade) for link in bind)]
    for of, via, sure in ways:
        pin = lock.pins.get(of)
        for one in pin.layers if pin else ():
            # An id that this database does not have makes the lock stale, which is told on its own.
            known = layers.dated(tuple(i for i in one.documents if layers.lookup.named(i)))
            if known and known not in told:
                told.add(known)
                layer = layers.layer("licence", known, one.why, one.grade, (one.evidence,))
                layer = layer._replace(via=via, grade=Grade.weakest(layer.grade, sure))
                yield layer
                yield from layers.incorporated(layer)


def _passes_on(lock: Lock, of: str, layers: Layers) -> bool:
    pin = lock.pins.get(of)
    ids = [i for pinned in (pin.layers if pin else ()) for i in pinned.documents if layers.lookup.named(i)]
    return any(layers.lookup.document(i).output_rule.value == "allowed-student-is-derivative" for i in ids)


def _node(name: str, pin: Pin) -> Node:
    evidence = Evidence("licheck.lock", locator=name)
    parents = (Parent(of, relation, evidence, grade=grade) for of, relation, grade in pin.parents)
    return Node(name, pin.kind, parents=tuple(parents))
