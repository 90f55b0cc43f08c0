"""What a use amounts to in the words that terms are written in.

A term says when it bites (its trigger) and what it binds (its reach); a use is the set of such pairs that it brings
about. Hosting is not distribution, running is not passing on, and only training on outputs makes a student.
"""

from __future__ import annotations

from typing import TypeAlias

from licheck.model.binding import BoundUse
from licheck.model.document import Document, Term
from licheck.model.project import Project

Pair: TypeAlias = tuple[str, str]

DERIVING = frozenset({"finetune", "adapter", "merge", "quantize", "convert", "prune", "tokenizer"})
PASSING_ON = frozenset({"redistribute", "bundle", "host"})
LEARNING = frozenset({"distill", "generate-training-data", "judge"})
_ACTS = {
    "public-weights": "distribution",
    "private-weights": "distribution",
    "product": "distribution",
    "hosted-api": "hosting",
}


def releases(project: Project) -> frozenset[str]:
    """How the release reaches others; a project that does not say is taken to publish."""
    stated = project.distribution or ("public-weights",)
    return frozenset(_ACTS[way] for way in stated if way in _ACTS)


def pairs(bound: BoundUse, project: Project, document: Document) -> frozenset[Pair]:
    """All (trigger, reach) pairs that one use brings about under one document."""
    found: set[Pair] = set()
    out = releases(project)
    for how in bound.use.how:
        found.add(("use", "materials"))
        ways = out | {"hosting"} if how == "host" and out else out
        if how in DERIVING or (how in PASSING_ON):
            found |= {(way, thing) for way in ways for thing in ("materials", "products", "users")}
        if how in DERIVING:
            found |= {("use", "derivatives")} | {(way, "derivatives") for way in ways}
        if how in ("run", "evaluate", "embed"):
            # What is only run stands behind a product or service; weights that are given away do not use it.
            served = {"hosted-api": "hosting", "product": "distribution"}
            found |= {(served[way], "users") for way in project.distribution if way in served}
        if how in LEARNING and how in document.output_rule.uses:
            found |= {("training", "students"), ("training", "outputs"), ("use", "outputs")}
            found |= {(way, "students") for way in ways}
            if document.output_rule.value == "allowed-student-is-derivative":
                found.add(("use", "derivatives"))
        if how == "train":
            found.add(("training", "materials"))
    return frozenset(found)


def bites(term: Term, found: frozenset[Pair]) -> bool:
    """Whether a term is triggered by one of the pairs."""
    return any((trigger, thing) in found for trigger in term.trigger for thing in term.reach)
