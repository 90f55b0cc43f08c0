"""Lineage and conclusions → a lock; what did not change keeps the day on which it was first seen like that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from hashlib import sha256

from licheck.model.binding import Conclusion, Layer
from licheck.model.lineage import Lineage, Node
from licheck.model.lock import Lock, Pin, PinnedLayer

GATE = "extra_gated_prompt"  # stands among the texts: it is one that people accept


def pins(lineage: Lineage, concluded: Callable[[Node], Conclusion], today: date) -> dict[str, Pin]:
    """Pin every node of a lineage."""
    return {node.id: _pin(node, concluded(node), today) for node in lineage.nodes.values()}


def merged(old: Lock | None, new: Lock) -> Lock:
    """The new lock with the pins that `old` holds beside, without those that no use leads to any more."""
    held = dict(old.pins) if old else {}
    for name, pin in new.pins.items():
        before = held.get(name)
        same = before is not None and before._replace(read="") == pin._replace(read="")
        held[name] = before if before is not None and same else pin
    return new._replace(pins={name: held[name] for name in _reached(new.uses.values(), held)})


def _reached(roots: Iterable[str], held: Mapping[str, Pin]) -> list[str]:
    todo = [name for name in dict.fromkeys(roots) if name in held]
    seen = set(todo)
    for name in todo:
        for of, *_ in held[name].parents:
            if of in held and of not in seen:
                seen.add(of)
                todo.append(of)
    return sorted(seen)


def _pin(node: Node, concluded: Conclusion, today: date) -> Pin:
    texts = {
        file.path: _digest(file.text) for file in node.release.files if file.kind in ("licence", "policy", "notice")
    }
    if node.gate:
        texts[GATE] = _digest(node.gate)
    first = node.declared[0] if node.declared else None
    tags = (*first.tags, *filter(None, (first.name, first.link))) if first else ()
    return Pin(
        kind=node.kind,
        revision=node.revision,
        state=node.state.value,
        declared=tags,
        gated=node.gated,
        texts=texts,
        parents=tuple((parent.of, parent.relation, parent.grade) for parent in node.parents),
        layers=tuple(_layer(layer) for layer in concluded.layers if layer.name == "licence" and layer.binds == "user"),
        found=concluded.found,
        settled=concluded.settled,
        unknown=concluded.unknown,
        differs=concluded.differs.what if concluded.differs else "",
        unread=node.unread,
        read=today.isoformat(),
        url=node.url,
    )


def _layer(layer: Layer) -> PinnedLayer:
    documents = tuple(document.id for document in layer.candidates)
    return PinnedLayer(documents, layer.grade, layer.why, layer.evidence[0])


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
