"""What binds whoever uses a repository: its licence as declared, as found in its files, and as concluded.

The text in the repository decides before a record of the publisher's own text, that before a tag, and that before a
third party's list. Where tag and text name different licences both bind until somebody says which is wrong. A text that
was edited or that nobody knows concludes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeAlias

from licheck.model.binding import Conclusion, Differs, Layer
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Declared, Node, ReadState
from licheck.model.lookup import CatalogueEntry, Lookup
from licheck.model.project import Manifest, Project, Use
from licheck.model.reference import Reference
from licheck.terms.layers import Layers

# Layers of a repository do not depend on a use or a project; dates and accounts are those of nobody in particular.
_USE = Use(Reference("", "hf", "weights", None, ""), (), 0)
_NOBODY = Manifest("", Path(), Project(""), ())
# Of a name or an address beside `license: other`: ids of the documents it may mean.
Named = Callable[[str], tuple[str, ...]]


Said: TypeAlias = tuple[Declared, tuple[str, ...]]  # a tag, and the documents that it may mean


class Conclusions:
    """Conclusions by node, each drawn once; `named` reads names and addresses."""

    def __init__(self, lookup: Lookup, today: date, named: Named) -> None:
        self._lookup, self._today, self._named = lookup, today, named
        self._drawn: dict[str, Conclusion] = {}

    def of(self, node: Node) -> Conclusion:
        """What the node's licence is."""
        if node.id not in self._drawn:
            where = Evidence("hub", quote=node.id, url=node.url or None)
            layers = Layers(_USE, _NOBODY, self._lookup, where, self._today, frozenset())
            self._drawn[node.id] = _conclude(node, self._lookup, layers, self._named)
        return self._drawn[node.id]


def _conclude(node: Node, lookup: Lookup, layers: Layers, named: Named) -> Conclusion:
    name = node.id.partition(":")[2].partition("@")[0]
    entry = lookup.dataset(name) if node.kind == "dataset" else lookup.model(name) if ":" in node.id else None
    found, said = _found(node, lookup, layers), _said(node, lookup, named)
    tagged = {document for _, ids in said for document in ids}
    texts = {document.id for layer in found.layers for document in layer.candidates}
    strong = entry if entry and entry.layers and entry.grade in (Grade.A, Grade.B) else None
    recorded = {i for wanted in strong.layers for i in wanted.one_of} if strong else set()
    unknown = [found.unknown] if found.unknown else []
    differs, held = None, list(found.layers)
    if texts:
        if tagged and not tagged & texts:
            differs = _differs(node, said, held[0].evidence, held[0].candidates[0].title)
            held += _tags(node, [pair for pair in said if pair[1]], layers)
    elif strong:
        held += layers.entry_layers(strong)
        if tagged and not tagged & recorded:
            first = lookup.document(strong.layers[0].one_of[-1])
            differs = _differs(node, said, (strong.evidence,), first.title)
            held += _tags(node, [pair for pair in said if pair[1]], layers)
    elif tagged:
        held += _tags(node, [(where, _narrowed(ids, entry)) for where, ids in said], layers)
    elif entry and entry.layers:
        held += layers.entry_layers(entry)
    if not (texts or strong or (held and not tagged)):
        unknown += [_unread(where, lookup) for where, ids in said if not ids]
    if not held and not unknown:
        unknown.append(_nothing(node, entry))
    if entry and node.kind == "dataset":
        held += layers.generated(entry)
    agreed = entry is not None and any(tagged.intersection(wanted.one_of) for wanted in entry.layers)
    settled = "" if unknown else "record" if strong or agreed else "text" if texts else ""
    return Conclusion(tuple(held), entry, "; ".join(unknown), differs, settled, found.ids)


class _Texts(NamedTuple):
    layers: tuple[Layer, ...]
    unknown: str
    ids: tuple[str, ...]


