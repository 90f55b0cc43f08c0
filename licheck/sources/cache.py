"""Answers of the Hub on disk, by revision, so that what was read once can be read again without a network.

Each entry is one file: a line of JSON that says what it is, then the bytes. A damaged entry counts as none.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

LONGEST_NAME = 180  # characters; common file systems allow 255 bytes, and a temporary name has to fit as well


class Entry(NamedTuple):
    """What was kept: how the request ended, why, the revision it was for, and the bytes."""

    state: str
    why: str
    revision: str | None
    data: bytes


def folder() -> Path:
    """Where the cache lies: `LICHECK_CACHE`, else the user's cache folder."""
    named = os.environ.get("LICHECK_CACHE")
    if named:
        return Path(named)
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "licheck"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "licheck" / "cache"
    with suppress(RuntimeError):  # there is no home folder
        return Path.home() / ".cache" / "licheck"
    return Path(tempfile.gettempdir()) / "licheck"


class Cache:
    """Entries below one folder; failing to write is no reason to stop."""

    def __init__(self, root: Path, endpoint: str) -> None:
        self._root = str(root / "hub" / _name(endpoint.partition("://")[2]))

    def get(self, *key: str, since: float = 0.0) -> Entry | None:
        """Return the entry of that key, if there is one that is whole and was kept after `since`."""
        try:
            path = self._path(key)
            if since and path.stat().st_mtime < since:
                return None
            data = path.read_bytes()
            head, _, body = data.partition(b"\n")
            about: Mapping[str, Any] = json.loads(head)
            if about["key"] != list(key) or about["sha256"] != sha256(body).hexdigest():
                return None
            return Entry(about["state"], about["why"], about["revision"], body)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, entry: Entry, *key: str) -> None:
        """Keep an entry, whole or not at all."""
        path = self._path(key)
        about = {
            "key": key,
            "state": entry.state,
            "why": entry.why,
            "revision": entry.revision,
            "sha256": sha256(entry.data).hexdigest(),
        }
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(about).encode() + b"\n" + entry.data)
                Path(temporary).replace(path)
            except OSError:
                Path(temporary).unlink(missing_ok=True)
                raise

    def began(self, *key: str) -> float | None:
        """When the entry of that key was kept, in seconds since 1970."""
        try:
            return self._path(key).stat().st_mtime
        except OSError:
            return None

    def drop(self, *key: str) -> None:
        """Forget an entry."""
        with suppress(OSError):
            self._path(key).unlink()

    def _path(self, key: tuple[str, ...]) -> Path:
        return Path("/".join((self._root, *map(_name, key))))


def _name(part: str) -> str:
    """A name that every file system takes and that leads nowhere else."""
    name = quote(part, safe=" @+=,", errors="replace").replace("%2F", "--").lstrip(".") or "_"
    # On file systems that do not tell cases apart two repos would share a file; the key inside tells them apart.
    digest = sha256(part.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{name[:LONGEST_NAME]}-{digest}" if len(name) > LONGEST_NAME or name != part else name
