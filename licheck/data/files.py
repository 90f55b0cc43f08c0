"""Finds the files that paths, patterns and folders name, and tells their kind."""

from __future__ import annotations

import glob
import gzip
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from licheck.errors import InputError, Problem, UnreadableError

KINDS = {
    ".parquet": "Parquet",
    ".jsonl": "JSON Lines",
    ".ndjson": "JSON Lines",
    ".json": "JSON",
    ".csv": "CSV",
    ".tsv": "TSV",
}
PACKED = {".gz": "gzip", ".zst": "zstd"}
KNOWN = f"known are {', '.join(KINDS)}, and all but Parquet with .gz or .zst after it"
DAMAGED = (OSError, EOFError, zlib.error)  # what reading a packed file can raise
# What libraries put beside data: found in a folder, they are not data.
NOT_DATA = {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"}


def find(paths: Sequence[str]) -> list[str]:
    """All files that paths, globs and folders name, absolute, each once, in order of their names within each."""
    found: dict[str, None] = {}
    for path in paths:
        below: list[str] = [path]
        if Path(path).is_dir():
            below = sorted(_below(path))
        elif not os.path.lexists(path):
            matches = glob.glob(path, recursive=True)  # noqa: PTH207 - the pattern may be absolute
            below = sorted(file for file in matches if Path(file).is_file())
            if not below:
                what = "no file matches" if glob.has_magic(path) else "does not exist"
                raise InputError(Problem(path, None, "", what, "name a file, a folder or a pattern"))
        if not below:
            raise InputError(Problem(path, None, "", "no data file below", KNOWN))
        found.update(dict.fromkeys(str(Path(file).absolute()) for file in below))
    for file in found:
        if not os.access(file, os.R_OK):
            raise UnreadableError(Problem(file, None, "", "cannot be read", "allow reading"))
    if not found:
        raise InputError(Problem("data", None, "", "no files", "name a file, a folder or a pattern"))
    return list(found)


def _below(folder: str) -> Iterator[str]:
    """Data files below a folder; hidden ones are none, and links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and name not in NOT_DATA and suffix(name) in KINDS:
                yield str(Path(root, name))


def suffix(name: str) -> str:
    """The suffix that tells the kind: the one before .gz or .zst."""
    path = Path(name.lower())
    packed = path.suffix in PACKED
    suffix = Path(path.stem).suffix if packed else path.suffix
    return "" if packed and suffix == ".parquet" else suffix


def one_kind(files: Sequence[str]) -> str:
    """What kind all files are; refuses unknown and mixed ones."""
    kinds: dict[str, str] = {}
    for file in files:
        kind = KINDS.get(suffix(file))
        if kind is None:
            raise InputError(Problem(file, None, "", "unknown kind of file", KNOWN))
        kinds.setdefault("JSON Lines" if kind == "JSON" and _has_lines(file) else kind, file)
    if len(kinds) > 1:
        (kind, file), (other, second), *_ = kinds.items()
        what = f"is {other}, but {file} is {kind}"
        raise InputError(Problem(second, None, "", what, "check files of one kind at a time"))
    return next(iter(kinds))


def _has_lines(file: str) -> bool:
    """Whether a .json file holds one object on each line and no array."""
    if file.endswith(".zst"):
        return False
    try:
        with opened(file) as source:
            return not source.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except DAMAGED as error:
        raise damaged(file, error) from error


def delimiter(kind: str) -> str:
    """What stands between the fields of a text file."""
    return "\t" if kind == "TSV" else ","


def damaged(file: str, error: Exception) -> UnreadableError:
    """What to raise for a file that cannot be read to its end."""
    return UnreadableError(Problem(file, None, "", f"cannot be read: {error}", "get it again"))


def opened(file: str, mode: str = "rb") -> IO[bytes]:
    """Open a file of bytes, unpacked if it is packed with gzip."""
    if file.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(file, mode))
    return cast("IO[bytes]", Path(file).open(mode))


def escaped(path: str) -> str:
    """Keep DuckDB from taking a name for a pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
