"""What an audit found, drawn together: alike findings with the sources behind them, and who is owed what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import NamedTuple, TypeAlias

from licheck.model.audit import Audit, Group, Judged
from licheck.model.finding import DUTIES, Finding, Severity, State

Found: TypeAlias = tuple[Finding, ...]
VERDICTS = ("restricted", "undetermined", "conditional", "usable")
NO_SOURCE = "(no source)"
_MODELS = "models under these terms"
MAKERS = "binds the generator"
# Findings on what bound the makers of data, and on whether that reaches whoever uses them.
_BEARING = {"generator-terms": MAKERS, "generator-reach": "may reach you"}
_EXAMPLES = 3


class Source(NamedTuple):
    """Groups with the same source: all that they state, and how much they are."""

    name: str | None
    licenses: tuple[str, ...]
    generators: tuple[str, ...]
    through: tuple[str, ...]  # what a finding is about where it is not the source itself: a dataset it was made from
    rows: int
    examples: tuple[str, ...]


class Behind(NamedTuple):
    """Alike findings: one of them, with message and remedy that fit all, and the groups behind them."""

    finding: Finding
    message: str
    remedy: str
    identity: tuple[str, ...]
    groups: Sequence[Judged]
    subjects: Sequence[str]  # of the finding in each group

    @property
    def rows(self) -> int:
        """Rows behind, each counted once."""
        return sum(judged.group.rows for judged in self.groups)

    @property
    def bearing(self) -> str:
        """Whom the words behind it bind: whoever generated the data, or you."""
        return _BEARING.get(self.finding.rule, "reaches you")

    def sources(self, most: int) -> tuple[list[Source], int]:
        """The sources behind, largest first and no more than `most`, and how many there are."""
        rows: dict[str | None, int] = {}
        for judged in self.groups:
            name = judged.group.key.source
            rows[name] = rows.get(name, 0) + judged.group.rows
        first = nsmallest(most, rows, key=lambda name: (-rows[name], name or ""))
        pairs: dict[str | None, list[tuple[Group, str]]] = {name: [] for name in first}
        for judged, subject in zip(self.groups, self.subjects, strict=True):
            if judged.group.key.source in pairs:
                pairs[judged.group.key.source].append((judged.group, subject))
        return [_source(name, those, rows[name]) for name, those in pairs.items()], len(rows)

    def counts(self) -> dict[str, int]:
        """Rows, and tokens and bytes where these are known."""
        return counted(judged.group for judged in self.groups)


class Credit(NamedTuple):
    """What is owed to one source under one licence when a model made from it goes out."""

    source: str | None
    license: str | None
    rows: int
    asks: tuple[str, ...]
    alike: tuple[str, ...]  # the same in words that fit several sources


class Owed(NamedTuple):
    """The credits of one licence that ask for the same; `asks` fits all."""

    license: str | None
    asks: tuple[str, ...]
    credits: Sequence[Credit]


def findings(audit: Audit) -> list[Behind]:
    """Alike findings together, heaviest first, then by rows; those that say that all is well are left out."""
    alike: dict[tuple[str, ...], _Alike] = {}
    identity: tuple[str, ...]
    for told, groups in _by_identity((judged.findings, judged) for judged in audit.groups):
        seen = set()
        for finding in told:
            if finding.severity is not Severity.INFO or finding.state is not State.SATISFIED:
                said = general(finding.message, _name(finding.subject))
                identity = finding.rule, finding.severity.value, finding.clause or "", finding.license or said
                identity += (finding.excepted_by,) if finding.excepted_by else ()
                if identity not in alike:
                    alike[identity] = _Alike(finding, identity)
                # Two ways may lead to one document: a group counts once.
                alike[identity].add([] if identity in seen else groups, finding, said)
                seen.add(identity)
    found = [(one.together(), sum(judged.group.rows for judged in one.groups)) for one in alike.values()]
    found.sort(key=lambda f: (f[0].finding.severity.rank, -f[1], f[0].identity))
    return [behind for behind, _ in found]


class _Alike:
    """Collects findings of one identity with the groups behind them."""

    def __init__(self, finding: Finding, identity: tuple[str, ...]) -> None:
        self.groups: list[Judged] = []
        self._first, self._identity = finding, identity
        self._subjects: list[str] = []
        self._about: set[tuple[str, str]] = set()
        self._said: list[str] = []  # the first message, then what it has in common with all others if they differ

    def add(self, groups: Sequence[Judged], finding: Finding, said: str) -> None:
        """Add one that groups have; `said` is its message without the name of its subject."""
        maker = finding.via[0] if finding.license and finding.via and finding.rule in _BEARING else ""
        said = general(said, maker, _MODELS) if maker else said
        if not self._said:
            self._said = [said]
        elif said != self._said[0]:
            self._said[1:] = [_common(self._said[-1], said)]
        self._about.add((finding.subject, maker))
        self.groups += groups
        self._subjects += [finding.subject] * len(groups)

    def together(self) -> Behind:
        """All of them as one, which says only what is true of all."""
        message, remedy = self._first.message, self._first.remedy
        if len(self._about) > 1 or len(self._said) > 1:
            whole, *common = self._said
            message, remedy = (
                (_ended(common[0]) or whole) if common else whole,
                general(remedy, _name(self._first.subject)),
            )
        return Behind(self._first, message, remedy, self._identity, self.groups, self._subjects)


def credits_(audit: Audit) -> list[Credit]:
    """What is owed, by source and licence; rows that may not be used do not go out, and owe nothing."""
    rows: dict[tuple[str | None, str | None], int] = {}
    asks: dict[tuple[str | None, str | None], dict[str, str]] = {}
    for duties, groups in _by_identity((j.duties, j) for j in audit.groups if j.verdict != "restricted"):
        open_ = [duty for duty in duties if duty.rule in DUTIES and duty.state is State.ACTION_NEEDED]
        for of in dict.fromkeys(duty.license for duty in open_):
            remedies = {duty.remedy: _name(duty.subject) for duty in open_ if duty.license == of}
            for judged in groups:
                who = judged.group.key.source, of
                rows[who] = rows.get(who, 0) + judged.group.rows
                asks.setdefault(who, {}).update(remedies)
    return [
        Credit(
            *who,
            rows[who],
            tuple(asks[who]),
            tuple(dict.fromkeys(general(ask, name) for ask, name in asks[who].items())),
        )
        for who in sorted(asks, key=lambda who: (who[0] or "", who[1] or ""))
    ]


def owed(found: Iterable[Credit]) -> list[Owed]:
    """Credits by licence and by what is asked, so that each thing asked for is told once; most rows first."""
    alike: dict[tuple[str | None, tuple[str, ...]], list[Credit]] = {}
    for credit in found:
        alike.setdefault((credit.license, credit.alike), []).append(credit)
    together = [
        Owed(of, asks if len(those) > 1 else those[0].asks, sorted(those, key=lambda c: -c.rows))
        for (of, asks), those in alike.items()
    ]
    return sorted(together, key=lambda o: (-sum(c.rows for c in o.credits), o.license or "", o.asks))


def counted(groups: Iterable[Group]) -> dict[str, int]:
    """Rows of groups, and their tokens and bytes where some group tells them."""
    counts = {"rows": 0}
    for group in groups:
        counts["rows"] += group.rows
        for name, number in (("tokens", group.tokens), ("bytes", group.bytes)):
            if number is not None:
                counts[name] = counts.get(name, 0) + number
    return counts


def number(count: int, what: str) -> str:
    """A number of things.

    >>> number(1, "rows"), number(2000, "rows")
    ('1 row', '2,000 rows')
    """
    return f"{count:,} {what if count != 1 else what.removesuffix('s')}"


def general(text: str, name: str, words: str = "this data") -> str:
    """A text in which a name gives way to words that fit several; where it is part of a longer name it stays.

    >>> general("leave org/a out, not org/a-b", "org/a")
    'leave this data out, not org/a-b'
    """
    out, *parts = text.split(name) if name else [text]
    for part in parts:
        before, after = out[-1:], part[:1]
        inside = before.isalnum() or before in {"/", "-", "_"} or after.isalnum() or after in {"/", "-", "_"}
        out += (name if inside else words) + part
    return out


def _by_identity(pairs: Iterable[tuple[Found, Judged]]) -> Iterable[tuple[Found, list[Judged]]]:
    """Groups by the findings that they share: thousands have the very same."""
    shared: dict[int, tuple[Found, list[Judged]]] = {}
    for found, judged in pairs:
        shared.setdefault(id(found), (found, []))[1].append(judged)
    return shared.values()


def _common(one: str, other: str) -> str:
    """How two texts begin alike."""
    if other.startswith(one):
        return one
    differ = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return one[: next(differ, min(len(one), len(other)))]


def _ended(text: str) -> str:
    """The beginning of a sentence, cut where a thought of it ends.

    >>> _ended("it binds: no training (as far as known) (the rows say GPT-"), _ended("it binds")
    ('it binds: no training (as far as known)', '')
    """
    text = text[: max(0, *map(text.rfind, (" (", "; ", ": ", ". ")))]
    return text[: text.rfind(" (")] if text.count("(") > text.count(")") else text


def _name(subject: str) -> str:
    """The name of a subject without its scheme; empty for bare `rows`, which have no name of their own."""
    return subject.partition(":")[2]


def _source(name: str | None, pairs: list[tuple[Group, str]], rows: int) -> Source:
    groups = [group for group, _ in pairs]
    subjects = dict.fromkeys(_name(subject) for _, subject in pairs)
    return Source(
        name,
        tuple(dict.fromkeys(text for group in groups for text in group.key.license or ())),
        tuple(dict.fromkeys(text for group in groups for text in group.key.generator or ())),
        tuple(of for of in subjects if of and of not in (name or NO_SOURCE)),
        rows,
        tuple(text for group in groups for text in group.examples)[:_EXAMPLES],
    )
