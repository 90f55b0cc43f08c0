"""What an audit of training data sees: columns, groups of rows that agree in all that matters, and their verdicts."""

from __future__ import annotations

from typing import NamedTuple

from licheck.model.finding import Finding

ALSO = " + "  # between columns that play one role together


class Columns(NamedTuple):
    """Which column plays which role: a name, with dots for nested fields, or empty where no column does.

    `license` and `generator` may hold lists; `generator` may be several columns. `id` only names example rows.
    """

    source: str = ""
    license: str = ""
    generator: str = ""
    route: str = ""
    date: str = ""
    id: str = ""
    tokens: str = ""
    bytes: str = ""

    def paths(self, role: str) -> tuple[str, ...]:
        """The columns of a role: none, one, or all in which models are named."""
        text = getattr(self, role)
        return tuple(text.split(ALSO)) if text and role == "generator" else (text,) if text else ()

    @property
    def grouped(self) -> tuple[str, ...]:
        """The roles that tell groups apart and have a column, in this order."""
        return tuple(r for r in ("source", "license", "generator", "route", "date") if getattr(self, r))


class Key(NamedTuple):
    """What all rows of a group have in common; None is NULL (or no column), an empty text is an empty text.

    Lists are sorted and without repetitions; a column of single words gives lists of one.
    """

    source: str | None = None
    license: tuple[str, ...] | None = None
    generator: tuple[str, ...] | None = None
    route: str | None = None
    date: str | None = None


class Group(NamedTuple):
    """Rows with the same key: how many, how many tokens and bytes if columns say so, and ids of the first few.

    `path` and `line` say where an entry of a list, a card or a Croissant file stands.
    """

    key: Key
    rows: int
    tokens: int | None = None
    bytes: int | None = None
    examples: tuple[str, ...] = ()
    path: str = ""
    line: int | None = None


class BadRow(NamedTuple):
    """A row that could not be read: file, row or line number from 1, and why."""

    path: str
    row: int
    why: str


class Judged(NamedTuple):
    """A group with what was found of it: `verdict` is usable, conditional, undetermined or restricted."""

    group: Group
    verdict: str
    findings: tuple[Finding, ...]
    duties: tuple[Finding, ...]

    @property
    def reason(self) -> str:
        """The heaviest finding in a few words; empty where there is none."""
        return self.findings[0].message if self.findings else self.duties[0].remedy if self.duties else ""


class Audit(NamedTuple):
    """All groups of the data, judged for one project; `notes` say how the columns were chosen.

    `manifests` are the files or names that were asked about, as the user wrote them.
    """

    subject: str
    database_version: str
    database_sha256: str
    columns: Columns
    groups: tuple[Judged, ...]
    notes: tuple[str, ...] = ()
    bad_rows: tuple[BadRow, ...] = ()
    skipped: int = 0
    manifests: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows that were judged."""
        return sum(judged.group.rows for judged in self.groups)

    @property
    def verdict(self) -> str:
        """`fail` if some rows are restricted, `undetermined` if something about some is not known, else `pass`."""
        verdicts = {judged.verdict for judged in self.groups}
        return "fail" if "restricted" in verdicts else "undetermined" if "undetermined" in verdicts else "pass"
