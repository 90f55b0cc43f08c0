"""Dataset cards: the licence that the front matter of a README declares, and the datasets it names as sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from licheck.data.listed import text_of
from licheck.errors import InputError, Problem
from licheck.evidence import card as cards
from licheck.evidence import repo
from licheck.evidence.ids import repo_id
from licheck.model.audit import Columns, Group, Key
from licheck.model.release import Card, Release

MAX_BYTES = 8_000_000
_HELP = "begin the file with --- and the metadata of the dataset: license, license_name, license_link, source_datasets"


def read(path: Path, known: Callable[[str], bool]) -> tuple[Columns, Group, tuple[Key, ...]]:
    """Read a card: the dataset, and what it was made from; raises InputError where it has no front matter.

    `known` tells whether a name or address is that of a licence: beside `license: other` either may be.
    """
    name = str(path)
    text = text_of(path, MAX_BYTES, "a card is a page of text").replace("\r\n", "\n").replace("\r", "\n")
    found, block = cards.parse(name, text), cards.block(name, text)
    if found is None or (block and block.problems):
        what = "the front matter is no mapping" if block else "has no front matter"
        raise InputError((block.problems if block else ()) or Problem(name, 1, "", what, _HELP))
    release = Release(card=found)
    licences: list[str] = []
    line = None
    for declared in repo.declared(release, {}, ""):
        line = line or declared.evidence.line
        beside = [text for text in (declared.name, declared.link) if text]
        named = next((text for text in beside if known(text)), beside[0] if beside else "other")
        licences += [named if tag.lower() == "other" else tag for tag in declared.tags]
    made = repo.parents(release, {}, (), "")
    models = tuple(sorted(p.of.partition(":")[2] for p in made if p.relation != "train"))
    data = [p.of.partition(":")[2] for p in made if p.relation == "train"]
    title = found.values.get("pretty_name")
    source = title.strip() if isinstance(title, str) and title.strip() else path.absolute().as_posix()
    key = Key(source, tuple(sorted(set(licences))) or None, models or None)
    columns = Columns(source="pretty_name", license="license", generator="base_model" if models else "")
    parents = dict.fromkeys((*data, *_sources(found)))
    return columns, Group(key, 1, path=name, line=line), tuple(Key(source=parent) for parent in parents)


def _sources(card: Card) -> Iterator[str]:
    """The datasets in `source_datasets`; `original` is none, and `other-…` none that the Hub has."""
    value = card.values.get("source_datasets")
    for item in value if isinstance(value, list) else [value]:
        name = item.strip().removeprefix("extended|") if isinstance(item, str) else ""
        if name and name not in ("original", "extended") and not name.startswith("other-"):
            yield repo_id(name) or name
