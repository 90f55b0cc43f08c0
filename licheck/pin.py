"""The order of the stages of `licheck lock`: manifest → lineage → pins; and what changed upstream since."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from licheck.db.store import Database
from licheck.errors import InputError, Problem, UnreadableError
from licheck.lock import file as lockfile
from licheck.lock.changes import Change, changes
from licheck.lock.make import merged, pins
from licheck.model.lineage import Lineage, ReadState
from licheck.model.lock import Lock
from licheck.model.project import Manifest, Use
from licheck.policy import manifest as manifests
from licheck.upstream import Reading, conclusions, identify_with, trace

# What may be otherwise in a minute is not written down.
_FINAL = (ReadState.READ, ReadState.GATED, ReadState.MISSING, ReadState.DISABLED)


class Locked(NamedTuple):
    """What `lock` did: the lock, and what changed in it."""

    lock: Lock
    changes: tuple[Change, ...]
    written: bool


def lock(path: Path, today: date, reading: Reading, upgrade: tuple[str, ...] = ()) -> Locked:
    """Pin the uses of a manifest that are not pinned, and those that `upgrade` names, and write licheck.lock.

    Raises InputError for a wrong manifest or a name that matches nothing, UnreadableError if anything could not be
    read; nothing is written then.
    """
    manifest = manifests.read(manifests.find(path))
    old = lockfile.read(lockfile.beside(manifest.path))
    uses = _lockable(manifest)
    _refuse(upgrade, uses, old)
    todo = [use for use in uses if _wanted(use, old, upgrade)]
    database = Database.open()
    if old and old.database_sha256 != database.sha256:
        todo = uses  # what was concluded with other records may not hold any more
    new = merged(old, _fresh(manifest, uses, todo, old, database, today, reading))
    found = tuple(changes(old, new)) if old else ()
    return Locked(new, found, lockfile.write(new))


def compare(path: Path, today: date, reading: Reading) -> Locked:
    """Say what changed upstream since the lock was written; raises InputError where there is none."""
    manifest = manifests.read(manifests.find(path))
    place = lockfile.beside(manifest.path)
    old = lockfile.read(place)
    if old is None:
        raise InputError(Problem(str(place), None, "", "does not exist", "run `licheck lock` once"))
    uses = _lockable(manifest)
    new = _fresh(manifest, uses, uses, None, Database.open(), today, reading)
    return Locked(new, tuple(changes(old, merged(None, new))), False)


def _lockable(manifest: Manifest) -> list[Use]:
    return [use for use in manifest.uses if use.of.scheme in ("hf", "dataset")]


def _refuse(upgrade: tuple[str, ...], uses: list[Use], old: Lock | None) -> None:
    known = {*(use.of.text for use in uses), *(old.pins if old else ())}
    wrong = [name for name in upgrade if not any(_fits(name, of) for of in known)]
    if wrong:
        help_ = f"name one of {', '.join(sorted(known)[:8])}" if known else "the manifest uses nothing of the Hub"
        raise InputError([Problem("--upgrade", None, "", f"{name} is not in the lock", help_) for name in wrong])


def _fits(pattern: str, of: str) -> bool:
    bare = of.partition(":")[2]
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in (of, of.partition("@")[0], bare))


def _wanted(use: Use, old: Lock | None, upgrade: tuple[str, ...]) -> bool:
    """Whether a use has to be read: it is not pinned, not at its revision, or it or something above it is upgraded."""
    if old is None or use.of.text not in old.uses:
        return True
    name = old.uses[use.of.text]
    pin = old.pins[name]
    if use.revision and not pin.is_at(use.revision, name):
        return True
    above, todo = {name}, [name]
    for one in todo:
        fresh = [of for of, *_ in old.pins[one].parents if of in old.pins and of not in above]
        above.update(fresh)
        todo += fresh
    return any(_fits(pattern, of) for pattern in upgrade for of in above)


def _fresh(
    manifest: Manifest,
    uses: list[Use],
    todo: list[Use],
    old: Lock | None,
    database: Database,
    today: date,
    reading: Reading,
) -> Lock:
    """Read the uses in `todo` anew; the others lead where they led."""
    names = {use.of.text: _named(use) for use in todo}
    lineage = trace(tuple(names.values()), (), database, identify_with(database), reading)
    _whole(lineage, manifest.path)
    leads = {of: lineage.of(name).id for of, name in names.items()}
    if old:
        leads |= {use.of.text: old.uses[use.of.text] for use in uses if use.of.text not in leads}
    place = str(lockfile.beside(manifest.path))
    found = pins(lineage, conclusions(database, today).of, today) if lineage.nodes else {}
    return Lock(place, database.version, database.sha256, leads, found)


def _named(use: Use) -> str:
    """The reference to read: the revision of the use, wherever it was written."""
    bare = use.of.text.partition("@")[0]
    return f"{bare}@{use.revision}" if use.revision else bare


def _whole(lineage: Lineage, manifest: str) -> None:
    """Raise UnreadableError if anything of the lineage may be otherwise when it is read again."""
    wrong = [(node.id, node.state, node.why) for node in lineage.nodes.values() if node.state not in _FINAL]
    wrong += [
        (f"{node.id}: {unread.what}", unread.state, unread.why)
        for node in lineage.nodes.values()
        for unread in node.unread
        if unread.state not in (*_FINAL, ReadState.REFUSED)
    ]
    if wrong:
        raise UnreadableError(
            Problem(what, None, "", f"was not read ({state.value}): {why}", f"run it again; {manifest} stays unlocked")
            for what, state, why in wrong[:20]
        )
