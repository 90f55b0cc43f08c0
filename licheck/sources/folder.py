"""Reads the texts of a release folder, within bounds and inside the folder only."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from licheck.errors import InputError, Problem, UnreadableError

MAX_DEPTH = 3
MAX_ENTRIES = 20_000
MAX_FILES = 400
MAX_FILE_BYTES = 1_000_000
MAX_TOTAL_BYTES = 16_000_000
# Folders that hold other people's texts or none: their LICENSE must not stand for the release's own.
FOREIGN = {"node_modules", "site-packages", "__pycache__", "venv", "env", "vendor", "third_party", "build", "dist"}
SUFFIXES = {"", ".txt", ".md", ".markdown", ".rst", ".html", ".htm", ".mdx", ".adoc"}
NO_TEXT = {
    *(
        ".pdf",
        ".doc",
        ".docx",
        ".odt",
        ".rtf",
        ".png",
        ".jpg",
        ".jpeg",
        ".svg",
        ".zip",
        ".gz",
        ".json",
        ".yaml",
        ".yml",
    ),
    *(".py", ".sh", ".bin", ".safetensors", ".gguf", ".pt", ".onnx", ".csv", ".parquet", ".jsonl"),
}


class Folder(NamedTuple):
    """Texts by path relative to the folder, and what was passed over with the reason."""

    texts: dict[str, str]
    skipped: tuple[str, ...]


def read(root: Path, manifest: str = "", line: int | None = None) -> Folder:
    """Read the text files of a release.

    Raises InputError if `root` is no folder and UnreadableError if it or a text in it cannot be read; `manifest` and
    `line` say where the folder was named. Files over the limits are named in `skipped`.
    """
    key = "project.path" if manifest else ""
    texts: dict[str, str] = {}
    skipped: list[str] = []
    over: list[str] = []
    total = 0
    path = root
    try:
        if not root.is_dir():
            what = "is a file, not a folder" if root.exists() else "does not exist"
            help_ = "name the folder with README and LICENSE"
            raise InputError(Problem(manifest or str(root), line, key, f"{root} {what}", help_))
        inside = root.resolve()
        for path in _walk(root, skipped):
            name = path.relative_to(root).as_posix()
            if path.is_symlink() and (wrong := _astray(path, inside)):
                skipped.append(f"{name}: {wrong}")
                continue
            if not path.is_file():
                continue
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                skipped.append(f"{name}: {size:,} bytes, more than {MAX_FILE_BYTES:,}")
                continue
            if len(texts) >= MAX_FILES or total + size > MAX_TOTAL_BYTES:
                over.append(name)
                continue
            total += size
            text = decode(path.read_bytes())
            if text is None:
                skipped.append(f"{name}: not text in UTF-8 or UTF-16")
            else:
                texts[name] = text
    except OSError as error:
        long = error.errno == errno.ENAMETOOLONG
        text = f"cannot read {error.filename or path}: {error.strerror}"
        problem = Problem(manifest or str(root), line, key, text, "shorten it" if long else "allow reading")
        raise (InputError if long else UnreadableError)(problem) from error
    if over:
        names = over[0] if len(over) == 1 else f"{over[0]} and {len(over) - 1:,} more"
        skipped.append(f"{names}: over the limit of {MAX_FILES} files or {MAX_TOTAL_BYTES:,} bytes")
    return Folder(texts, tuple(skipped))


def read_text(path: Path) -> str:
    """Read one text file; raises InputError for a wrong path and UnreadableError for what cannot be read as text."""
    name = str(path)
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise InputError(Problem(name, None, "", what, "name a text file"))
        size = path.stat().st_size
        if size > MAX_TOTAL_BYTES:
            what = f"has {size:,} bytes, more than {MAX_TOTAL_BYTES:,}"
            raise UnreadableError(Problem(name, None, "", what, "cut out the part that is a licence"))
        text = decode(path.read_bytes())
    except OSError as error:
        raise UnreadableError(Problem(name, None, "", f"cannot be read: {error.strerror}", "allow reading")) from error
    if text is None:
        raise UnreadableError(Problem(name, None, "", "is not text in UTF-8 or UTF-16", "save it as UTF-8"))
    return text


def decode(data: bytes) -> str | None:
    """Decode UTF-8 (with or without BOM) or UTF-16 with BOM; None for anything else, and for binary data."""
    if b"\0" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    return None


def _astray(link: Path, inside: Path) -> str:
    """What is wrong with a link; nothing if it stays inside."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link to nothing"
    return "" if target.is_relative_to(inside) else "a link out of the folder"


def _walk(root: Path, skipped: list[str]) -> Iterator[Path]:
    """Yield candidate files, nearest first; links to folders are not followed.

    In a folder cards, notices and licences come first, so that the limits spare them.
    """
    seen = 0
    level = [root]
    for depth in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for folder in level:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda e: (kind_of(e.name) == "other", e.name)):
                    seen += 1
                    if seen > MAX_ENTRIES:
                        skipped.append(f"{folder.relative_to(root).as_posix()}: more than {MAX_ENTRIES:,} entries")
                        return
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith(".") and entry.name.lower() not in FOREIGN and depth < MAX_DEPTH:
                            below.append(Path(entry.path))
                    elif Path(entry.name).suffix.lower() in SUFFIXES or kind_of(entry.name) != "other":
                        yield Path(entry.path)
        level = below


def is_text_name(name: str) -> bool:
    """Whether a licence of that name can be text; `LICENSE-2.0` and `LICENSE.` are as good as LICENSE.txt.

    >>> [is_text_name(n) for n in ("LICENSE", "LICENSE-llama3.1", "License.pdf", "license.json")]
    [True, True, False, False]
    """
    return Path(name).suffix.lower() not in NO_TEXT


def kind_of(name: str) -> str:
    """What a file is by its name: card, notice, licence, policy or other.

    >>> [kind_of(n) for n in ("README.md", "NOTICE", "LICENSE-Llama.txt", "USE_POLICY.md", "guide.md")]
    ['card', 'notice', 'licence', 'policy', 'other']
    """
    stem = Path(name).name.lower()
    if stem.startswith("readme"):
        return "card"
    if stem.startswith("notice"):
        return "notice"
    if "policy" in stem:
        return "policy"
    if any(word in stem for word in ("license", "licence", "copying", "terms", "agreement")):
        return "licence"
    return "other"
