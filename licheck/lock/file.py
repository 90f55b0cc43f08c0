"""Reads and writes licheck.lock: JSON with sorted keys, one fact a line, so that a diff shows what changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from licheck.errors import InputError, Problem, UnreadableError
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import ReadState, Unread
from licheck.model.lock import Lock, Pin, PinnedLayer

NAME = "licheck.lock"
VERSION = "licheck-lock/1"
MAX_BYTES = 64_000_000
_AGAIN = "run `licheck lock` to write it anew, after moving the old one away"


def beside(manifest: str) -> Path:
    """Where the lock of a manifest lies."""
    return Path(manifest).with_name(NAME)


def read(path: Path) -> Lock | None:
    """Read a lock; None where there is none. Raises InputError for a damaged one, UnreadableError for an unreadable."""
    name = str(path)
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > MAX_BYTES:
            raise InputError(Problem(name, None, "", f"larger than {MAX_BYTES:,} bytes", _AGAIN))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem(name, None, "", "not UTF-8", _AGAIN)) from error
    except OSError as error:
        raise UnreadableError(Problem(name, None, "", f"cannot be read: {error.strerror}", "allow reading")) from error
    line = next(
        (n for n, t in enumerate(text.splitlines(), 1) if t.startswith(("<<<<<<<", "=======", ">>>>>>>"))), None
    )
    if line:
        raise InputError(Problem(name, line, "", "a merge of two branches is not finished here", _AGAIN))
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(Problem(name, error.lineno, "", f"not JSON: {error.msg}", _AGAIN)) from error
    except RecursionError as error:
        raise InputError(Problem(name, None, "", "nested too deeply", _AGAIN)) from error
    if not isinstance(data, dict) or data.get("lock") != VERSION:
        found = data.get("lock") if isinstance(data, dict) else None
        raise InputError(Problem(name, 1, "lock", f"is {found!r}, and this licheck reads {VERSION!r}", _AGAIN))
    return _lock(name, data)


def write(lock: Lock) -> bool:
    """Write a lock, whole or not at all; returns whether anything changed. Raises InputError where it cannot be."""
    import tempfile  # which reading does without

    path, text = Path(lock.path), render(lock)
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return False
        handle, temporary = tempfile.mkstemp(dir=path.parent or ".", prefix=f".{NAME}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            mode = path.stat().st_mode if path.exists() else 0o644
            Path(temporary).chmod(mode & 0o777)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(
            Problem(lock.path, None, "", f"cannot be written: {error.strerror}", "allow writing")
        ) from error
    return True


def render(lock: Lock) -> str:
    """The text of a lock."""
    data = {
        "lock": VERSION,
        "database": {"version": lock.database, "sha256": lock.database_sha256},
        "uses": dict(sorted(lock.uses.items())),
        "upstreams": {name: _pin_data(pin) for name, pin in sorted(lock.pins.items())},
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _pin_data(pin: Pin) -> dict[str, Any]:
    return {
        "kind": pin.kind,
        "revision": pin.revision,
        "state": pin.state,
        "declared": list(pin.declared),
        "gated": pin.gated,
        "texts": dict(sorted(pin.texts.items())),
        "parents": [{"id": of, "relation": how, "grade": grade.value} for of, how, grade in pin.parents],
        "concluded": [
            {
                "documents": list(layer.documents),
                "grade": layer.grade.value,
                "why": layer.why,
                "evidence": {key: value for key, value in layer.evidence._asdict().items() if value is not None},
            }
            for layer in pin.layers
        ],
        "found": list(pin.found),
        "settled": pin.settled,
        "unknown": pin.unknown,
        "differs": pin.differs,
        "unread": [{"what": u.what, "state": u.state.value, "why": u.why} for u in pin.unread],
        "read": pin.read,
        "from": pin.url,
    }


def _lock(name: str, data: Mapping[str, Any]) -> Lock:
    at = ""
    try:
        at = "database"
        version, digest = data["database"]["version"], data["database"]["sha256"]
        at = "uses"
        uses = {str(of): str(pin) for of, pin in data["uses"].items()}
        pins = {}
        for of, pin in data["upstreams"].items():
            at = f"upstreams.{of}"
            pins[of] = _pin(pin)
        at = "uses"
        missing = next((pin for pin in uses.values() if pin not in pins), None)
        if missing:
            raise InputError(Problem(name, None, "uses", f"{missing} is not among the upstreams", _AGAIN))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise InputError(Problem(name, None, at, f"is not as licheck writes it ({what})", _AGAIN)) from error
    return Lock(name, str(version), str(digest), uses, pins)


def _pin(data: Mapping[str, Any]) -> Pin:
    return Pin(
        kind=data["kind"],
        revision=data["revision"],
        state=ReadState(data["state"]).value,
        declared=tuple(map(str, data["declared"])),
        gated=bool(data["gated"]),
        texts={str(path): str(digest) for path, digest in data["texts"].items()},
        parents=tuple((str(p["id"]), str(p["relation"]), Grade(p["grade"])) for p in data["parents"]),
        layers=tuple(
            PinnedLayer(
                tuple(layer["documents"]), Grade(layer["grade"]), str(layer["why"]), Evidence(**layer["evidence"])
            )
            for layer in data["concluded"]
        ),
        found=tuple(map(str, data["found"])),
        settled=str(data["settled"]),
        unknown=str(data["unknown"]),
        differs=str(data["differs"]),
        unread=tuple(Unread(u["what"], ReadState(u["state"]), u["why"]) for u in data["unread"]),
        read=str(data["read"]),
        url=str(data["from"]),
    )
