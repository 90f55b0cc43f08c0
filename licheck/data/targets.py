"""Where the rows of an audit are written to: which files may be, and how all of them appear or none."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from licheck.data import files
from licheck.errors import InputError, Problem


def refuse(targets: Sequence[Path], inputs: Iterable[str]) -> None:
    """Raise InputError for a target that is read, is a folder, is in none, or is named twice."""
    read = {os.path.realpath(file) for file in inputs}
    for target in targets:
        if os.path.realpath(target) in read:
            raise InputError(Problem(str(target), None, "", "is one of the files read", "write to another file"))
        if target.is_dir() or not target.parent.is_dir():
            what = "is a folder" if target.is_dir() else f"there is no folder {target.parent}"
            raise InputError(Problem(str(target), None, "", what, "name a file"))
    if len({os.path.realpath(target) for target in targets}) < len(targets):
        raise InputError(Problem(str(targets[0]), None, "", "is named for both clean and flagged rows"))


def kind(target: Path) -> str:
    """The kind of file that rows are written as; raises InputError for a name that tells none."""
    found = files.KINDS.get(files.suffix(target.name), "")
    if found not in ("Parquet", "JSON Lines"):
        raise InputError(Problem(str(target), None, "", "rows are written as .parquet or .jsonl", "name the file so"))
    return found


def added(columns: Iterable[str]) -> str:
    """The name of the column for the verdict, which gives way to the columns of the data."""
    taken = {name.lower() for name in columns}
    numbered = (f"licheck_verdict_{n}" for n in range(2, 1_000_000))
    return next(name for name in chain(("licheck", "licheck_verdict"), numbered) if name not in taken)


@contextmanager
def together(targets: Sequence[Path]) -> Iterator[dict[Path, Path]]:
    """Give a temporary file to write beside each target; all take their places at the end, or none does."""
    temps = {t: t.parent / f".{t.name}.{secrets.token_hex(4)}.tmp" for t in targets}
    try:
        yield temps
        for target, temp in temps.items():
            temp.replace(target)
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        place = error.filename2 or error.filename or next(iter(targets), "rows")
        raise InputError(Problem(str(place), None, "", what)) from error
    finally:
        for temp in temps.values():
            with suppress(OSError):
                temp.unlink(missing_ok=True)
