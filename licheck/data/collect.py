"""Asks an engine for the groups of its rows, and reads what it gives: lists, dates, what is the same, order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from licheck.data.query import BESIDE, LISTS, SEPARATOR, distinct, examples, groups
from licheck.errors import InputError, Problem
from licheck.model.audit import Columns, Group, Key
from licheck.model.days import days

MOST = 1_000_000  # combinations that are judged: a column with more values tells rows, not sources
Raw = tuple[str | None, ...]  # a key as an engine gives it, one text for each role of `Columns.grouped`


class MisfitError(Exception):
    """Some rows have a value of a kind that its role cannot read; `texts` are what should be dates and is none."""

    def __init__(self, what: str, texts: Sequence[str] = ()) -> None:
        super().__init__(what)
        self.texts = texts


def collect(
    ask: Callable[[str], Sequence[Sequence[Any]]],
    relation: str,
    columns: Columns,
    types: Mapping[str, str],
    first: tuple[str, int] | None = None,
) -> tuple[list[Group], dict[Raw, Key]]:
    """Ask an engine for groups, as `read` gives them; `first` is what `examples` takes, where ids are asked for apart.

    Raises InputError for more than `MOST` combinations, and MisfitError as `read` does.
    """
    rows = ask(groups(relation, columns, types, MOST + 1, ids=first is None))
    if len(rows) > MOST:
        raise InputError(too_many(columns, ask(distinct(relation, columns, types))[0]))
    if first is None:
        return read(rows, columns, types)
    ids = {tuple(raw): example for *raw, example in ask(examples(first[0], columns, types, first[1]))}
    return read(rows, columns, types, ids)


def too_many(columns: Columns, counts: Sequence[int]) -> Problem:
    """What to say of more than `MOST` combinations; `counts` are the distinct values of each role."""
    count, role = max(zip(counts, columns.grouped, strict=True))
    column_ = getattr(columns, role)
    what = f"column {column_!r} has {count:,} distinct values, and more than {MOST:,} combinations are not judged"
    return Problem("--columns", None, role, what, f"name a column that tells sources apart, or none: {role}=")


def read(
    rows: Iterable[Sequence[Any]],
    columns: Columns,
    types: Mapping[str, str],
    ids: Mapping[Raw, Any] | None = None,
) -> tuple[list[Group], dict[Raw, Key]]:
    """Read what the query of `groups` gave: groups, largest first, and which key each combination stands for.

    `ids` holds them by combination, where they were asked for apart. Raises MisfitError for a value of a kind that
    its role cannot read.
    """
    readers = [(Key._fields.index(role), _reader(role, columns, types)) for role in columns.grouped]
    width = len(readers)
    keys: dict[Raw, Key] = {}
    found: dict[Key, list[Any]] = {}
    for row in rows:
        count, tokens, size, example = row[width:]
        if not count:
            continue  # what is said of no rows where there are no roles to group by
        raw = tuple(row[:width])
        fields: list[Any] = [None] * len(Key._fields)
        for (place, reader), text in zip(readers, raw, strict=True):
            fields[place] = reader(text) if reader else text
        key = keys[raw] = Key._make(fields)
        new = [count, tokens, size, example if ids is None else ids.get(raw)]
        found[key] = _together(found[key], new) if key in found else new
    if wrong := sorted({key.date for key in found if key.date is not None and not is_date(key.date)}):
        raise MisfitError(f"{wrong[0]!r} is no date", wrong)
    together = [
        Group(key, int(count), _whole(tokens), _whole(size), () if example is None else (str(example),))
        for key, (count, tokens, size, example) in found.items()
    ]
    return sorted(together, key=_order), keys


def _reader(role: str, columns: Columns, types: Mapping[str, str]) -> Callable[[str | None], Any] | None:
    """What makes a role's value of its text; each text is read once."""
    if role not in LISTS:
        return None
    kinds = [types.get(path, "JSON") for path in columns.paths(role)]
    if len(kinds) == 1:
        return cache(lambda text: words(text, kinds[0]))

    def several(text: str | None) -> tuple[str, ...] | None:
        if text is None:
            return None
        pieces = zip(text.split(BESIDE), kinds, strict=False)
        return tuple(sorted({word for piece, kind in pieces if piece for word in words(piece, kind) or ()}))

    return cache(several)


def _order(group: Group) -> tuple[Any, ...]:
    """Largest first, then role by role; what is missing before what is empty."""
    source, license_, generator, route, day = key = group.key
    filled = (source or "", license_ or (), generator or (), route or "", day or "")
    return -group.rows, filled, tuple([value is not None for value in key])


def words(text: str | None, type_: str) -> tuple[str, ...] | None:
    r"""The words of a value that may be a list, sorted and each once, without what is null in a list.

    >>> words("MIT", "VARCHAR"), words("\x1fMIT\x1fBSD", "VARCHAR[]"), words('["MIT", null]', "JSON")
    (('MIT',), ('BSD', 'MIT'), ('MIT',))
    """
    if text is None:
        return None
    if type_ == "JSON":
        value = json.loads(text)
        if not is_words(value):
            raise MisfitError(text)
        return None if value is None else tuple(sorted(set(_texts(value)))) or ((), ("",))[value != []]
    return tuple(sorted(set(text.split(SEPARATOR)[1:]))) if type_.endswith("]") else (text,)


def is_words(value: Any) -> bool:
    """Whether a JSON value is text, null, or a list of such.

    >>> is_words(["MIT", None, ["BSD"]]), is_words(["MIT", 3]), is_words({})
    (True, False, False)
    """
    return value is None or isinstance(value, str) or (isinstance(value, list) and all(map(is_words, value)))


@cache
def is_date(text: str) -> bool:
    """Whether a text is a date in one of the forms that data sets write, or says that there is none."""
    try:
        days(text)
    except ValueError:
        return False
    return True


def _together(one: list[Any], other: list[Any]) -> list[Any]:
    """Rows, tokens, bytes and example of two combinations that are one key."""
    sums = (b if a is None else a if b is None else a + b for a, b in zip(one[:3], other[:3], strict=True))
    ids = [example for example in (one[3], other[3]) if example is not None]
    return [*sums, min(ids, default=None)]


def _texts(value: Any) -> Iterator[str]:
    """The texts in a JSON value and, at any depth, in its lists."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield value


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
