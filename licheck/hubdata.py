"""Datasets of the Hub → what binds whoever trains on them: their own licence, and that of all they were made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from licheck.db.store import Database
from licheck.model.binding import BoundUse, Conclusion, Layer
from licheck.model.lineage import Lineage, Node, ReadState
from licheck.terms import repository
from licheck.terms.conclude import Conclusions
from licheck.terms.inherit import inherited
from licheck.upstream import Reading, conclusions, identify_with, trace


def read(
    asked: Mapping[str, str],
    database: Database,
    today: date,
    reading: Reading,
    how: tuple[str, ...] = ("train",),
    own: bool = False,
) -> dict[str, tuple[BoundUse, ...]]:
    """Read datasets; `asked` leads from names as people wrote them to references like `dataset:org/name@revision`.

    Gives for each name what binds it, then what binds it by way of each dataset upstream. What could not be read is in
    there as such: nothing here raises for it. `how` is what is done with the data, `own` tells that the user generated
    them.
    """
    if not asked:
        return {}
    lineage = trace(list(dict.fromkeys(asked.values())), (), database, identify_with(database), reading)
    concluded = conclusions(database, today)
    drawn: dict[str, tuple[BoundUse, ...]] = {}
    for reference in asked.values():
        if reference not in drawn:
            bound = _bound(lineage, lineage.of(reference), concluded, how)
            drawn[reference] = tuple(_made_by_user(b) for b in bound) if own else tuple(bound)
    return {name: drawn[reference] for name, reference in asked.items()}


def _bound(lineage: Lineage, root: Node, concluded: Conclusions, how: tuple[str, ...]) -> Iterator[BoundUse]:
    yield _used(root, concluded.of(root), repository.own(root, concluded.of(root)), how)
    # Nothing trained on data makes the data anybody's derivative.
    for place, link in enumerate(inherited(lineage, root, lambda _: False), 1):
        node = lineage.nodes.get(link.id) or Node(link.id, why="its name leads to no repository")
        # The rows of what is upstream are among those of the dataset, whatever was done to get them there.
        bound = repository.upstream(node, concluded.of(node), link._replace(hows=("merge",)), place)
        bound = _used(node, concluded.of(node), bound, how)
        if node.kind == "model" and not link.id.startswith(("dataset:", "name:")):
            bound = bound._replace(layers=tuple(layer._replace(binds="generator") for layer in bound.layers))
        yield bound


def _used(node: Node, conclusion: Conclusion, bound: BoundUse, how: tuple[str, ...]) -> BoundUse:
    """The same as data that are used; what was not read and is not settled elsewhere leaves its licence unknown."""
    unknown = bound.unknown
    if node.state is not ReadState.READ and not conclusion.settled:
        unknown = f"it could not be read ({node.state.value}: {node.why})"
    return bound._replace(
        use=bound.use._replace(how=how), unknown=unknown, unknown_rule="unknown-license" if unknown else ""
    )


def _made_by_user(bound: BoundUse) -> BoundUse:
    """The same where the user is who generated it: terms of a service bind them."""

    def turned(layer: Layer) -> Layer:
        service = layer.binds == "generator" and not any(name.startswith("hf:") for name in layer.via)
        return layer._replace(binds="user") if service else layer

    use = bound.use._replace(obtained_by="self")
    return bound._replace(use=use, layers=tuple(map(turned, bound.layers)))
