"""Reads the metadata at the head of a weight file, GGUF or safetensors, and never its tensors.

Every length is checked against the size of the file and a limit before anything is read, so that a hostile file costs
no more than its limits. Layouts: ggml `docs/gguf.md` (d99724f, versions 1 to 3) and the README of safetensors.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, BinaryIO

from licheck.errors import InputError, Problem, UnreadableError
from licheck.sources import gguf, safetensors
from licheck.sources.header import BadHeaderError, CutOffError

READERS = {".gguf": gguf.read, ".safetensors": safetensors.read}


def read_header(path: Path) -> dict[str, Any]:
    """The metadata of a weight file by key: texts, numbers, booleans, and lists of them.

    Texts longer than 1 MB and lists longer than 10,000 items are left out (`header.py` holds the limits). Only the
    named file is read, also where it is one of several shards. Raises InputError for a path that is no such file, and
    UnreadableError if it cannot be read, is cut off (with the byte), is not of its format, or is over a limit.
    """
    name = str(path)
    reader = READERS.get(path.suffix.lower())
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "is no plain file" if path.exists() else "does not exist"
            raise InputError(Problem(name, None, "", what, "name a .gguf or .safetensors file"))
        if not reader:
            what = f"has the ending '{path.suffix}', which is not one of {', '.join(READERS)}"
            raise InputError(Problem(name, None, "", what, "name a .gguf or .safetensors file"))
        with path.open("rb") as file:
            return reader(file, _size(file))
    except CutOffError as error:
        raise UnreadableError(Problem(name, None, "", str(error), "download the file again")) from error
    except BadHeaderError as error:
        raise UnreadableError(Problem(name, None, "", str(error), error.help)) from error
    except OSError as error:
        long = error.errno == errno.ENAMETOOLONG
        problem = Problem(
            name, None, "", f"cannot be read: {error.strerror}", "shorten it" if long else "allow reading"
        )
        raise (InputError if long else UnreadableError)(problem) from error


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
