"""The order of the stages: what `licheck check` does, from manifest to report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheck.db.store import Database
from licheck.errors import InputError, Problem, UnreadableError
from licheck.evidence import release as release_evidence
from licheck.identify.answer import describe, in_release
from licheck.identify.index import Index
from licheck.identify.text import Identifier
from licheck.model.binding import BoundUse
from licheck.model.document import Term
from licheck.model.project import Clarification, Manifest, Use
from licheck.model.release import Release
from licheck.model.report import ArtifactReport, LockState, Report
from licheck.policy import engine
from licheck.policy import manifest as manifests
from licheck.policy.case import Context
from licheck.policy.exceptions import matches
from licheck.sources import folder
from licheck.terms.bind import bind

if TYPE_CHECKING:
    from licheck.identify.clauses import Detector
    from licheck.terms.locked import Pinned


def check(path: Path, today: date) -> Report:
    """Check a project folder or manifest file.

    Raises InputError for a wrong manifest and UnreadableError for a release that cannot be read.
    """
    manifest = manifests.read(manifests.find(path))
    database = Database.open()
    _refuse(manifest, database)
    engine_ = identifier(database, clauses=False)
    release = read_release(manifest, engine_)
    clarified = _clarified(manifest)
    pinned = _pinned(Path(manifest.path))
    vocabulary = database.record("vocabulary")
    europe = frozenset(vocabulary["territories"]["EEA"])
    uses = tuple(
        bind(use, manifest, database, today, clarified.get(use.place), europe, _beside(use, manifest, engine_), pinned)
        for use in manifest.uses
    )
    context = Context(manifest, release, uses, database, vocabulary, today)
    findings, obligations = engine.judge(context)
    return Report(
        subject=manifest.project.name,
        database_version=database.version,
        database_sha256=database.sha256,
        fail_on=manifest.policy.fail_on,
        artifacts=(_project(manifest, release), *(_artifact(bound) for bound in uses)),
        findings=findings,
        obligations=obligations,
        skipped=release.skipped,
        lock=_lock_state(manifest, pinned, database),
    )


def identify(files: list[Path]) -> list[dict[str, Any]]:
    """Say what texts are, in the form of `licheck-identify/1`; raises InputError and UnreadableError."""
    database = Database.open()
    engine_ = identifier(database)
    licences = set(database.keys("licenses"))

    def terms(document: str) -> Mapping[str, Term]:
        return database.document(document).terms if document in licences else {}

    from licheck.identify.names import Names  # which a check does not need
    from licheck.identify.references import references

    tags = {entry["tag"]: entry["documents"] for entry in database.record("hub_tags")["tags"]}
    listed = database.record("fingerprints/names")["rows"]
    names = Names(database.record("names"), listed, tags, database.record("addresses"))
    topics = database.record("words")["topics"]
    answers = ((path, engine_.identify(folder.read_text(path))) for path in files)
    return [describe(str(path), answer, terms, references(answer.found, names), topics) for path, answer in answers]


def _pinned(manifest: Path) -> Pinned | None:
    """The lock beside a manifest; what reads one is loaded where there is one."""
    if not _exists(manifest.with_name("licheck.lock")):
        return None
    from licheck.lock import file as lockfile
    from licheck.terms.locked import Pinned

    lock = lockfile.read(lockfile.beside(str(manifest)))
    return Pinned(lock) if lock else None


def _lock_state(manifest: Manifest, pinned: Pinned | None, database: Database) -> LockState:
    """Whether the lock of a project fits its manifest and the database."""
    lockable = [use for use in manifest.uses if use.of.scheme in ("hf", "dataset")]
    if pinned is None:
        note = (
            f"{len(lockable)} uses of the Hub rest on the catalogue; `licheck lock` pins them and what they come from"
        )
        return LockState("absent", (note,) if lockable else ())
    notes = [f"{use.of.text} is not in it at this revision" for use in lockable if not pinned.holds(use)]
    extra = sorted(pinned.lock.uses.keys() - {use.of.text for use in lockable})
    notes += [f"{of} is in it and not in the manifest" for of in extra]
    if pinned.lock.database_sha256 != database.sha256:
        notes.append(f"it was written with another database ({pinned.lock.database})")
    notes += ["run `licheck lock`"] if notes else []
    return LockState("stale" if notes else "current", tuple(notes))


def identifier(database: Database, clauses: bool = True) -> Identifier:
    """The known texts and, if asked for, the phrases of all clauses, ready to identify texts with."""
    return Identifier(_index(database), _detector(database) if clauses else None, database.keys("licenses"))


def _index(database: Database) -> Index:
    return Index(database.fingerprints(), database.fingerprint_file)


def _detector(database: Database) -> Detector:
    from licheck.identify.clauses import Detector

    return Detector(database.record("phrases"), database.record("words")["territories"])


def read_release(manifest: Manifest, engine_: Identifier) -> Release:
    """Read the texts of the release and find the documents in them."""
    return _read(manifest.root, manifest, "project.path", engine_)


def _beside(use: Use, manifest: Manifest, engine_: Identifier) -> Release | None:
    """What lies beside the weights of a `path:` use."""
    root = Path(manifest.path).parent / use.of.name
    if use.of.scheme != "path" or not root.is_dir():
        return None
    return _read(root, manifest, f"uses[{use.place}].of", engine_)


def _read(root: Path, manifest: Manifest, key: str, engine_: Identifier) -> Release:
    found = folder.read(root, manifest.path, manifest.lines.get(key))
    own, inside = Path(manifest.path).resolve(), root.resolve()
    return release_evidence.collect(
        texts=found.texts,
        kind_of=folder.kind_of,
        identify=lambda text, edited: in_release(engine_.identify(text, edited)),
        root=root.as_posix(),
        skipped=found.skipped,
        leave_out=own.relative_to(inside).as_posix() if own.is_relative_to(inside) else "",
    )


def _refuse(manifest: Manifest, database: Database) -> None:
    """Raise InputError for what only the database and the disk can tell to be wrong in a manifest."""
    problems: list[Problem] = []
    for key, names in (("allow", manifest.policy.allow), ("deny", manifest.policy.deny)):
        for place, name in enumerate(names):
            if not database.named(name):
                at = f"policy.{key}[{place}]"
                message = f"{name!r} is no licence in the database, so the line would match nothing"
                problems.append(Problem(manifest.path, manifest.lines.get(at), at, message, _like(name, database)))
    for use in manifest.uses:
        if use.of.scheme == "path" and not _exists(Path(manifest.path).parent / use.of.name):
            at = f"uses[{use.place}].of"
            help_ = "write the path from the folder of this file"
            problems.append(Problem(manifest.path, manifest.lines.get(at), at, f"{use.of.name} does not exist", help_))
    if problems:
        raise InputError(problems)


def _like(name: str, database: Database) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), database.names(), 3, 0.6)
    return f"did you mean {' or '.join(close)}?" if close else "write an SPDX id, a Hub tag or the id of a record"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for any file
        return False


def _clarified(manifest: Manifest) -> dict[int, Clarification]:
    """Clarifications by place of the use; raises InputError for one whose file changed, is gone or too large."""
    problems: list[Problem] = []
    found: dict[int, Clarification] = {}
    for item in manifest.policy.clarify:
        at = f"policy.clarify[{item.place}]"
        proof = Path(manifest.path).parent / item.path
        uses = [use for use in manifest.uses if matches(item.of, use.of.text)]
        if not _exists(proof) or not proof.is_file() or proof.stat().st_size > folder.MAX_TOTAL_BYTES:
            missing = f"is not there as a file of at most {folder.MAX_TOTAL_BYTES:,} bytes"
            wrong = ("because.path", f"{item.path} {missing}")
            help_ = "name the file that proves the licence"
        elif _digest(proof, manifest.path) != item.sha256:
            wrong = ("because.sha256", f"{item.path} has changed since the licence was clarified")
            help_ = "read it again, then write its new sha256"
        elif not uses:
            wrong, help_ = ("of", f"no use matches {item.of}"), "correct or remove it"
        else:
            found.update({use.place: item for use in uses})
            continue
        key = f"{at}.{wrong[0]}"
        problems.append(Problem(manifest.path, manifest.lines.get(key), key, wrong[1], help_))
    if problems:
        raise InputError(problems)
    return found


def _digest(path: Path, manifest: str) -> str:
    from hashlib import sha256

    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UnreadableError(
            Problem(manifest, None, "", f"cannot read {path}: {error.strerror}", "allow reading")
        ) from error


def _project(manifest: Manifest, release: Release) -> ArtifactReport:
    project = manifest.project
    found = dict.fromkeys(part.document for file in release.files for part in file.parts)
    upstream = tuple((use.of.text, how) for use in manifest.uses for how in use.how)
    return ArtifactReport(
        id=project.name,
        kind=project.kind,
        route=None,
        declared=", ".join(project.license) or None,
        found=tuple(found),
        why="as the manifest declares",
        upstream=upstream,
    )


def _artifact(bound: BoundUse) -> ArtifactReport:
    use = bound.use
    layers = [layer for layer in bound.layers if layer.candidates and layer.binds == "user"]
    names = [" / ".join(document.id for document in layer.candidates) for layer in layers]
    reasons = dict.fromkeys(
        [*(layer.why for layer in layers), *bound.notes, *([bound.unknown] if bound.unknown else [])]
    )
    return ArtifactReport(
        id=use.of.text,
        kind=_kind(use),
        route=use.of.route,
        revision=use.revision,
        declared=use.license,
        concluded=" AND ".join(dict.fromkeys(names)) or None,
        why="; ".join(reason.rstrip(".") for reason in reasons),
        upstream=tuple((g.of, "generated-by") for g in bound.entry.generators) if bound.entry else (),
    )


def _kind(use: Use) -> str:
    if use.of.scheme == "dataset":
        return "dataset"
    return "model" if use.of.route in ("weights", "host") else "service"
