"""An audit of training data for people: how much may be used, what stands against the rest, what is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from licheck.model.audit import Audit, Columns
from licheck.model.evidence import Evidence
from licheck.model.finding import Finding, Severity
from licheck.report import behind
from licheck.report.behind import MAKERS, NO_SOURCE, VERDICTS, Behind, Owed, Source, number
from licheck.report.escape import LONG, plain
from licheck.report.text import NOT_ADVICE

MEANS = {
    "restricted": "may not be used as declared",
    "undetermined": "not known whether it may be used: somebody has to decide",
    "conditional": "may be used; something is owed when the model goes out",
    "usable": "nothing stands against it",
}
ACCEPTED = "Accepted by exceptions of the project, with the reason given"
MADE = "What bound whoever generated the data (a fact; whether it reaches you is asked above)"
BAD = "Rows that could not be read and are not in the table"
OWED = "Owed when a model made from the data goes out (restricted data not counted)"
SOURCES = 12  # behind one finding
FINDINGS = 40
_NAMES = 4  # licences or generators of one source
_TEXT = 600  # characters of a sentence


def render(audit: Audit) -> str:
    """Write an audit as text with a final newline."""
    asking, accepted, made, told = parts(audit)
    total = audit.rows
    lines = [
        *_table(audit),
        "",
        *map(plain, columns(audit.columns)),
        *(f"note: {plain(n, _TEXT)}" for n in audit.notes),
        "",
    ]
    for one in asking[:FINDINGS]:
        lines += [*_finding(one, total), ""]
    lines += _more(len(asking), FINDINGS, "findings")
    lines += _section(ACCEPTED, [f"{_line(one)} ({plain(str(one.finding.excepted_by), LONG)})" for one in accepted])
    lines += _section(MADE, [_line(one) for one in made])
    lines += _section("Worth knowing", [_line(one) for one in told])
    owed = behind.owed(behind.credits_(audit))
    lines += _section(OWED, ["\n  ".join(_owed(one)) for one in owed], FINDINGS)
    bad = [f"{plain(row.path, LONG)}:{row.row}: {plain(row.why, LONG)}" for row in audit.bad_rows]
    lines += _section(BAD, bad)
    lines += [f"{plain(audit.subject, LONG)}: {audit.verdict}, {size(audit)}", base(audit)]
    return "\n".join(lines) + "\n"


def parts(audit: Audit) -> tuple[list[Behind], list[Behind], list[Behind], list[Behind]]:
    """Findings that ask for something, accepted ones, what bound the makers of the data, and what is worth knowing."""
    found = behind.findings(audit)
    heavy = [one for one in found if one.finding.severity is not Severity.INFO]
    asking = [one for one in heavy if not one.finding.excepted_by]
    accepted = [one for one in heavy if one.finding.excepted_by]
    rest = found[len(heavy) :]
    made = [one for one in rest if one.bearing == MAKERS]
    return asking, accepted, made, [one for one in rest if one.bearing != MAKERS]


def size(audit: Audit) -> str:
    """How much was judged."""
    return f"{number(audit.rows, 'rows')} in {number(len(audit.groups), 'groups')}"


def base(audit: Audit) -> str:
    """What it was judged by."""
    return f"database {audit.database_version}, {audit.database_sha256[:12]}. {NOT_ADVICE}"


def table(audit: Audit) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the table by verdict; tokens and bytes stand in it if some column tells them."""
    by_verdict = {v: [j.group for j in audit.groups if j.verdict == v] for v in VERDICTS}
    counts = {verdict: behind.counted(groups) for verdict, groups in by_verdict.items()}
    names = [name for name in ("tokens", "bytes") if any(name in c for c in counts.values())]
    rows, total = [], audit.rows
    for verdict, groups in by_verdict.items():
        count = counts[verdict]
        numbers = [f"{count.get(name, 0):,}" for name in names]
        rows.append([verdict, f"{count['rows']:,}", share(count["rows"], total), f"{len(groups):,}", *numbers])
    return ["verdict", "rows", "share", "groups", *names], rows


def share(rows: int, total: int) -> str:
    """A part in per cent, in which something never looks like nothing, nor nearly all like all.

    >>> share(0, 9), share(1, 90_000), share(2, 9), share(89_999, 90_000), share(9, 9)
    ('0 %', '<0.1 %', '22.2 %', '>99.9 %', '100 %')
    """
    if rows in (0, total):
        return "100 %" if rows else "0 %"
    percent = 100 * rows / total
    return "<0.1 %" if percent < 0.1 else ">99.9 %" if percent > 99.9 else f"{percent:.1f} %"


