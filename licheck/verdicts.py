"""Verdicts on groups of rows: the parts of a key, each judged once by the rules, and what they come to together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from itertools import islice, product
from typing import NamedTuple, TypeAlias

from licheck.data.names import reference
from licheck.db.store import Database
from licheck.evidence.ids import dataset_name
from licheck.model.audit import Audit, Columns, Group, Judged, Key
from licheck.model.binding import BoundUse
from licheck.model.days import days
from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import Finding, Severity, State
from licheck.model.lookup import Generator
from licheck.model.project import Manifest
from licheck.model.release import Release
from licheck.policy import engine
from licheck.policy.case import Context
from licheck.policy.exceptions import matches
from licheck.terms.expression import MOST, Choices, choices
from licheck.terms.rows import Rows, Source

Found: TypeAlias = tuple[Finding, ...]
# What makes a part the same for all keys that have it, and how to find what binds it.
Part: TypeAlias = tuple[Hashable, Callable[[], Iterable[BoundUse]]]

_RANK = {verdict: rank for rank, verdict in enumerate(("restricted", "undetermined", "conditional", "usable"))}
# What is asked of a release says nothing of data.
_APART = {"relicensing", "declared-license"}
_STEP = 256


class Origins(NamedTuple):
    """Where data come from: what was read of sources on the Hub, what they were made from, what all rows lie in."""

    hub: Mapping[str, tuple[BoundUse, ...]] = {}
    parents: Mapping[str, tuple[Key, ...]] = {}
    within: str = ""
    above: tuple[Key, ...] = ()


class Judge:
    """Judges groups for a project; `use` is train or evaluate, `own` tells that the user generated the rows."""

    def __init__(
        self,
        manifest: Manifest,
        columns: Columns,
        today: date,
        use: str = "train",
        own: bool = False,
        database: Database | None = None,
        origins: Origins | None = None,
    ) -> None:
        self._database, self._origins = database or Database.open(), origins or Origins()
        self._vocabulary = self._database.record("vocabulary")
        # What the project decided is held against each source; the rules see terms alone.
        self._rows = Rows(
            columns, manifest._replace(policy=manifest.policy._replace(exceptions=())), self._database, today, use, own
        )
        self._name, self._columns, self._today = manifest.project.name, columns, today
        self._exceptions = manifest.policy.exceptions
        self._expired: dict[str, None] = {}
        self.used: set[int] = set()  # places of exceptions that some finding needs
        self._told: dict[Hashable, tuple[Found, Found]] = {}
        self._known: dict[tuple[Hashable, ...], tuple[str, Found, Found]] = {}
        self._alike: dict[tuple[Hashable, ...], tuple[str, Found, Found]] = {}
        self._about = cache(self._read_about)
        self._choices = cache(self._read_choices)
        self._source = cache(self._read_source)
        self._generator = cache(self._read_generator)

    def all(self, groups: Sequence[Group], tell: Callable[[int, int], None]) -> list[Judged]:
        """Judge groups, restricted ones first, then by rows."""
        judged = []
        for done, group in enumerate(groups, 1):
            judged.append(Judged(group, *self._one(group.key)))
            if not done % _STEP or done == len(groups):
                tell(done, len(groups))
        return ordered(judged)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the project's decisions."""
        return tuple(self._expired)

    def audit(self, judged: Sequence[Judged]) -> Audit:
        """Put the result together."""
        database = self._database
        return Audit(self._name, database.version, database.sha256, self._columns, tuple(judged), self.notes)

    def _one(self, key: Key) -> tuple[str, Found, Found]:
        about = self._about(key.source)
        if about is None:
            return self._by_parts(key)
        # Sources of which nothing is known are alike, and there may be thousands.
        alike = (about, *key[1:])
        if alike not in self._alike:
            self._alike[alike] = self._by_parts(key)
        return self._alike[alike]

    def _read_about(self, source: str | None) -> str | None:
        """What tells a source from others for the rules; None where more than what the catalogue has is known of it."""
        origins = self._origins
        if self._exceptions or origins.within or origins.above or source in origins.hub or source in origins.parents:
            return None
        return self._source(source).reference.text

    def _by_parts(self, key: Key) -> tuple[str, Found, Found]:
        """Judge a key by the most lenient of the licences between which it leaves the choice."""
        stated = islice(product(*map(self._choices, key.license or ())), MOST)
        keys = [key._replace(license=tuple(name for names in chosen for name in names)) for chosen in stated]
        told = [self._together(key if key.license is None else one) for one in keys]
        return max(told, key=lambda one: _RANK[one[0]])

    def _read_choices(self, text: str) -> Choices:
        return choices(text, lambda name: bool(self._database.named(name)))

    def _together(self, key: Key) -> tuple[str, Found, Found]:
        parts = list(self._parts(key))
        named = key.source if self._exceptions else None  # which may be made for a source by its name
        together = (named, *(what for (what, _), _ in parts))
        if together not in self._known:
            told = [self._judged(part, self._source(source)) for part, source in parts]
            found = (self._excepted(named, f) for found, _ in told for f in found)
            findings = tuple(engine.ordered(_once(found)))
            owed = tuple(engine.ordered(_once(f for _, duties in told for f in duties)))
            self._known[together] = verdict(findings, owed), findings, owed
        return self._known[together]

    def _excepted(self, source: str | None, finding: Finding) -> Finding:
        """A finding with the reason for which the project accepts it, if an exception for its source says so."""
        if finding.severity is Severity.INFO:
            return finding
        names = (finding.subject, *finding.via, *((source, f"rows:{source}") if source else ()))
        for exception in self._exceptions:
            if exception.clause and exception.clause not in (finding.clause, finding.rule):
                continue
            if not any(matches(exception.of, name) for name in names):
                continue
            self.used.add(exception.place)
            if exception.until is None or exception.until >= self._today:
                return replace(finding, excepted_by=exception.reason)
            self._expired[f"the exception for {exception.of} expired on {exception.until}"] = None
        return finding

    def _parts(self, key: Key) -> Iterator[tuple[Part, str | None]]:
        """The parts of a key, of what it was made from, and of the dataset that its rows lie in, with their sources."""
        parents, within = self._origins.parents, self._origins.within
        if within and not key.source:
            key = key._replace(source=within)
        around = [*([Key(within)] if within and key.source != within else []), *self._origins.above]
        for each in (key, *parents.get(key.source or "", ()), *around):
            for part in self._parts_of(each):
                yield part, each.source

    def _parts_of(self, key: Key) -> Iterator[Part]:
        source, rows = self._source(key.source), self._rows
        read = self._origins.hub.get(key.source or "")
        if read is not None:
            yield ("hub", key.source), partial(tuple, read)
            if not source.entry:
                source = Source(dataset_name(key.source or ""))
        about, known = source.reference.text, source.entry or source.web
        names = key.license or ()
        # What is known of a source is held against all that its rows state; other licences stand alone.
        apart: list[tuple[str, ...]] = [(name,) for name in names]
        # That rows name no licence is no gap beside what the Hub says.
        for some in [names] if known else apart or ([()] if read is None else []):
            yield ("licences", about, some), partial(_listed, rows.licensed, source, some)
        when = days(key.date)
        made = [(name, self._generator(name, key.route)) for name in key.generator or ()]
        for name, of in made:
            if of is None:
                yield ("untold", about, name), partial(_listed, rows.untold, source, name)
            elif of:
                generator = Generator(of, when, f"The rows say {name}.")
                evidence = Evidence("data", quote=name, locator=self._columns.generator or "generator")
                yield ("made", about, generator), partial(_listed, rows.generated, source, generator, evidence, Grade.C)
        if known and not any(of for _, of in made):
            grade = source.entry.grade if source.entry else Grade.C
            for generator in known.generators:
                find = partial(_listed, rows.generated, source, generator, known.evidence, grade)
                yield ("made", about, generator), find
        if source.entry and source.entry.parents:
            yield ("parents", about), partial(rows.inherited, source)

    def _judged(self, part: Part, source: Source) -> tuple[Found, Found]:
        """Findings and duties of one part."""
        what, bound = part
        if what not in self._told:
            manifest, uses = self._rows.manifest(source), tuple(bound())
            context = Context(manifest, Release(), uses, self._database, self._vocabulary, self._today)
            found, duties = engine.judge(context)
            findings = tuple(f for f in found if f.rule not in _APART and not f.is_duty)
            self._told[what] = findings, tuple(f for f in duties if f.rule not in _APART)
        return self._told[what]

    def _read_source(self, text: str | None) -> Source:
        """What a source names: a dataset that the catalogue has, else a crawl, platform or site; nothing is guessed."""
        if not (text := (text or "").strip()):
            return Source()
        name = dataset_name(text)
        entry = self._database.dataset(name) if name else None
        return Source(name, entry) if entry else Source(web=self._database.web_source(name or text))

    def _read_generator(self, name: str, route: str | None) -> str | None:
        return reference(name, route, known=lambda repo: self._database.model(repo) is not None)


def _listed(find: Callable[..., BoundUse], *about: object) -> list[BoundUse]:
    return [find(*about)]


def _once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Findings without those that say the same again: card and catalogue often name one licence."""
    return {(f.rule, f.clause, f.license, f.subject, f.message): f for f in findings}.values()


def ordered(judged: Iterable[Judged]) -> list[Judged]:
    """Restricted ones first, then by rows, and alike ones as they came."""
    return sorted(judged, key=lambda j: (_RANK[j.verdict], -j.group.rows))


def verdict(findings: Found, owed: Found) -> str:
    """What findings and duties come to: restricted, undetermined, conditional or usable."""
    heavy = [f for f in findings if f.severity is not Severity.INFO and not f.excepted_by]
    # What rests on an inference or a report informs, it does not decide.
    if any(f.state is State.VIOLATED and f.grade not in (Grade.D, Grade.X) for f in heavy):
        return "restricted"
    if heavy:
        return "undetermined"
    return "conditional" if any(f.state is State.ACTION_NEEDED for f in owed) else "usable"
