"""The order of the stages: what `licheck check` does, from manifest to report."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from licheck.db.store import Database
from licheck.errors import InputError, Problem, UnreadableError
from licheck.evidence import release as release_evidence
from licheck.identify import nearest
from licheck.identify import text as texts
from licheck.identify.exact import from_records
from licheck.model.binding import BoundUse
from licheck.model.document import Term
from licheck.model.evidence import Evidence
from licheck.model.project import Clarification, Manifest, Use
from licheck.model.release import Release
from licheck.model.report import ArtifactReport, Report
from licheck.policy import engine
from licheck.policy import manifest as manifests
from licheck.policy.case import Context
from licheck.policy.exceptions import matches
from licheck.policy.quote import places
from licheck.sources import folder
from licheck.terms.bind import bind


def check(path: Path, today: date) -> Report:
    """Check a project folder or manifest file.

    Raises InputError for a wrong manifest and UnreadableError for a release that cannot be read.
    """
    manifest = manifests.read(manifests.find(path))
    database = Database.open()
    _refuse(manifest, database)
    release = read_release(manifest, database)
    clarified = _clarified(manifest)
    vocabulary = database.record("vocabulary")
    europe = frozenset(vocabulary["territories"]["EEA"])
    uses = tuple(bind(use, manifest, database, today, clarified.get(use.place), europe) for use in manifest.uses)
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
    )


def identify(files: list[Path]) -> list[dict[str, Any]]:
    """Say what texts are, in the form of `licheck-identify/1`; raises InputError and UnreadableError."""
    database = Database.open()
    rows = database.fingerprints()
    index, known = from_records(rows), nearest.read(database.runs(), rows)
    results = []
    for path in files:
        text = folder.read_text(path)
        answer = texts.identify(text, index, known)
        document = answer.license if answer.license in database.keys("licenses") else answer.nearest
        record = database.document(document) if document else None
        results.append(
            {
                "path": str(path),
                "status": answer.status,
                "license": answer.license,
                "nearest": answer.nearest,
                "edits": [
                    {"kind": edit.kind, "line": edit.line, "end_line": edit.end_line, "clause": clause}
                    for edit in answer.edits
                    for clause in edit.clauses or (None,)
                ],
                "parts": [{"license": p.document, "line": p.line, "end_line": p.end_line} for p in answer.parts],
                "clauses": [_clause(found, term) for found, term in places(text, record)] if record else [],
            }
        )
    return results


def _clause(found: Evidence, term: Term) -> dict[str, Any]:
    return {
        "clause": term.clause,
        "line": found.line,
        "end_line": found.end_line,
        "quote": found.quote,
        "params": dict(term.params),
        "from": "record",
        "grade": "B",
    }


def read_release(manifest: Manifest, database: Database) -> Release:
    """Read the texts of the release and find the documents in them."""
    rows = database.fingerprints()
    index = from_records(rows)

    def near(text: str) -> str:
        answer = texts.identify(text, index, nearest.read(database.runs(), rows))
        lines = ", ".join(str(edit.line) for edit in answer.edits[:4])
        return f"{answer.nearest} with changes on lines {lines}" if answer.nearest else ""

    found = folder.read(manifest.root, manifest.path, manifest.lines.get("project.path"))
    own = Path(manifest.path).resolve()
    root = manifest.root.resolve()
    name = own.relative_to(root).as_posix() if own.is_relative_to(root) else ""
    return release_evidence.collect(
        texts=found.texts,
        kind_of=folder.kind_of,
        identify=lambda text: index.identify(text).parts,
        near=near,
        root=manifest.root.as_posix(),
        skipped=found.skipped,
        leave_out=name,
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
