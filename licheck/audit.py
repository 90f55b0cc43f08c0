"""The order of the stages of `licheck audit`: data → groups of rows → what binds each → findings and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from licheck.db.store import Database
from licheck.errors import InputError, Problem
from licheck.model.audit import Audit, Columns, Group
from licheck.model.project import Manifest
from licheck.terms.rows import acts
from licheck.verdicts import Judge, Origins, ordered

if TYPE_CHECKING:
    from licheck.data.engine import Rows
    from licheck.upstream import Reading


class Options(NamedTuple):
    """How to read the data, what to do with it (`use`: train or evaluate), and where to write its rows to.

    `own` tells that the user generated them. With `hub` entries of lists are looked up on the Hub, as datasets that are
    named themselves are in any case. `reads` is told how many of 100 percent of the rows are read.
    """

    columns: Mapping[str, str] = {}
    own: bool = False
    memory: str = "1GB"
    skip_bad_rows: int = 0
    clean: Path | None = None
    flagged: Path | None = None
    use: str = "train"
    engine: str = "duckdb"
    hub: bool = False
    reading: Reading | None = None
    reads: Callable[[int, int], None] = lambda percent, of: None


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

    judge: Judge
    groups: Sequence[Group]
    columns: Columns
    rows: Rows | None = None


def audit(
    paths: Sequence[str], manifest: Manifest, today: date, options: Options, tell: Callable[[int, int], None]
) -> Audit:
    """Audit training data for a project; raises InputError and UnreadableError for data that cannot be read."""
    from licheck.data.engine import LOCAL, open_rows
    from licheck.gather import Files, Gathered, gather, merged
    from licheck.hubdata import read
    from licheck.upstream import Reading

    database, reading = _Addressed.open(), options.reading or Reading()
    if options.engine in LOCAL:
        data = gather(paths, lambda text: bool(database.named(text)), options.hub, reading)
    else:  # names there are those of tables, or of files that are not here
        data = Gathered(files=(Files(tuple(paths)),))
    _refuse(paths, options, len(data.files))
    hub = read(data.hub, database, today, reading, acts(options.use, manifest.project), options.own)
    notes, parts = list(data.notes), list[_Part]()
    with ExitStack() as opened:
        if data.groups:
            judge = Judge(manifest, data.columns, today, options.use, options.own, database, Origins(hub, data.parents))
            parts.append(_Part(judge, data.groups, data.columns))
        for files in data.files:
            from licheck.data.columns import detect

            rows = open_rows(files.paths, options.engine, options.memory, options.skip_bad_rows, options.reads)
            opened.enter_context(rows)
            columns, said = detect(rows.schema(), options.columns)
            notes += said
            origins = Origins(hub, data.parents, files.within, files.above)
            judge = Judge(manifest, columns, today, options.use, options.own, database, origins)
            parts.append(_Part(judge, rows.groups(columns), columns, rows))
        if not parts:
            raise InputError(Problem(paths[0] if paths else "MANIFEST", None, "", "names no data", "add an entry"))
        by_part = [part.judge.all(part.groups, tell) for part in parts]
        for part, judged in zip(parts, by_part, strict=True):
            if part.rows and (options.clean or options.flagged):
                verdicts = {j.group.key: (j.verdict, j.reason) for j in judged}
                part.rows.write(part.columns, verdicts, options.clean, options.flagged)
        used = {place for part in parts for place in part.judge.used}
        rows_only = [e for e in manifest.policy.exceptions if e.of.startswith("rows:")]
        notes += [f"the exception for {e.of} matches no finding" for e in rows_only if e.place not in used]
        if not any(part.groups for part in parts):
            notes.append("no rows were found")
        found = parts[0].judge.audit(ordered(j for judged in by_part for j in judged))
        return found._replace(
            columns=reduce(merged, (part.columns for part in parts)),
            notes=tuple(dict.fromkeys((*notes, *(n for part in parts for n in part.judge.notes)))),
            bad_rows=tuple(bad for part in parts if part.rows for bad in part.rows.bad_rows),
            manifests=(*paths,),
        )


def _refuse(paths: Sequence[str], options: Options, sets: int) -> None:
    """Refuse to write rows where there are none, or where those of several datasets would go into one file."""
    if (options.clean or options.flagged) and sets != 1:
        what = "rows of several datasets do not go into one file" if sets else "holds no rows, only names of datasets"
        help_ = "write those of one at a time" if sets else "leave out --write-…"
        raise InputError(Problem(paths[0], None, "", what, help_))
