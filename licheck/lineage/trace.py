"""Follows targets upstream: reads each repository once, level by level, and puts the lineage together.

Reading is done by a few threads; what is read is turned into nodes in the order in which it was asked for, so that the
same answers give the same lineage whatever came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from licheck.lineage.fetch import Raw, fetch, kind_of
from licheck.lineage.node import Maker, once
from licheck.model.lineage import Lineage, Node, Parent, ReadState
from licheck.sources.hub import Hub

THREADS = 8


class Limits(NamedTuple):
    """How far to follow."""

    depth: int = 20
    nodes: int = 20_000


class Tracer:
    """Reads repositories and follows what they were made from; `tell` is called with (done, known) after each one."""

    def __init__(
        self, hub: Hub, maker: Maker, limits: Limits, tell: Callable[[int, int], None], access: bool = False
    ) -> None:
        self._hub, self._maker, self._limits, self._tell, self._access = hub, maker, limits, tell, access

    def follow(self, roots: Sequence[str], given: Iterable[Node] = ()) -> Lineage:
        """Return the lineage of references like `hf:org/name`; `given` are nodes that were read elsewhere."""
        nodes: dict[str, Node] = {}
        names: dict[str, str] = {}  # as asked for, in lower case → the id of its node
        limits: list[str] = []
        level: list[str] = []
        for node in given:
            nodes[node.id] = node
            names[node.id.lower()] = node.id
            level += [_asked(parent) for parent in node.parents]
        level = [*roots, *level]
        depth, done = 0, 0
        # Without a network there is nothing to wait for.
        pool = ThreadPoolExecutor(THREADS if self._hub.online else 1)
        try:
            while level:
                fresh = [n for n in dict.fromkeys(level) if n.lower() not in names and not n.startswith("name:")]
                fresh = list({n.lower(): n for n in fresh}.values())
                if depth > self._limits.depth or len(nodes) + len(fresh) > self._limits.nodes:
                    keep = 0 if depth > self._limits.depth else self._limits.nodes - len(nodes)
                    left, fresh = fresh[max(keep, 0) :], fresh[: max(keep, 0)]
                    limits.append(self._cut(left, depth, nodes, names))
                total = done + len(fresh)
                reading = self._reading(pool, fresh, frozenset(roots))
                level = []
                for name, raw in zip(fresh, reading, strict=True):
                    node = self._maker.node(name, raw)
                    known = names.get(node.id.lower(), node.id)
                    names[name.lower()] = names[node.id.lower()] = known
                    if known not in nodes:
                        nodes[known] = node
                        level += [_asked(parent) for parent in node.parents]
                    done += 1
                    self._tell(done, total)
                depth += 1
        finally:
            pool.shutdown(cancel_futures=True)  # somebody may have broken off: what waits is not begun
        joined = {key: _joined(node, names) for key, node in nodes.items()}
        return Lineage(joined, tuple(limits), names)

    def _reading(self, pool: ThreadPoolExecutor, names: Sequence[str], roots: frozenset[str]) -> Iterator[Raw]:
        if not self._hub.online:
            return (fetch(self._hub, name, name in roots, self._access) for name in names)
        return pool.map(lambda name: fetch(self._hub, name, name in roots, self._access), names)

    def _cut(self, left: Sequence[str], depth: int, nodes: dict[str, Node], names: dict[str, str]) -> str:
        """Put nodes that were not followed into the lineage as such, and say so."""
        deep = depth > self._limits.depth
        what = f"depth of {self._limits.depth}" if deep else f"number of {self._limits.nodes:,} repositories"
        for name in left:
            nodes[name] = Node(name, kind_of(name), ReadState.LIMIT, f"the {what} was reached")
            names[name.lower()] = name
        more = f"{left[0]} and {len(left) - 1:,} more" if len(left) > 1 else left[0] if left else "nothing"
        return f"not followed, since the {what} was reached: {more}"


def _asked(parent: Parent) -> str:
    """The reference by which a parent is asked for; the default branch is no revision of its own."""
    pinned = parent.revision not in (None, "", "main") and parent.of.startswith(("hf:", "dataset:"))
    return f"{parent.of}@{parent.revision}" if pinned else parent.of


def _joined(node: Node, names: Mapping[str, str]) -> Node:
    """The node with its parents called by the ids of their nodes."""
    parents = [p._replace(of=names.get(_asked(p).lower(), p.of)) for p in node.parents]
    return node._replace(parents=tuple(p for p in once(parents) if p.of != node.id))