def columns(taken: Columns) -> Iterator[str]:
    """Which column plays which role, and what of all that matters the data do not tell."""
    pairs = taken._asdict().items()
    told = [f"{role} ← {column}" for role, column in pairs if column]
    yield f"columns taken: {', '.join(told) or 'none; name them with --columns role=column,…'}"
    absent = [role for role in ("source", "license", "generator", "route", "date") if not getattr(taken, role)]
    if absent:
        yield f"not told by the data: {', '.join(absent)}"


def words(finding: Finding) -> Evidence | None:
    """The first place in a text that a finding rests on, one that is quoted if there is any."""
    documents = (finding.license or "").split(" / ")
    held = [e for e in finding.evidence if e.source in documents]
    return next((e for e in held if e.quote), held[0] if held else None)


def said(evidence: Evidence) -> str:
    """Document, section and words."""
    section = f" {'§ ' if evidence.locator[:1].isdigit() else ''}{evidence.locator}" if evidence.locator else ""
    return f"{evidence.source}{section}{f': “{evidence.quote}”' if evidence.quote else ''}"


def amount(one: Behind, total: int) -> str:
    """Rows behind a finding and their share, and tokens and bytes if known."""
    counts = one.counts()
    beside = "".join(f", {number(counts[name], name)}" for name in ("tokens", "bytes") if name in counts)
    return f"{number(counts['rows'], 'rows')} ({share(counts['rows'], total)}{beside})"


def facts(source: Source, show: Callable[[str, int], str]) -> str:
    """What is known of a source beside its name, the first of many values each, shown as `show` does."""
    told = {"through": source.through, "licence": source.licenses, "made by": source.generators, "ids": source.examples}
    parts = []
    for what, values in told.items():
        more = [f"and {len(values) - _NAMES} more"] if len(values) > _NAMES else []
        shown = [show(value or "(empty)", LONG) for value in values[:_NAMES]]
        parts += [f"; {what} {', '.join([*shown, *more])}"] if values else []
    return "".join(parts)


def _table(audit: Audit) -> list[str]:
    heads, rows = table(audit)
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = []
    for verdict, *numbers in (heads, *rows):
        cells = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True)]
        lines.append("   ".join([f"{verdict:<{widths[0]}}", *cells, MEANS.get(verdict, "")]).rstrip())
    return lines


def _finding(one: Behind, total: int) -> list[str]:
    finding = one.finding
    head = f"{finding.severity.value}[{finding.clause or finding.rule}] {amount(one, total)}, {one.bearing}"
    lines = [head, f"    {plain(one.message, _TEXT)}"]
    text = words(finding)
    if text:
        lines.append(f"    = {plain(said(text), _TEXT)}")
    sources, count = one.sources(SOURCES)
    lines += [f"    {source.rows:>14,}  {_name(source.name)}{facts(source, plain)}" for source in sources]
    lines += [f"    {line}" for line in _more(count, SOURCES, "sources")]
    return [*lines, f"    help: {plain(one.remedy, _TEXT)}"] if one.remedy else lines


def _line(one: Behind) -> str:
    sources, count = one.sources(1)
    of = f"{count:,} sources" if count > 1 else _name(sources[0].name)
    return f"{number(one.rows, 'rows')} of {of}: {plain(one.message, _TEXT)}"


def _owed(one: Owed) -> Iterator[str]:
    """What one licence asks for, and the sources that it is owed to."""
    yield f"{plain(one.license or 'no known licence')}:"
    yield from (f"  - {plain(ask, _TEXT)}" for ask in one.asks)
    yield from (f"  {c.rows:>14,}  {_name(c.source)}" for c in one.credits[:SOURCES])
    yield from (f"  {line}" for line in _more(len(one.credits), SOURCES, "sources"))


def _name(source: str | None) -> str:
    return plain(source or NO_SOURCE, LONG)


def _section(head: str, lines: Sequence[str], most: int = SOURCES) -> list[str]:
    if not lines:
        return []
    return [head, *(f"  {line}" for line in lines[:most]), *_more(len(lines), most, "entries"), ""]


def _more(count: int, most: int, what: str) -> list[str]:
    return [f"and {count - most:,} more {what}, which --format json lists"] if count > most else []
