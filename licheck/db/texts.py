"""Holds digests and anchors of the records against the texts they were read from."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db.check import Keys, Record, load_all
from licheck.errors import Problem
from licheck.words import squash

FOLDERS = (".", "corpus/licenses", "terms/texts")


class Result(NamedTuple):
    """What was held against the texts: anchors checked, sources whose text is not in the folder, and problems."""

    anchors: int
    elsewhere: tuple[str, ...]
    problems: tuple[Problem, ...]


def compare(root: Path, corpus: Path) -> Result:
    """Look for every anchor under `root` in each text of `corpus` that its record names."""
    texts = {
        sha256(data).hexdigest(): f" {squash(data.decode('utf-8', 'replace'))} "
        for folder in FOLDERS
        for path in (corpus / folder).glob("*.txt")
        for data in (path.read_bytes(),)
    }
    anchors, elsewhere, problems = 0, [], []
    for record in load_all(root):
        for at, holder in _holders(record):
            for source in holder.get("sources") or ():
                text = texts.get(source["sha256"])
                if text is None:
                    elsewhere.append(f"{record.path}: {source['source']}")
                    continue
                for where, anchor in _anchors(holder):
                    anchors += 1
                    if f" {squash(str(anchor))} " not in text:
                        message = f"“{anchor}” does not stand in {source['source']}"
                        problems.append(record.problem((*at, *where), message, "cut it from the text again"))
    return Result(anchors, tuple(elsewhere), tuple(problems))


def _holders(record: Record) -> Iterator[tuple[Keys, dict[str, Any]]]:
    value = record.loaded.value
    if record.folder == "licenses":
        yield (), value
    elif record.folder == "services":
        for i, document in enumerate(value["documents"]):
            for j, version in enumerate(document["versions"]):
                yield ("documents", i, "versions", j), version


def _anchors(holder: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Every anchor below a licence or version, with where it stands."""
    stack: list[tuple[Keys, Any]] = [((), holder)]
    while stack:
        at, value = stack.pop()
        if isinstance(value, dict):
            if isinstance(value.get("anchor"), str):
                yield (*at, "anchor"), value["anchor"]
            stack += [((*at, key), item) for key, item in value.items() if key != "sources"]
        elif isinstance(value, list):
            stack += [((*at, i), item) for i, item in enumerate(value)]
