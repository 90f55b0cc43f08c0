"""Reads what is upstream and concludes under which terms it is, for `scan` and `lock`."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from licheck.db.store import Database
from licheck.identify.answer import in_repository
from licheck.lineage.node import Identify, Maker
from licheck.lineage.trace import Limits, Tracer
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Lineage, Node, Parent
from licheck.model.release import Part
from licheck.pipeline import identifier
from licheck.sources.cache import Cache, Entry, folder
from licheck.sources.http import Web
from licheck.sources.hub import Hub, default_endpoint, token
from licheck.terms.conclude import Conclusions

SECONDS = 120  # for one target; each further one adds one
MANY = 20  # targets from which on a broken run is gone on with
LONGEST_BREAK = 24 * 3600  # seconds


class Reading(NamedTuple):
    """How to read: within which limits and `seconds` for the whole run, from where, and where progress is told."""

    offline: bool = False
    limits: Limits = Limits()
    seconds: float | None = None
    cache: Path | None = None
    say: Callable[[str], None] = lambda line: None
    tell: Callable[[int, int], None] = lambda done, known: None
    follow_links: bool = False


def trace(
    roots: Sequence[str], given: Sequence[Node], database: Database, identify: Identify, reading: Reading
) -> Lineage:
    """Read references of the Hub and everything upstream of them and of nodes that were read elsewhere."""
    endpoint = default_endpoint()
    seconds = reading.seconds or SECONDS + len(roots)
    web = None if reading.offline else Web(endpoint, time.monotonic() + seconds, reading.say)
    cache = Cache(reading.cache or folder(), endpoint)
    # A long run that was broken off is gone on with: its mark stands until it ends.
    run = ("runs", sha256("\n".join(roots).encode()).hexdigest())
    began = cache.began(*run) if web and len(roots) >= MANY else None
    if began and time.time() - began > LONGEST_BREAK:
        began = None
    if web and len(roots) >= MANY and not began:
        cache.put(Entry("read", "", None, b""), *run)
    if began:
        reading.say("going on with a run that was broken off")
    hub = Hub(endpoint, cache, web, began)

    origin = _Origins(database)
    access = not reading.offline and token()
    maker = Maker(hub, identify, origin, reading.follow_links)
    lineage = Tracer(hub, maker, reading.limits, reading.tell, access).follow(roots, given)
    cache.drop(*run)
    return lineage


def conclusions(database: Database, today: date) -> Conclusions:
    """Conclude licences with this database, as of a day."""
    return Conclusions(database, today, names(database))


def identify_with(database: Database) -> Identify:
    """Say which documents stand in a text; of a licence file that holds none, and names none, that it is not known."""
    engine = identifier(database, clauses=False)
    named = names(database)

    def identify(text: str, licence: bool) -> tuple[tuple[Part, ...], str]:
        parts, near = in_repository(engine.identify(text, licence))
        if licence and not parts and not near and text.strip() and not named(text):
            near = "a text that no record knows"
        return parts, near

    return identify


class _Origins:
    """What a repository is known to be a copy of: by the list of copies, else by bearing the original's very name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._originals: dict[str, str] | None = None

    def __call__(self, node_id: str) -> Parent | None:
        name = node_id.partition(":")[2].partition("@")[0]
        entry = self._database.model(name) if node_id.startswith("hf:") else None
        of = next((layer.via for layer in entry.layers if layer.via), None) if entry else None
        if entry and of and of.lower() != name.lower() and entry.match.lower() == name.lower():
            # The list is the uploader's own, so it declares the link; what it says of licences is inferred from it.
            return Parent(f"hf:{of}", "reupload", entry.evidence)
        if not node_id.startswith("hf:") or entry:
            return None
        if self._originals is None:
            self._originals = self._database.originals()
        short = name.rpartition("/")[2].lower()
        of, relation = self._originals.get(short), "reupload"
        if not of:
            of, relation = self._begun(short), "finetune"
        if not of or of.lower() == name.lower():
            return None
        why = Evidence("name", quote=f"{name} bears the name of {of}", locator="inferred")
        return Parent(f"hf:{of}", relation, why, grade=Grade.D)

    def _begun(self, short: str) -> str | None:
        """The original whose whole name begins another, as `Llama-3-8b` does `Llama-3-8b-support`."""
        parts = re.split(r"(?<=[-_.])", short)
        for end in range(len(parts) - 1, 1, -1):
            begin = "".join(parts[:end])[:-1]
            of = self._originals.get(begin) if self._originals and re.search(r"\d", begin) else None
            of = of or (self._originals or {}).get(f"meta-{begin}")
            if of:
                return of
        return None


def names(database: Database) -> Callable[[str], tuple[str, ...]]:
    """Documents that a name or an address means; what reads them is loaded when the first one is met."""

    def named(text: str) -> tuple[str, ...]:
        return _reader(database)(text[:2000]) if text.strip() else ()

    return named


@lru_cache(1)
def _reader(database: Database) -> Callable[[str], tuple[str, ...]]:
    from licheck.identify.names import Names
    from licheck.identify.references import references
    from licheck.words import words

    tags = {entry["tag"]: entry["documents"] for entry in database.record("hub_tags")["tags"]}
    listed = database.record("fingerprints/names")["rows"]
    names = Names(database.record("names"), listed, tags, database.record("addresses"))

    def read(text: str) -> tuple[str, ...]:
        found = references(words(text), names)
        ids = dict.fromkeys(i for reference in found for i in reference.ids)
        return tuple(i for i in ids if database.named(i))

    return read
