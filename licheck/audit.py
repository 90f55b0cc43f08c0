"""The order of the stages of `licheck audit`: data → groups of rows → what binds each → findings and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from licheck.data import listed
from licheck.data.names import reference
from licheck.db.store import Database
from licheck.evidence.ids import repo_id
from licheck.model.audit import Audit, Columns, Group, Judged, Key
from licheck.model.finding import Finding, Severity, State
from licheck.model.project import Manifest, Policy, Project
from licheck.model.release import Release
from licheck.policy import engine
from licheck.policy.case import Context
from licheck.terms import rows

# What is asked of a release says nothing of data.
_APART = {"relicensing", "declared-license", "name"}


def audit(paths: Sequence[str], project: Project, today: date, own: bool, tell: Callable[[int, int], None]) -> Audit:
    """Audit lists of training data for a project; raises InputError for what is no list."""
    groups: list[Group] = []
    columns = Columns()
    for path in paths:
        used, more = listed.read(Path(path))
        columns = Columns(*(new or old for new, old in zip(used, columns, strict=True)))
        groups += more
    judge = _Judge(project, columns, today, own)
    return judge.audit(judge.all(groups, tell))


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
