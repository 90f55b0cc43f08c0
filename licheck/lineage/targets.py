"""What `licheck scan` can be pointed at, and how people write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from licheck.errors import InputError, Problem
from licheck.evidence.ids import is_revision, reference

WEIGHTS = (".gguf", ".safetensors")
MOST_LISTED = 100_000
_FORMS = "write org/name, hf:org/name@revision, dataset:org/name, ./folder, ./file.gguf, ollama:name or hf-cache:"


_PLAIN = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*(@[\w./-]+)?", re.ASCII)


class Target(NamedTuple):
    """A thing to scan: `kind` is hub, folder, file, ollama or cache; `name` is a reference or a path."""

    kind: str
    name: str


def parse(texts: Sequence[str], listed: Iterable[str]) -> list[Target]:
    """Read targets, each once, `-` standing for the lines of `listed`; raises InputError with all that are wrong."""
    found: dict[Target, None] = {}
    problems: list[Problem] = []
    for text in texts:
        lines: Iterable[tuple[int | None, str]] = [(None, text)] if text != "-" else enumerate(listed, 1)
        for line, one in lines:
            one = one.strip()
            if not one or (line and one.startswith("#")):
                if line is None:
                    problems.append(Problem("TARGET", None, "", "is empty", _FORMS))
                continue
            if len(found) >= MOST_LISTED:
                raise InputError(Problem("-", line, "", f"more than {MOST_LISTED:,} targets", "split the list"))
            target = _one(one)
            if isinstance(target, Target):
                found[target] = None
            else:
                problems.append(Problem("-" if line else one[:200], line, "", *target))
    if problems:
        raise InputError(problems)
    return list(found)


def _one(text: str) -> Target | tuple[str, str]:
    """A target, or what is wrong with it and what to write."""
    if any(ord(letter) < 32 for letter in text) or len(text) > 4000:
        return "is no name", _FORMS
    if text in ("hf-cache:", "hf-cache"):
        return Target("cache", "")
    if text.startswith("ollama:"):
        return Target("ollama", text.removeprefix("ollama:"))
    schemed = text.partition(":")[0] in ("hf", "dataset")
    known = reference(text)
    if known is None and _PLAIN.fullmatch(text) and not text.lower().endswith(WEIGHTS):
        known = reference(f"hf:{text}")  # a name like that of a file or folder; nothing else is known by it here
    if known and known.revision and not is_revision(known.revision):
        return f"names no revision: {known.revision[:80]!r}", "write a branch, a tag or a commit behind the @"
    whole = known and text.partition("@")[0].partition(":")[2] == known.id
    if schemed and not whole:
        return "is no id of the Hub", "write hf:org/name or dataset:org/name"
    if text.startswith(("http://", "https://")) and known is None:
        return "is no address of a model or dataset of the Hub", _FORMS
    local = text.removeprefix("path:")
    here = _exists(Path(local).expanduser())
    plain = not schemed and not text.startswith(("http://", "https://", "path:", "./", "../", "/", "~", ".\\"))
    if known and here and plain:
        return "is a folder here and an id of the Hub", f"write ./{local} or hf:{text}"
    if known and (schemed or plain or "://" in text):
        pinned = f"@{known.revision}" if known.revision and known.revision != "main" else ""
        return Target("hub", f"{known.kind}:{known.id}{pinned}")
    if here:
        if Path(local).expanduser().is_dir():
            return Target("folder", local)
        if local.lower().endswith(WEIGHTS):
            return Target("file", local)
        return "is neither a folder nor a weight file", "for a licence text use `licheck identify`"
    return "does not exist here and is no id of the Hub", _FORMS


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
