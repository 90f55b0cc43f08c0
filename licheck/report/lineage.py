"""The lineage as a tree of lines and as a Mermaid graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from licheck.model.lineage import Lineage, Node
from licheck.model.report import ArtifactReport

MOST = 60  # nodes shown; the JSON has all of them
_SAID = {
    "finetune": "fine-tuned from",
    "adapter": "adapter for",
    "merge": "merged from",
    "quantized": "quantised from",
    "convert": "converted from",
    "reupload": "copy of",
    "tokenizer": "tokenizer of",
    "distill": "distilled from",
    "train": "trained on",
    "source": "made from",
}


def tree(lineage: Lineage, root: Node, artifacts: Mapping[str, ArtifactReport]) -> list[str]:
    """The nodes above `root`, each once, with what each is under; one that was shown already is only named."""
    lines = [f"{root.id}{_revision(root)}: {_under(artifacts[root.id])}"]
    seen = {root.id}
    # (node, prefix of its children); a stack instead of recursion, since chains may be long.
    stack: list[tuple[str, str, str]] = []

    def push(node: Node, prefix: str) -> None:
        for place in range(len(node.parents) - 1, -1, -1):
            parent = node.parents[place]
            stack.append((parent.of, _SAID[parent.relation], prefix + (" " if place == len(node.parents) - 1 else "│")))

    push(root, "")
    while stack:
        of, how, prefix = stack.pop()
        if len(lines) > MOST:
            lines.append(f"{prefix[:-1]}… and {len(stack) + 1:,} more, which --format json lists")
            break
        branch = f"{prefix[:-1]}{'└─' if prefix[-1] == ' ' else '├─'}"
        node = lineage.nodes.get(of)
        if of in seen:
            lines.append(f"{branch} {how} {of} (shown above)")
        elif node is None:
            lines.append(f"{branch} {how} {of.removeprefix('name:')}: a name that leads to no repository")
        else:
            lines.append(f"{branch} {how} {of}: {_under(artifacts[of])}")
            push(node, f"{prefix}  ")
        seen.add(of)
    return lines


def mermaid(lineage: Lineage, root: Node, artifacts: Mapping[str, ArtifactReport]) -> list[str]:
    """The same as a graph for Markdown, arrows from what was used to what was made."""
    names: dict[str, str] = {}
    edges = list(_edges(lineage, root))
    for child, _, parent in edges or [(root.id, "", root.id)]:
        for node_id in (child, parent):
            names.setdefault(node_id, f"n{len(names)}")
    lines = ["```mermaid", "graph BT"]
    for node_id, name in names.items():
        known = artifacts.get(node_id)
        label = f"{node_id}<br/>{_under(known) if known else 'not followed'}"
        lines.append(f'  {name}["{_escaped(label)}"]')
    lines += [f"  {names[parent]} -->|{_relation(relation)}| {names[child]}" for child, relation, parent in edges]
    return [*lines, "```"]


def _edges(lineage: Lineage, root: Node) -> Iterator[tuple[str, str, str]]:
    todo, seen = [root.id], {root.id}
    for node_id in todo:
        node = lineage.nodes.get(node_id)
        for parent in node.parents if node else ():
            yield node_id, parent.relation, parent.of
            if parent.of not in seen and len(seen) < MOST:
                seen.add(parent.of)
                todo.append(parent.of)


def _under(artifact: ArtifactReport) -> str:
    """What a node is under, and how sure that is; what it declares where that is something else."""
    state = artifact.state if artifact.state not in (None, "read") else ""
    concluded = artifact.concluded or "terms unknown"
    grade = f" (grade {artifact.grade})" if artifact.grade else ""
    declared = f", declares {artifact.declared}" if artifact.declared and not artifact.concluded else ""
    return f"{concluded}{grade}{declared}{f' [{state}]' if state else ''}"


def _revision(node: Node) -> str:
    return f" at {node.revision[:12]}" if node.revision else ""


def _relation(relation: str) -> str:
    return {"train": "data", "reupload": "copy"}.get(relation, relation)


def _escaped(text: str) -> str:
    return text.replace('"', "#quot;").replace("\n", " ")
