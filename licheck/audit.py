"""The order of the stages of `licheck audit`: data → groups of rows → what binds each → findings and verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheck.data import listed
from licheck.errors import InputError, Problem
from licheck.model.audit import Audit, Columns, Group
from licheck.model.project import Project
from licheck.verdicts import Judge

LISTS = (".yaml", ".yml", ".json")


class Options(NamedTuple):
    """How to read the data, what to do with it (`use`: train or evaluate), and where to write its rows to.

    `own` tells that the user generated them.
    """

    columns: Mapping[str, str] = {}
    own: bool = False
    memory: str = "1GB"
    skip_bad_rows: int = 0
    clean: Path | None = None
    flagged: Path | None = None
    use: str = "train"
    engine: str = "duckdb"


def audit(
    paths: Sequence[str], project: Project, today: date, options: Options, tell: Callable[[int, int], None]
) -> Audit:
    """Audit training data for a project; raises InputError and UnreadableError for data that cannot be read."""
    lists = [path for path in paths if Path(path).suffix.lower() in LISTS and listed.holds(Path(path))]
    if lists:
        return _listed(paths, project, today, options, tell)
    from licheck.data.columns import detect
    from licheck.data.engine import open_rows

    with open_rows(paths, options.engine, options.memory, options.skip_bad_rows) as data:
        columns, notes = detect(data.schema(), options.columns)
        judge = Judge(project, columns, today, options.use, options.own)
        judged = judge.all(data.groups(columns), tell)
        if options.clean or options.flagged:
            verdicts = {j.group.key: (j.verdict, j.reason) for j in judged}
            data.write(columns, verdicts, options.clean, options.flagged)
        found = judge.audit(judged)
        return found._replace(notes=(*notes, *found.notes), bad_rows=data.bad_rows)


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
    judge = Judge(project, columns, today, options.use, options.own)
    return judge.audit(judge.all(groups, tell))
