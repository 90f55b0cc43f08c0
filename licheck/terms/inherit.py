"""What a repository inherits: every node upstream that binds it, and by which acts it got there.

Fine-tunes, adapters, merges, quantisations, conversions and copies hold the weights they were made from, so everything
above binds what lies below, along any chain of them. A student holds none: its teacher binds it directly, and binds
what is made from it only where the teacher's text says that students are derivatives. Data binds whoever trains on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from licheck.model.evidence import Grade
from licheck.model.lineage import Inherited, Lineage, Node, Parent

# Relation → what was done with the parent, in the manifest's words.
HOW = {
    "finetune": "finetune",
    "adapter": "adapter",
    "merge": "merge",
    "quantized": "quantize",
    "convert": "convert",
    "reupload": "redistribute",
    "tokenizer": "tokenizer",
    "distill": "distill",
    "train": "train",
    "source": "redistribute",
}
_HOLDS_WEIGHTS = {"finetune", "adapter", "merge", "quantized", "convert", "reupload", "source"}


def inherited(lineage: Lineage, root: Node, passes_on: Callable[[str], bool]) -> list[Inherited]:
    """Return what binds `root`, nearest first, each node once by its shortest way.

    `passes_on` tells of a teacher whether its text makes derivatives of its students.
    """
    found: dict[str, Inherited] = {}
    todo: deque[tuple[Node, str, tuple[str, ...], Parent | None, Grade]] = deque([(root, "", (), None, Grade.A)])
    while todo:
        node, acts, via, first, sure = todo.popleft()
        for parent in node.parents:
            if parent.of == root.id or parent.of in found:
                continue
            holds = parent.relation in _HOLDS_WEIGHTS
            # Above the root only weights flow on, and teachers whose text follows them.
            if first is not None and not holds and not (parent.relation == "distill" and passes_on(parent.of)):
                continue
            # What the root itself did is its first step; the steps above were other people's acts.
            how = acts if acts and holds else _how(parent)
            grade = Grade.weakest(sure, parent.grade)
            found[parent.of] = Inherited(parent.of, (how,), via, first or parent, grade)
            above = lineage.nodes.get(parent.of)
            if above is not None and holds:
                todo.append((above, how, (*via, parent.of), first or parent, grade))
    return list(found.values())


def _how(parent: Parent) -> str:
    # A dataset made from others holds their rows among its own.
    return "merge" if parent.relation == "source" and parent.of.startswith("dataset:") else HOW[parent.relation]
