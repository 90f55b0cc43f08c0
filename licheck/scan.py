"""The order of the stages of `licheck scan`: targets → lineage → what binds → findings and answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from licheck.db.store import Database
from licheck.lineage import local
from licheck.lineage.targets import Target
from licheck.model.binding import BoundUse
from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.lineage import Inherited, Lineage, Node
from licheck.model.project import Manifest, Policy, Project
from licheck.model.scan import Scan, Scanned
from licheck.policy import answers, engine
from licheck.policy.case import Context
from licheck.terms import repository
from licheck.terms.causes import likely
from licheck.terms.conclude import Conclusions
from licheck.terms.inherit import inherited
from licheck.upstream import Reading, identify_with, trace
from licheck.upstream import conclusions as conclusions_of

# What a repository itself shows to be wrong (what depends on who asks is told by the answers):
# what one party asks of another, and what leaves open under which terms something comes.
_BETWEEN = {"relicensing", "name", "share-alike", "no-derivatives", "no-redistribution"}
_UNSURE = {"unknown-license", "tag-and-text", "unread", "gate"}
ALIKE = 25  # upstreams under the same terms of which each is told


class Options(NamedTuple):
    """What to judge: `uses` are the questions, all of them if there are none."""

    uses: tuple[str, ...] = ()
    fail_on: Severity = Severity.REVIEW


def scan(targets: Sequence[Target], today: date, reading: Reading, options: Options) -> Scan:
    """Scan targets; raises InputError for what is no target and UnreadableError for a local one that cannot be read."""
    database = Database.open()
    identify = identify_with(database)
    given = [local.read(t, identify) for t in targets if t.kind in ("folder", "file", "ollama")]
    roots = [t.name for t in targets if t.kind == "hub"]
    roots += [name for t in targets if t.kind == "cache" for name in local.cached()]
    lineage = trace(roots, given, database, identify, reading)
    conclusions = conclusions_of(database, today)
    ids = dict.fromkeys(lineage.of(name).id for name in [*roots, *(node.id for node in given)])
    judge = _Judge(database, lineage, conclusions, today, options)
    scanned = tuple(judge.target(lineage.nodes[i]) for i in ids)
    artifacts = tuple(repository.artifact(node, conclusions.of(node)) for node in lineage.nodes.values())
    return Scan(database.version, database.sha256, scanned, lineage, artifacts)


class _Judge:
    def __init__(
        self, database: Database, lineage: Lineage, conclusions: Conclusions, today: date, options: Options
    ) -> None:
        self._database, self._lineage, self._conclusions = database, lineage, conclusions
        self._today, self._options = today, options
        self._vocabulary = database.record("vocabulary")

    def target(self, root: Node) -> Scanned:
        """Judge one target: what is wrong with it as it lies there, and what one may do with it."""
        above = inherited(self._lineage, root, self._passes_on)
        own = repository.own(root, self._conclusions.of(root))
        if repository.derived(own, above):
            own = own._replace(use=own.use._replace(how=("finetune",)))
        bound = [self._upstream(link, place) for place, link in enumerate(above, 1)]
        uses, notes = _first_of_each([own, *bound])
        manifest = _manifest(root, above, own)
        context = Context(manifest, root.release, uses, self._database, self._vocabulary, self._today)
        found, duties = engine.judge(context)
        findings = tuple(self._weighed(root, f) for f in found if f.rule in _BETWEEN | _UNSURE)
        unsure = [f for f in findings if f.rule in _UNSURE and f.severity is not Severity.INFO]
        distinct = answers.distinct(uses)
        asked = self._options.uses
        questions = [q for q in answers.questions(root.kind) if not asked or q.use in asked]
        return Scanned(
            root=root,
            above=tuple(above),
            uses=uses,
            findings=findings,
            notes=notes,
            obligations=duties,
            answers=tuple(answers.answer(question, context, distinct, unsure) for question in questions),
            asked=bool(asked),
            fail_on=self._options.fail_on,
        )

    def _own_terms(self, root: Node, finding: Finding) -> bool:
        """Whether the target belongs to who wrote the terms that a finding is about: nobody is bound to themselves."""
        names = re.split(r" AND | / ", finding.license or "")
        return bool(finding.license) and all(repository.wrote(root.id, self._database.document(i)) for i in names)

    def _upstream(self, link: Inherited, place: int) -> BoundUse:
        node = self._lineage.nodes.get(link.id) or Node(link.id, why="its name leads to no repository")
        return repository.upstream(node, self._conclusions.of(node), link, place)

    def _passes_on(self, node_id: str) -> bool:
        node = self._lineage.nodes.get(node_id)
        layers = self._conclusions.of(node).layers if node else ()
        return any(d.output_rule.value == "allowed-student-is-derivative" for layer in layers for d in layer.candidates)

    def _weighed(self, root: Node, finding: Finding) -> Finding:
        """A finding with its likely cause; what data upstream leaves open informs whoever takes the weights."""
        if finding.subject == _name(root):
            finding = replace(finding, subject=root.id)
        if finding.rule in _BETWEEN and not finding.is_met and self._own_terms(root, finding):
            told = f"{finding.message} (its owner is the same, who may license it otherwise)"
            return replace(finding, message=told, state=State.NOT_APPLICABLE, severity=Severity.INFO)
        if finding.rule == "name" and not _published(root) and not finding.is_met:
            return replace(finding, state=State.UNDETERMINED, severity=Severity.REVIEW)
        if not _declares(root) and finding.rule in ("relicensing", "share-alike") and not finding.is_met:
            finding = replace(finding, state=State.UNDETERMINED, severity=Severity.REVIEW)
        if finding.rule == "relicensing" and finding.state is State.ACTION_NEEDED:
            ids = (finding.license or "").split(" AND ")
            cause = likely(root, [self._database.document(i) for i in ids])
            return replace(finding, message=f"{finding.message} (likely cause: {cause})") if cause else finding
        data = finding.subject.startswith(("dataset:", "name:")) and finding.subject != root.id
        if (
            data
            and finding.state in (State.SILENT, State.UNDETERMINED)
            and finding.rule in ("share-alike", "no-derivatives")
        ):
            return replace(finding, severity=Severity.INFO)
        return finding


def _first_of_each(uses: Sequence[BoundUse]) -> tuple[tuple[BoundUse, ...], tuple[str, ...]]:
    """The uses, of which only the first of many under the same terms keep them: their duties are the same."""
    counts: dict[object, int] = {}
    kept: list[BoundUse] = []
    for bound in uses:
        key = (bound.use.how, tuple(tuple(d.id for d in layer.candidates) for layer in bound.layers))
        counts[key] = counts.get(key, 0) + bool(bound.layers)
        kept.append(bound if counts[key] <= ALIKE else bound._replace(layers=()))
    notes = [
        f"{count:,} upstreams are under {' and '.join(' / '.join(ids) for ids in key[1])}: told for the first {ALIKE}"
        for key, count in counts.items()
        if isinstance(key, tuple) and count > ALIKE
    ]
    return tuple(kept), tuple(notes)


def _declares(root: Node) -> bool:
    """Whether a repository says, by a tag or a text, under which licence it comes; one that does not grants nothing."""
    return bool(root.declared) or any(file.parts for file in root.release.files if file.kind == "licence")


def _published(root: Node) -> bool:
    """Whether a node has the name under which it is known; a folder or file may be released under another."""
    return root.id.startswith(("hf:", "dataset:"))


def _name(root: Node) -> str:
    """The name of a repository, or the last part of a path."""
    name = root.id.partition(":")[2]
    return name.partition("@")[0] if _published(root) else name.rstrip("/").rpartition("/")[2] or name


def _manifest(root: Node, above: Sequence[Inherited], own: BoundUse) -> Manifest:
    """The facts of a repository in the form of a manifest, each with the place where it was found."""
    name = _name(root)
    places: dict[str, Evidence] = {f"uses[{place}]": link.first.evidence for place, link in enumerate(above, 1)}
    places["uses[0]"] = places["project.name"] = Evidence("hub", quote=name, locator="id", url=root.url or None)
    declared = root.declared[0] if root.declared else None
    tags: tuple[str, ...] = ()
    if declared is None:  # a licence text without a tag declares as much as a tag
        layer = next((layer for layer in own.layers if layer.grade is Grade.B and layer.main), None)
        if layer:
            places["project.license"] = layer.evidence[0]
            tags = (layer.candidates[0].id,)
    elif root.release.card is None:
        places["project.license"] = declared.evidence
        tags = (*(tag for tag in declared.tags if tag.lower() != "other"), *([declared.name] if declared.name else []))
    project = Project(name, "dataset" if root.kind == "dataset" else "model", tags, ("public-weights",))
    return Manifest("", local.NOWHERE, project, (), Policy(), {}, places)
