"""What licheck.lock holds: every upstream at one commit, and what was concluded of it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Unread


class PinnedLayer(NamedTuple):
    """One licence that was concluded (several ids are versions of which one applies), from what, and how sure."""

    documents: tuple[str, ...]
    grade: Grade
    why: str
    evidence: Evidence


class Pin(NamedTuple):
    """One repository at one commit.

    `texts` are the SHA-256 of its licence files by name, and of the text at its gate; `parents` are reference,
    relation and grade; `unknown` and `differs` what stays open; `read` is the day on which this was first seen like
    that, and `url` where.
    """

    kind: str
    revision: str | None
    state: str
    declared: tuple[str, ...]
    gated: bool
    texts: Mapping[str, str]
    parents: tuple[tuple[str, str, Grade], ...]
    layers: tuple[PinnedLayer, ...]
    found: tuple[str, ...]
    settled: str
    unknown: str
    differs: str
    unread: tuple[Unread, ...]
    read: str
    url: str

    def is_at(self, revision: str, name: str) -> bool:
        """Whether this pin, held by that name, is of a revision: by its name or by the beginning of its commit."""
        return name.endswith(f"@{revision}") or (self.revision or "").startswith(revision)


class Lock(NamedTuple):
    """A whole licheck.lock: `uses` leads from the references of the manifest to the ids of pins."""

    path: str
    database: str
    database_sha256: str
    uses: Mapping[str, str]
    pins: Mapping[str, Pin]
