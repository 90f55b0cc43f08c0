"""The order of the stages of `licheck audit`: data → groups of rows → what binds each → findings and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheck.data import listed
from licheck.data.names import reference
from licheck.db.store import Database
from licheck.errors import InputError, Problem
from licheck.evidence.ids import repo_id
from licheck.model.audit import Audit, Columns, Group, Judged, Key
from licheck.model.finding import Finding, Severity, State
from licheck.model.project import Manifest, Policy, Project
from licheck.model.release import Release
from licheck.policy import engine
from licheck.policy.case import Context
from licheck.terms import rows

LISTS = (".yaml", ".yml", ".json")
# What is asked of a release says nothing of data.
_APART = {"relicensing", "declared-license", "name"}


class Options(NamedTuple):
    """How to read the data, and where to write its rows to; `own` tells that the user generated them."""

    columns: Mapping[str, str] = {}
    own: bool = False
    memory: str = "1GB"
    skip_bad_rows: int = 0
    clean: Path | None = None
    flagged: Path | None = None


def audit(
    paths: Sequence[str], project: Project, today: date, options: Options, tell: Callable[[int, int], None]
) -> Audit:
    """Audit training data for a project; raises InputError and UnreadableError for data that cannot be read."""
    lists = [path for path in paths if Path(path).suffix.lower() in LISTS and listed.holds(Path(path))]
    if lists:
        return _listed(paths, project, today, options, tell)
    from licheck.data.columns import detect
    from licheck.data.duck import Duck

    with Duck(paths, options.memory, options.skip_bad_rows) as data:
        columns, notes = detect(data.schema(), options.columns)
        judge = _Judge(project, columns, today, options.own)
        judged = judge.all(data.groups(columns), tell)
        if options.clean or options.flagged:
            verdicts = {j.group.key: (j.verdict, j.reason) for j in judged}
            data.write(columns, verdicts, options.clean, options.flagged)
        return judge.audit(judged)._replace(notes=notes, bad_rows=data.bad_rows, manifests=(*paths,))


def _listed(
    paths: Sequence[str], project: Project, today: date, options: Options, tell: Callable[[int, int], None]
) -> Audit:
    if options.clean or options.flagged:
        problem = Problem(paths[0], None, "", "is a list of datasets, which holds no rows", "leave out --write-…")
        raise InputError(problem)
    groups: list[Group] = []
    columns = Columns()
    for path in paths:
        used, more = listed.read(Path(path))
        columns = Columns(*(new or old for new, old in zip(used, columns, strict=True)))
        groups += more
    judge = _Judge(project, columns, today, options.own)
    return judge.audit(judge.all(groups, tell))._replace(manifests=(*paths,))


class _Judge:
    """Judges keys, each once."""

    def __init__(self, project: Project, columns: Columns, today: date, own: bool) -> None:
        self._database = Database.open()
        self._vocabulary = self._database.record("vocabulary")
        self._manifest = Manifest("", Path(), project, (), Policy(), {}, {})
        self._columns, self._today, self._own = columns, today, own
        self._known: dict[Key, tuple[str, tuple[Finding, ...], tuple[Finding, ...]]] = {}

    def all(self, groups: Sequence[Group], tell: Callable[[int, int], None]) -> list[Judged]:
        """Judge groups, restricted ones first, then by rows."""
        judged = []
        for done, group in enumerate(groups, 1):
            if group.key not in self._known:
                self._known[group.key] = self._one(group.key)
            judged.append(Judged(group, *self._known[group.key]))
            tell(done, len(groups))
        order = ("restricted", "undetermined", "conditional", "usable")
        return sorted(judged, key=lambda j: (order.index(j.verdict), -j.group.rows, str(j.group.key)))

    def audit(self, judged: Sequence[Judged]) -> Audit:
        """Put the result together."""
        database = self._database
        name = self._manifest.project.name
        return Audit(name, database.version, database.sha256, self._columns, tuple(judged))

    def _one(self, key: Key) -> tuple[str, tuple[Finding, ...], tuple[Finding, ...]]:
        repo = repo_id(key.source or "")
        bound = rows.bind(key, self._columns, self._manifest, self._database, self._today, repo, reference, self._own)
        context = Context(self._manifest, Release(), (bound,), self._database, self._vocabulary, self._today)
        found, duties = engine.judge(context)
        findings = tuple(f for f in found if f.rule not in _APART and not f.is_duty)
        owed = tuple(f for f in duties if f.rule not in _APART)
        heavy = [f for f in findings if f.severity is not Severity.INFO]
        if any(f.state is State.VIOLATED for f in heavy):
            return "restricted", findings, owed
        if heavy:
            return "undetermined", findings, owed
        return ("conditional" if any(f.state is State.ACTION_NEEDED for f in owed) else "usable"), findings, owed
