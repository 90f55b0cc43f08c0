"""What a model or dataset was made from: repositories as they were read, and the graph that they form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from licheck.model.evidence import Evidence, Grade
from licheck.model.release import Release


class ReadState(StrEnum):
    """How far something could be read; all but `read` leave open what it says."""

    READ = "read"
    GATED = "gated"
    MISSING = "missing"  # or private: the Hub answers both alike
    DISABLED = "disabled"
    RATE_LIMITED = "rate-limited"
    TIMED_OUT = "timed-out"
    TRUNCATED = "truncated"
    UNREACHABLE = "unreachable"
    OFFLINE = "offline"
    REFUSED = "refused"  # what was asked for is no name of the Hub, or would have led to another host
    LIMIT = "limit"


class Unread(NamedTuple):
    """A file or repository that could not be read, and why."""

    what: str
    state: ReadState
    why: str


class Declared(NamedTuple):
    """A licence that a repository declares in one place: tags as written, and the name and link beside `other`."""

    tags: tuple[str, ...]
    evidence: Evidence
    name: str = ""
    link: str = ""


# How a thing was made from another (`relation`); the first four are the Hub's own words.
RELATIONS = (
    *("finetune", "adapter", "merge", "quantized"),
    *("convert", "reupload", "tokenizer", "distill", "train", "source"),
)


class Parent(NamedTuple):
    """Something that a repository says it was made from.

    `of` is `hf:org/name` or `dataset:org/name`, or `name:…` for what cannot be followed (a local path, a library name);
    `grade` says how sure the link is, D where it was inferred.
    """

    of: str
    relation: str
    evidence: Evidence
    revision: str | None = None
    grade: Grade = Grade.C


class Node(NamedTuple):
    """One repository, folder or weight file as it was read at one revision.

    `asked` is the name by which it was asked for where the Hub knows it by another; `gate` is the text that people
    accept to get access; `unread` are files that should have been read and could not be.
    """

    id: str
    kind: str = "model"
    state: ReadState = ReadState.READ
    why: str = ""
    asked: str = ""
    revision: str | None = None
    declared: tuple[Declared, ...] = ()
    release: Release = Release()
    gate: str = ""
    gate_parts: tuple[str, ...] = ()
    gated: bool = False
    parents: tuple[Parent, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    created: date | None = None
    url: str = ""


class Lineage(NamedTuple):
    """Everything that was reached, each node once; `limits` says what was not followed and why.

    `names` leads from every name that was asked for, in lower case, to the id of its node.
    """

    nodes: Mapping[str, Node]
    limits: tuple[str, ...] = ()
    names: Mapping[str, str] = {}

    def of(self, name: str) -> Node:
        """The node of a name; raises KeyError."""
        return self.nodes[self.names.get(name.lower(), name)]


class Inherited(NamedTuple):
    """One node upstream: what the root did with it, the nodes in between, and the link that leads out of the root.

    `grade` is that of the weakest link on the way.
    """

    id: str
    hows: tuple[str, ...]
    via: tuple[str, ...]
    first: Parent
    grade: Grade = Grade.C
