"""The order of the stages of `licheck audit`: data → groups of rows → what binds each → findings and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from licheck.data.names import reference
from licheck.db.store import Database
from licheck.errors import InputError, Problem
from licheck.evidence.ids import repo_id
from licheck.model.audit import Audit, Columns, Group, Judged, Key
from licheck.model.binding import BoundUse
from licheck.model.finding import Finding, Severity, State
from licheck.model.project import Manifest, Policy, Project
from licheck.model.release import Release
from licheck.policy import engine
from licheck.policy.case import Context
from licheck.terms import rows

if TYPE_CHECKING:
    from licheck.data.duck import Duck
    from licheck.upstream import Reading

# What is asked of a release says nothing of data.
_APART = {"relicensing", "declared-license", "name"}


class Options(NamedTuple):
    """How to read the data, and where to write its rows to; `own` tells that the user generated them.

    With `hub` entries of lists are looked up on the Hub, as are datasets that are named themselves in any case.
    """

    columns: Mapping[str, str] = {}
    own: bool = False
    memory: str = "1GB"
    skip_bad_rows: int = 0
    clean: Path | None = None
    flagged: Path | None = None
    hub: bool = False
    reading: Reading | None = None


class Origins(NamedTuple):
    """Where data comes from: what the Hub says of sources, what they were made from, and what all rows are part of."""

    hub: Mapping[str, tuple[BoundUse, ...]] = {}
    parents: Mapping[str, tuple[Key, ...]] = {}
    within: str = ""


class _Addressed(Database):
    """The database, where the name of a licence may be the address of its page."""

    def named(self, name: str) -> tuple[str, ...]:
        found = super().named(name)
        if found or "://" not in name:
            return found
        from licheck.upstream import names

        return names(self)(name)


class _Part(NamedTuple):
    """Groups that were read together, with the rows behind them if there are any."""

    judge: _Judge
    groups: Sequence[Group]
    columns: Columns
    rows: Duck | None = None


def audit(
    paths: Sequence[str], project: Project, today: date, options: Options, tell: Callable[[int, int], None]
) -> Audit:
    """Audit training data for a project; raises InputError and UnreadableError for data that cannot be read."""
    from licheck.gather import gather, merged
    from licheck.hubdata import read
    from licheck.upstream import Reading

    database, reading = _Addressed.open(), options.reading or Reading()
    data = gather(paths, lambda text: bool(database.named(text)), options.hub, reading)
    _refuse(paths, options, len(data.files))
    hub = read(data.hub, database, today, reading, options.own)
    notes, parts = list(data.notes), list[_Part]()
    with ExitStack() as opened:
        if data.groups:
            judge = _Judge(project, data.columns, today, options.own, database, Origins(hub, data.parents))
            parts.append(_Part(judge, data.groups, data.columns))
        for files in data.files:
            from licheck.data.columns import detect
            from licheck.data.duck import Duck

            rows = opened.enter_context(Duck(files.paths, options.memory, options.skip_bad_rows))
            columns, said = detect(rows.schema(), options.columns)
            notes += said
            origins = Origins(hub, data.parents, files.within)
            judge = _Judge(project, columns, today, options.own, database, origins)
            parts.append(_Part(judge, rows.groups(columns), columns, rows))
        by_part = [part.judge.all(part.groups, tell) for part in parts]
        for part, judged in zip(parts, by_part, strict=True):
            if part.rows and (options.clean or options.flagged):
                verdicts = {j.group.key: (j.verdict, j.reason) for j in judged}
                part.rows.write(part.columns, verdicts, options.clean, options.flagged)
        found = parts[0].judge.audit(_ordered(j for judged in by_part for j in judged))
        return found._replace(
            columns=reduce(merged, (part.columns for part in parts)),
            notes=tuple(dict.fromkeys(notes)),
            bad_rows=tuple(bad for part in parts if part.rows for bad in part.rows.bad_rows),
        )


def _refuse(paths: Sequence[str], options: Options, sets: int) -> None:
    """Refuse to write rows where there are none, or where those of several datasets would go into one file."""
    if (options.clean or options.flagged) and sets != 1:
        what = "rows of several datasets do not go into one file" if sets else "holds no rows, only names of datasets"
        help_ = "write those of one at a time" if sets else "leave out --write-…"
        raise InputError(Problem(paths[0], None, "", what, help_))


def _ordered(judged: Iterable[Judged]) -> list[Judged]:
    """Restricted ones first, then by rows."""
    order = ("restricted", "undetermined", "conditional", "usable")
    return sorted(judged, key=lambda j: (order.index(j.verdict), -j.group.rows, str(j.group.key)))


class _Judge:
    """Judges keys, each once."""

    def __init__(
        self, project: Project, columns: Columns, today: date, own: bool, database: Database, origins: Origins
    ) -> None:
        self._database, self._origins = database, origins
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
        return _ordered(judged)

    def audit(self, judged: Sequence[Judged]) -> Audit:
        """Put the result together."""
        database = self._database
        name = self._manifest.project.name
        return Audit(name, database.version, database.sha256, self._columns, tuple(judged))

    def _one(self, key: Key) -> tuple[str, tuple[Finding, ...], tuple[Finding, ...]]:
        context = Context(self._manifest, Release(), self._uses(key), self._database, self._vocabulary, self._today)
        found, duties = engine.judge(context)
        findings = tuple(f for f in found if f.rule not in _APART and not f.is_duty)
        owed = tuple(f for f in duties if f.rule not in _APART)
        heavy = [f for f in findings if f.severity is not Severity.INFO]
        if any(f.state is State.VIOLATED for f in heavy):
            return "restricted", findings, owed
        if heavy:
            return "undetermined", findings, owed
        return ("conditional" if any(f.state is State.ACTION_NEEDED for f in owed) else "usable"), findings, owed

    def _uses(self, key: Key) -> tuple[BoundUse, ...]:
        """What binds rows with a key: by themselves, by what they were made from, by the dataset that they lie in."""
        within = self._origins.within
        if within and not key.source:
            key = key._replace(source=within)
        around = self._origins.hub[within] if within and key.source != within else ()
        return (
            *self._of(key),
            *(u for p in self._origins.parents.get(key.source or "", ()) for u in self._of(p)),
            *around,
        )

    def _of(self, key: Key) -> tuple[BoundUse, ...]:
        read = self._origins.hub.get(key.source or "")
        if read is None:
            return (self._bind(key, repo_id(key.source or "")),)
        if key.license is None and key.generator is None:
            return read
        # What the Hub says stands in the catalogue's place; that rows name no licence is no gap beside it.
        stated = self._bind(key, None)
        silent = self._bind(Key(key.source), None).unknown if key.license is None else ""
        unknown = stated.unknown.removeprefix(silent).removeprefix("; ")
        return (*read, stated._replace(unknown=unknown, unknown_rule=stated.unknown_rule if unknown else ""))

    def _bind(self, key: Key, repo: str | None) -> BoundUse:
        return rows.bind(key, self._columns, self._manifest, self._database, self._today, repo, reference, self._own)
