"""An audit of training data as Markdown, for a comment on a pull request or the summary of a CI step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from licheck.model.audit import Audit
from licheck.report import audit as text
from licheck.report import behind
from licheck.report.behind import NO_SOURCE, Behind, Owed, number
from licheck.report.escape import code, prose

# GitHub takes 65,536 characters in a comment.
MOST = 60_000
_SOURCES = 8
_TEXT = 600  # characters of a sentence
_ENDS = 2_000  # bytes for heads and for the lines that count what is left out


def render(audit: Audit) -> str:
    """Write an audit as Markdown of at most `MOST` bytes with a final newline; what is left out is counted."""
    asking, accepted, made, told = text.parts(audit)
    total = audit.rows
    owed = behind.owed(behind.credits_(audit))
    bad = audit.bad_rows
    out = "\n".join(_head(audit))
    room = MOST - len(out.encode()) - _ENDS
    for head, count, blocks in (
        ("What stands against it", len(asking), (_finding(one, total) for one in asking)),
        (
            text.ACCEPTED,
            len(accepted),
            (f"{_line(one)} ({prose(str(one.finding.excepted_by), 300)})" for one in accepted),
        ),
        (text.MADE, len(made), map(_line, made)),
        (text.OWED, len(owed), map(_owed, owed)),
        ("Worth knowing", len(told), map(_line, told)),
        (text.BAD, len(bad), (f"- {code(f'{row.path}:{row.row}')}: {prose(row.why, _TEXT)}" for row in bad)),
    ):
        if count:
            fitting = list(_fitting(blocks, count, room))
            room -= sum(len(block.encode()) + 1 for block in fitting)
            out += "\n".join([f"\n\n### {head}\n", *fitting])
    return f"{out}\n\n{prose(text.base(audit))}\n"


def _fitting(blocks: Iterable[str], count: int, room: int) -> Iterator[str]:
    for place, block in enumerate(blocks):
        room -= len(block.encode()) + 1
        if room < 0:
            yield f"- and {count - place:,} more, which `--format json` lists"
            return
        yield block


def _head(audit: Audit) -> Iterator[str]:
    yield f"## Training data of {prose(audit.subject, 200)}: {audit.verdict}\n"
    heads, rows = text.table(audit)
    yield f"| {' | '.join(heads)} | |"
    yield f"|---|{'---:|' * (len(heads) - 1)}---|"
    yield from (f"| {' | '.join(row)} | {text.MEANS[row[0]]} |" for row in rows)
    yield ""
    yield "\n".join(f"- {prose(line, 2 * _TEXT)}" for line in [*text.columns(audit.columns), *audit.notes])


def _finding(one: Behind, total: int) -> str:
    finding = one.finding
    topic = code(finding.clause or finding.rule)
    lines = [f"- **{finding.severity.value}** {topic} {text.amount(one, total)}, *{one.bearing}*:"]
    lines.append(f"  {prose(one.message, _TEXT)}")
    words = text.words(finding)
    lines += [f"  - text: {prose(text.said(words), _TEXT)}"] if words else []
    sources, count = one.sources(_SOURCES)
    lines += [
        f"  - {number(source.rows, 'rows')}: {_name(source.name)}{text.facts(source, code)}"
        for source in sources[:_SOURCES]
    ]
    lines += _more(count)
    lines += [f"  - **help:** {prose(one.remedy, _TEXT)}"] if one.remedy else []
    return "\n".join(lines)


def _line(one: Behind) -> str:
    sources, count = one.sources(1)
    of = f"{count:,} sources" if count > 1 else _name(sources[0].name)
    return f"- {number(one.rows, 'rows')} of {of}: {prose(one.message, _TEXT)}"


def _owed(one: Owed) -> str:
    lines = [f"- **{prose(one.license or 'no known licence', _TEXT)}**"]
    lines += [f"  - [ ] {prose(ask, _TEXT)}" for ask in one.asks]
    lines += [f"  - {number(c.rows, 'rows')}: {_name(c.source)}" for c in one.credits[:_SOURCES]]
    return "\n".join([*lines, *_more(len(one.credits))])


def _name(source: str | None) -> str:
    return code(source) if source else NO_SOURCE


def _more(count: int) -> list[str]:
    return [f"  - and {count - _SOURCES:,} more sources, which `--format json` lists"] if count > _SOURCES else []
