"""What an argument of an audit names: a list, a card, a Croissant file, a licheck.yaml, a dataset of the Hub, rows."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from licheck.data import croissant, listed
from licheck.errors import InputError, Problem
from licheck.evidence.ids import is_revision, reference

PROJECT_FILE = "licheck.yaml"
_LISTS = (".yaml", ".yml", ".json")
_CARDS = (".md", ".markdown")
_HUB = r"(?:hf://datasets/|https?://(?:www\.)?(?:huggingface\.co|hf\.co)/datasets/)"
_PART = r"\w[\w.-]{0,95}"
# One path below a dataset: as HfFileSystem writes it, or as the Hub's pages do. Revisions with a slash are escaped, but
# for those that the Hub makes itself.
_FILES = re.compile(
    rf"{_HUB}(?P<repo>{_PART}/{_PART}?)(?:@(?P<at>refs/(?:convert|pr)/[^/]+|[^/]+)/|/"
    r"(?:(?:resolve|blob|raw)/(?P<rev>refs/(?:convert|pr)/[^/]+|[^/]+)/)?(?!tree/))(?P<path>[^?#]+)",
    re.ASCII,
)
_BARE = re.compile(r"\w[\w-]{1,95}", re.ASCII)
_FORMS = (
    "name a file, a folder, a pattern, a dataset of the Hub (org/name, dataset:name) or hf://datasets/org/name/path"
)


class Kind(Enum):
    """What can be named."""

    LIST = "list"
    CROISSANT = "croissant"
    CARD = "card"
    PROJECT = "project"
    HUB = "hub"
    REMOTE = "remote"
    ROWS = "rows"


class Remote(NamedTuple):
    """Files of a dataset of the Hub: `pattern` is a path, a folder or a glob in it."""

    repo: str
    revision: str | None
    pattern: str

    @property
    def source(self) -> str:
        """The dataset as an entry of a list would name it."""
        return f"{self.repo}@{self.revision}" if self.revision else self.repo


class Named(NamedTuple):
    """An argument and what it names: `text` is a path, or the id of a dataset; `note` tells what was assumed."""

    kind: Kind
    text: str
    note: str = ""
    remote: Remote | None = None


def read(texts: Sequence[str]) -> list[Named]:
    """Tell what each text names, each once; raises InputError with all that name nothing."""
    problems: list[Problem] = []
    found: dict[Named, None] = {}
    for text in texts:
        named = _one(text)
        if isinstance(named, Problem):
            problems.append(named)
        else:
            found[named] = None
    if problems:
        raise InputError(problems)
    return list(found)


def is_project(path: Path) -> bool:
    """Whether a file is a licheck.yaml, by its name or because it says so."""
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file():
        return False
    with path.open("rb") as file:
        return path.name == PROJECT_FILE or bool(re.search(rb"(?m)^licheck[ \t]*:", file.read(4096)))


def beside(texts: Sequence[str], folder: Path) -> list[str]:
    """Texts of a licheck.yaml, whose paths are meant from the folder in which it lies."""
    return [_beside(text, folder) for text in texts]


def dataset(text: str) -> str | None:
    """The reference `dataset:org/name@revision` that a source names, if it names a dataset of the Hub.

    >>> dataset("org/name"), dataset("https://huggingface.co/datasets/org/name/tree/v2"), dataset("hf:org/model")
    ('dataset:org/name', 'dataset:org/name@v2', None)
    """
    found = reference(text)
    if not found or (found.kind == "hf" and (":" in text or "/" not in text)):
        return None
    return f"dataset:{found.id}{f'@{found.revision}' if found.revision else ''}"


def _one(text: str) -> Named | Problem:
    """What a text names, or what is wrong with it."""
    if not text or len(text) > 4000 or any(ord(letter) < 32 for letter in text):
        return Problem(text[:200] or "MANIFEST", None, "", "is no name", _FORMS)
    path = Path(text)
    if _exists(path):
        return Named(_file(path), text)
    if files := _FILES.fullmatch(text):
        revision = unquote(files["at"] or files["rev"] or "")
        if revision and not is_revision(revision):
            return Problem(text, None, "", f"names no revision: {revision[:80]!r}", "write a branch, a tag or a commit")
        if files["path"].strip("/"):
            remote = Remote(files["repo"], revision or None, unquote(files["path"]).strip("/"))
            return Named(Kind.REMOTE, text, remote=remote)
    if text.startswith("dataset:") and _BARE.fullmatch(text.removeprefix("dataset:")):
        return Named(Kind.HUB, text.removeprefix("dataset:"))
    known = dataset(text)
    schemed = text.startswith(("dataset:", "hf:")) or "://" in text
    if known:
        name = known.removeprefix("dataset:")
        revision = name.partition("@")[2]
        if revision and not is_revision(revision):
            return Problem(text, None, "", f"names no revision: {revision[:80]!r}", "write a branch, a tag or a commit")
        return Named(Kind.HUB, name, "" if schemed else f"{text} is no path here: taken for a dataset of the Hub")
    if schemed:
        model = reference(text)
        what = "is a model, not a dataset" if model else "is no address of a dataset on the Hub"
        return Problem(text, None, "", what, f"write dataset:{model.id}" if model else _FORMS)
    if _BARE.fullmatch(text) and reference(f"{text}/name"):
        return Named(Kind.HUB, text, f"{text} is no path here: taken for the dataset {text} of the Hub")
    if glob.has_magic(text):
        return Named(Kind.ROWS, text)
    return Problem(text, None, "", "does not exist", _FORMS)


def _file(path: Path) -> Kind:
    suffix = path.suffix.lower()
    if not path.is_file():
        return Kind.ROWS
    if suffix in _CARDS:
        return Kind.CARD
    if suffix in (".json", ".jsonld") and croissant.holds(path):
        return Kind.CROISSANT
    if is_project(path):
        return Kind.PROJECT
    return Kind.LIST if suffix in _LISTS and listed.holds(path) else Kind.ROWS


def _beside(text: str, folder: Path) -> str:
    if "://" in text or text.startswith(("dataset:", "hf:")):
        return text
    there = folder / text
    if _exists(there) or glob.has_magic(text):
        return str(there)
    named = _one(text)
    return text if isinstance(named, Named) and named.kind is Kind.HUB else str(there)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
