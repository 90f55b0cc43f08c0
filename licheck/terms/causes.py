"""Why a repository may declare a licence that cannot stand: told as a likelihood, with what points to it."""

from __future__ import annotations

from collections.abc import Iterable

from licheck.model.document import Document
from licheck.model.lineage import Node


def likely(node: Node, governing: Iterable[Document]) -> str:
    """The likely cause of a declared licence that is not the one of what the repository was made from; often none."""
    tags = {tag.lower() for declared in node.declared for tag in declared.tags}
    if "unsloth" in node.tools and tags == {"apache-2.0"}:
        # unslothai/unsloth, unsloth/save.py, read 2026-08-22: the template holds this value whatever the base is.
        return "the card comes from Unsloth's template, which writes apache-2.0 whatever the base model is"
    if "trl" in node.tools and not tags:
        # huggingface/trl, trl/trainer/utils.py, read 2026-07-24.
        return "the card comes from TRL's template, which writes the key `licence` with no licence in it"
    since = [document.in_force.start for document in governing if document.in_force.start]
    if node.created and since and node.created < min(since):
        return f"it was made on {node.created}, before these terms were published ({min(since)})"
    code = {"apache-2.0", "mit", "bsd-3-clause", "gpl-3.0"}
    if tags and tags <= code:
        return "the tag of the training code, or a default, was put on the weights"
    return ""
