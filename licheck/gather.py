"""What is named as MANIFEST → parts of training data: groups that were read together, and what they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from licheck.data import cards, croissant, listed, manifests, remote
from licheck.data.manifests import Kind, Named, Remote
from licheck.errors import InputError, Problem, UnreadableError
from licheck.model.audit import Columns, Group, Key
from licheck.upstream import Reading


class Files(NamedTuple):
    """Files of rows to be read together; `within` is the dataset of the Hub whose own terms bind all of them.

    `above` is what the card in their folder says of them, and what they were made from.
    """

    paths: tuple[str, ...]
    within: str = ""
    above: tuple[Key, ...] = ()


class Gathered(NamedTuple):
    """Entries of lists, cards and Croissant files, and files of rows.

    `parents` leads from a source to what it was made from; `hub` from sources that are to be looked up on the Hub to
    their references; `notes` tell what was assumed.
    """

    columns: Columns = Columns()
    groups: tuple[Group, ...] = ()
    files: tuple[Files, ...] = ()
    parents: Mapping[str, tuple[Key, ...]] = {}
    hub: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()


def gather(texts: Sequence[str], known: Callable[[str], bool], look_up: bool, reading: Reading) -> Gathered:
    """Read everything that is named but rows; fetches files of rows from the Hub.

    `known` tells whether a text names a licence; with `look_up` entries of lists are looked up on the Hub as well.
    Raises InputError for what names nothing or is malformed, UnreadableError for what the Hub does not give.
    """
    named = manifests.read(texts)
    if wrong := [n.text for n in named if n.kind is Kind.PROJECT]:
        raise InputError(Problem(wrong[0], None, "", "stands beside other data", "name it alone, or with --project"))
    columns, groups, parents = Columns(), list[Group](), dict[str, tuple[Key, ...]]()
    for used, more, above in (_read(n, known) for n in named if n.kind not in (Kind.ROWS, Kind.REMOTE)):
        columns = merged(columns, used)
        groups += more
        for source, keys in above.items():
            parents[source] = tuple(dict.fromkeys((*parents.get(source, ()), *keys)))
    hub = {n.text: f"dataset:{n.text}" for n in named if n.kind is Kind.HUB}
    if look_up:
        entries = [g.key for g in groups] + [key for keys in parents.values() for key in keys]
        sources = dict.fromkeys(key.source for key in entries if key.source)
        hub |= {s: of for s in sources if s not in hub and (of := manifests.dataset(s))}
    plain, carded = list[str](), list[Files]()
    for text in (n.text for n in named if n.kind is Kind.ROWS):
        card = _carded(Path(text), known)
        carded += [Files((text,), above=card)] if card else []
        plain += [] if card else [text]
    below = list(_fetched([n.remote for n in named if n.remote], reading))
    hub |= {files.within: f"dataset:{files.within}" for files in below}
    return Gathered(
        columns,
        tuple(groups),
        (*([Files(tuple(plain))] if plain else []), *carded, *below),
        parents,
        hub,
        tuple(n.note for n in named if n.note),
    )


def merged(first: Columns, second: Columns) -> Columns:
    """The columns of both, those of the first where they differ."""
    return Columns(*(one or other for one, other in zip(first, second, strict=True)))


def _read(named: Named, known: Callable[[str], bool]) -> tuple[Columns, list[Group], dict[str, tuple[Key, ...]]]:
    if named.kind is Kind.HUB:
        return Columns(), [Group(Key(source=named.text), 1, path=named.text)], {}
    if named.kind is Kind.LIST:
        return *listed.read(Path(named.text)), {}
    path = Path(named.text)
    columns, group, parents = croissant.read(path) if named.kind is Kind.CROISSANT else cards.read(path, known)
    return columns, [group], {group.key.source: parents} if group.key.source and parents else {}


def _carded(folder: Path, known: Callable[[str], bool]) -> tuple[Key, ...]:
    """What the card of a folder of rows says of them; nothing where its README has no front matter."""
    card = folder / "README.md"
    if not card.is_file():
        return ()
    with card.open("rb") as file:
        if not file.read(8).removeprefix(b"\xef\xbb\xbf").startswith(b"---"):
            return ()
    _, group, parents = cards.read(card, known)
    return (*([group.key._replace(source=None)] if group.key.license else []), *parents)


def _fetched(wanted: Sequence[Remote], reading: Reading) -> Iterator[Files]:
    """Local copies of files of the Hub, dataset by dataset."""
    from licheck.sources.datafiles import Files as Hub

    for source in dict.fromkeys(one.source for one in wanted):
        of = [one for one in wanted if one.source == source]
        there = Hub(of[0].repo, of[0].revision, reading.offline, reading.cache, reading.say)
        names: dict[str, None] = {}
        for one in of:
            found = remote.matching(one.pattern, there.names)
            if not found:
                place = f"hf://datasets/{source}/{one.pattern}"
                raise UnreadableError(
                    Problem(place, None, "", "no file of that name or pattern is there", "look there")
                )
            names.update(dict.fromkeys(found))
        yield Files(tuple(there.fetch(list(names), reading.tell)), source)
