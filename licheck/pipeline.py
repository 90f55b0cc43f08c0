"""The order of the stages: what `licheck check` does, from manifest to report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from licheck.db.store import Database
from licheck.errors import InputError, Problem
from licheck.evidence import release as release_evidence
from licheck.identify.exact import ExactIndex, from_records
from licheck.model.binding import BoundUse
from licheck.model.project import Clarification, Manifest, Use
from licheck.model.release import Release
from licheck.model.report import ArtifactReport, Report
from licheck.policy import engine
from licheck.policy import manifest as manifests
from licheck.policy.case import Context
from licheck.policy.exceptions import matches
from licheck.sources import folder
from licheck.terms.bind import bind


def check(path: Path, today: date) -> Report:
    """Check a project folder or manifest file.

    Raises InputError for a wrong manifest and UnreadableError for a release that cannot be read.
    """
    manifest = manifests.read(manifests.find(path))
    database = Database.open()
    release = read_release(manifest, from_records(database.fingerprints()))
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


def read_release(manifest: Manifest, index: ExactIndex) -> Release:
    """Read the texts of the release and find the documents in them."""
    texts = folder.read(manifest.root, manifest.path, manifest.lines.get("project.path"))
    own = Path(manifest.path).resolve()
    root = manifest.root.resolve()
    name = own.relative_to(root).as_posix() if own.is_relative_to(root) else ""
    return release_evidence.collect(
        texts.texts,
        folder.kind_of,
        lambda text: index.identify(text).parts,
        manifest.root.as_posix(),
        texts.skipped,
        name,
    )


def _clarified(manifest: Manifest) -> dict[int, Clarification]:
    """Clarifications by index of the use; raises InputError for one whose file changed or is gone."""
    problems: list[Problem] = []
    found: dict[int, Clarification] = {}
    for item in manifest.policy.clarify:
        key = f"policy.clarify[{item.place}].because"
        line = manifest.lines.get(key)
        proof = Path(manifest.path).parent / item.path
        from hashlib import sha256

        uses = [use for use in manifest.uses if matches(item.of, use.of.text)]
        if not proof.is_file():
            problems.append(
                Problem(
                    manifest.path,
                    line,
                    f"{key}.path",
                    f"{item.path} is not there",
                    "name the file that proves the licence",
                )
            )
        elif sha256(proof.read_bytes()).hexdigest() != item.sha256:
            text = f"{item.path} has changed since the licence was clarified"
            problems.append(
                Problem(manifest.path, line, f"{key}.sha256", text, "read it again, then write its new sha256")
            )
        elif not uses:
            problems.append(
                Problem(
                    manifest.path,
                    line,
                    f"policy.clarify[{item.place}].of",
                    f"no use matches {item.of}",
                    "correct or remove it",
                )
            )
        found.update({use.place: item for use in uses})
    if problems:
        raise InputError(problems)
    return found


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