def _found(node: Node, lookup: Lookup, layers: Layers) -> _Texts:
    """Licences that lie in the repository word for word, and what is wrong with those that do not."""
    files = [file for file in node.release.files if file.kind in ("licence", "policy") and "/" not in file.path]
    # Weights and code beside each other: a file that says it is about code does not bind the weights.
    other = [file for file in files if "code" not in file.path.lower()]
    files = other if any(file.parts or file.near for file in other) else files
    places: dict[str, Evidence] = {}
    for file in files:
        for part in file.parts:
            where = Evidence("release", node.release.shown(file.path), part.line, part.end_line)
            places.setdefault(part.document, where)
    documents = [lookup.document(name) for name in places if lookup.named(name)]
    unread = [f"no record says what {name} asks" for name in sorted(places) if not lookup.named(name)]
    unread += [f"{file.path} is {file.near}" for file in files if file.near]
    if node.gate_parts and not documents:
        documents = [lookup.document(name) for name in node.gate_parts if lookup.named(name)]
        places |= {d.id: Evidence("gate", locator="extra_gated_prompt", url=node.url) for d in documents}
    attached = {part.document for document in documents for part in document.incorporates if part.document}
    held: list[Layer] = []
    for document in documents:
        if document.id in attached - {document.id}:
            continue
        # A policy that lies beside a licence binds with it, whether or not the licence names it.
        name = "use policy" if document.layer == "use-policy" and len(documents) > 1 else "licence"
        where = places[document.id]
        why = f"{where.path or 'what people accept at the gate'} is {document.title}, word for word"
        layer = layers.layer(name, (document.id,), why, Grade.B, (where,))
        held += [layer, *layers.incorporated(layer)]
    return _Texts(tuple(held), "; ".join(unread), tuple(places))


def _said(node: Node, lookup: Lookup, named: Named) -> list[Said]:
    """What the repository declares, with the documents that each tag may mean."""
    pairs = []
    for declared in node.declared:
        for tag in declared.tags or ("other",):
            ids = lookup.named(tag)
            if tag.lower() == "other" and (declared.name or declared.link):
                ids = lookup.named(declared.name) or named(declared.name) or named(declared.link)
            pairs.append((declared._replace(tags=(tag,)), ids))
    # The Hub's tags only repeat the card, or stand in for it.
    first = node.declared[0].evidence.source if node.declared else ""
    return [pair for pair in pairs if pair[0].evidence.source == first] or pairs


def _tags(node: Node, said: list[Said], layers: Layers) -> list[Layer]:
    held: list[Layer] = []
    for declared, ids in said:
        if ids:
            why = f"{_where(node)} declares {_as_written(declared)}"
            layer = layers.layer("licence", ids, why, Grade.C, (declared.evidence,))
            held += [layer, *layers.incorporated(layer)]
    return held


def _narrowed(ids: tuple[str, ...], entry: CatalogueEntry | None) -> tuple[str, ...]:
    """Of the versions that a tag may mean, those that the catalogue knows this repository to have come under."""
    known = {i for wanted in (entry.layers if entry else ()) for i in wanted.one_of}
    return tuple(i for i in ids if i in known) or ids


def _differs(node: Node, said: list[Said], other: tuple[Evidence, ...], what: str) -> Differs:
    declared = " and ".join(_as_written(d) for d, _ in said)
    return Differs(f"{node.id} declares {declared}, while {_place(other)} is {what}", (said[0][0].evidence, *other))


def _place(evidence: tuple[Evidence, ...]) -> str:
    return evidence[0].path if evidence[0].source == "release" and evidence[0].path else "the publisher's own text"


def _unread(declared: Declared, lookup: Lookup) -> str:
    tag = declared.tags[0]
    if tag.lower() == "other":
        if not (declared.name or declared.link):
            return "the card says `license: other` and names none"
        return f"{_as_written(declared)} is no licence in the database"
    return lookup.family(tag) or f"{tag!r} is no licence in the database"


def _as_written(declared: Declared) -> str:
    beside = ", ".join(filter(None, (declared.name, declared.link)))
    return f"{declared.tags[0]}{f' ({beside})' if beside else ''}"


def _where(node: Node) -> str:
    return "the card" if node.kind == "model" else "the dataset card"


def _nothing(node: Node, entry: CatalogueEntry | None) -> str:
    if node.state is not ReadState.READ:
        return f"it could not be read ({node.state.value}: {node.why})"
    if entry and entry.why and not entry.layers:
        return entry.why
    return "neither its card nor a licence file says under which terms it comes"
