"""What changed upstream since a lock was written."""

from __future__ import annotations

from typing import NamedTuple

from licheck.model.lock import Lock, Pin


class Change(NamedTuple):
    """One difference: of which upstream, in what, from and to; `matters` is false for a new commit alone."""

    upstream: str
    what: str
    old: str
    new: str
    matters: bool = True


def changes(old: Lock, new: Lock) -> list[Change]:
    """Compare two locks, upstream by upstream in order."""
    found: list[Change] = []
    for name in sorted({*old.pins, *new.pins}):
        before, after = old.pins.get(name), new.pins.get(name)
        if before is None or after is None:
            gone = after is None
            found.append(
                Change(name, "upstream", "in the lock" if gone else "not in the lock", "gone" if gone else "new")
            )
        else:
            found += _between(name, before, after)
    found += [
        Change(of, "upstream", pin, new.uses.get(of, "gone"))
        for of, pin in sorted(old.uses.items())
        if new.uses.get(of, pin) != pin
    ]
    return found


def _between(name: str, old: Pin, new: Pin) -> list[Change]:
    pairs = [
        ("state", old.state, new.state),
        ("tag", ", ".join(old.declared), ", ".join(new.declared)),
        ("gating", _gated(old), _gated(new)),
        ("made from", _parents(old), _parents(new)),
        ("concluded licence", _concluded(old), _concluded(new)),
    ]
    found = [Change(name, what, before or "none", after or "none") for what, before, after in pairs if before != after]
    for path in sorted({*old.texts, *new.texts}):
        before, after = old.texts.get(path, ""), new.texts.get(path, "")
        if before != after:
            found.append(Change(name, path, f"sha256 {before[:12]}" if before else "none", _became(after)))
    if old.revision != new.revision and not found:
        found.append(Change(name, "commit", (old.revision or "none")[:12], (new.revision or "none")[:12], False))
    return found


def _became(digest: str) -> str:
    return f"sha256 {digest[:12]}" if digest else "none"


def _gated(pin: Pin) -> str:
    return "gated" if pin.gated else "open"


def _parents(pin: Pin) -> str:
    return ", ".join(sorted(f"{of} ({relation})" for of, relation, _ in pin.parents))


def _concluded(pin: Pin) -> str:
    return " AND ".join(" / ".join(layer.documents) for layer in pin.layers)
