"""The phrase language of the clause records: what a sentence has to say, in words a lawyer can read.

A phrase is a row of elements that have to come in this order in one sentence:

    word            this word, as it is compared (lower case; `mark's` is two words)
    word*           every word that begins so
    a|b|c_d         one of several; `_` joins the words of one alternative
    {list}          one of a named list (license_db/words.yaml); may stand among alternatives
    word?           may be left out
    ..   ..12       up to 6, up to 12 other words between
    ...             any number of other words, as far as the sentence goes
    <number>        something to read out: number, money, quoted, name, address, date, place, territory, or line: what a
                    colon announces, from the word before it

An element without `..` or `...` before it follows the one before at once; quotes, commas and line ends never count.
There are no regular expressions: every phrase is tried in time linear in the sentence.

`compiled` turns the phrases of all records into numbers and tables, once, when the database is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from licheck.words import words

NEAR, FAR = 6, 10_000
ANYWHERE = "anywhere:"  # an `unless` that begins so speaks against wherever in the text it stands
SLOTS = ("number", "money", "quoted", "name", "address", "date", "place", "territory", "line")
Lists = Mapping[str, Sequence[str]]
Element = tuple[tuple[str, ...] | str, int, bool]


class PhraseError(ValueError):
    """A phrase that does not follow the language; the message says which part."""


def compiled(clauses: Iterable[Mapping[str, Any]], lists: Lists) -> dict[str, Any]:
    """Compile the phrases of clause records; raises PhraseError.

    `phrases` are rows of [set or slot, gap, optional]; `words` and `beginnings` say which sets a word may begin and
    with what further words; `rules` are [clause, order, phrase, unless, elsewhere, params]; `read` is as in the
    records, with numbers of phrases under `where`.
    """
    table = _Table(lists)
    rules, read = [], {}
    for record in clauses:
        common = tuple(record.get("unless") or ())
        for order, said in enumerate(record.get("phrases") or ()):
            entry: Mapping[str, Any] = {"say": said} if isinstance(said, str) else said
            against = (*common, *(entry.get("unless") or ()))
            unless = [table.phrase(text) for text in against if not text.startswith(ANYWHERE)]
            elsewhere = [table.phrase(text.removeprefix(ANYWHERE)) for text in against if text.startswith(ANYWHERE)]
            rule = [record["id"], order, table.phrase(entry["say"]), unless, elsewhere, entry.get("params") or {}]
            rules.append(rule)
        found = {name: how if isinstance(how, list) else [how] for name, how in (record.get("read") or {}).items()}
        read[record["id"]] = {name: [table.reading(rule) for rule in how] for name, how in found.items()}
    return {"phrases": table.phrases, "rules": rules, "read": read, **table.words()}


class _Table:
    """Numbers phrases and sets of alternatives."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._numbers: dict[str, int] = {}
        self._sets: dict[tuple[str, ...], int] = {}
        self.phrases: list[list[tuple[int | str, int, bool]]] = []

    def phrase(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.phrases)
            self.phrases.append(
                [
                    (what if isinstance(what, str) else self._sets.setdefault(what, len(self._sets)), gap, optional)
                    for what, gap, optional in parse(text, self._lists)
                ]
            )
        return self._numbers[text]

    def reading(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(rule)
        if "where" in found:
            where = [found["where"]] if isinstance(found["where"], str) else found["where"]
            found["where"] = [self.phrase(text) for text in where]
        if "each" in found:
            found["each"] = [self.reading(one) for one in found["each"]]
        return found

    def words(self) -> dict[str, dict[str, list[tuple[int, str]]]]:
        """First words of all alternatives → the sets they belong to and the words that have to follow."""
        tables: dict[str, dict[str, list[tuple[int, str]]]] = {"words": {}, "beginnings": {}}
        for options, number in self._sets.items():
            for option in options:
                first, _, rest = option.partition(" ")
                table = tables["beginnings" if first.endswith("*") else "words"]
                table.setdefault(first.removesuffix("*"), []).append((number, rest))
        return tables


def parse(text: str, lists: Lists) -> list[Element]:
    """Take a phrase apart into (alternatives or slot, gap, optional); raises PhraseError.

    >>> parse("may|shall_not ..3 train* models?", {})
    [(('may', 'shall not'), 0, False), (('train*',), 3, False), (('models',), 0, True)]
    """
    elements: list[Element] = []
    gap = 0
    for part in text.split():
        if part.startswith(".."):
            gap = _gap(part)
            continue
        optional = part.endswith("?")
        bare = part[:-1] if optional else part
        what: tuple[str, ...] | str = bare if bare.startswith("<") else tuple(sorted(set(_options(bare, lists))))
        if isinstance(what, str) and what not in {f"<{slot}>" for slot in SLOTS}:
            raise PhraseError(f"“{part}” is nothing to read out; write one of {', '.join(SLOTS)}")
        if optional and not elements:
            raise PhraseError(f"“{part}” begins the phrase and may be left out; leave it out")
        elements.append((what, gap, optional))
        gap = 0
    if not elements or gap:
        raise PhraseError("a phrase begins and ends with a word")
    return elements


def written(record: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every phrase of a clause record, with the keys at which it stands."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [
        ((key,), record.get(key)) for key in ("phrases", "unless", "read")
    ]
    while stack:
        at, value = stack.pop()
        if isinstance(value, str) and (at[0] != "read" or "where" in at) and "params" not in at:
            yield at, value.removeprefix(ANYWHERE)
        elif isinstance(value, dict):
            stack += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            stack += [((*at, i), item) for i, item in enumerate(value)]


def _gap(part: str) -> int:
    if part == "..":
        return NEAR
    if part == "...":
        return FAR
    if part[2:].isdigit():
        return int(part[2:])
    raise PhraseError(f"“{part}” is no gap; write .., ... or ..12")


def _options(part: str, lists: Lists) -> Iterator[str]:
    for name in part.split("|"):
        if name.startswith("{"):
            if name[1:-1] not in lists or not name.endswith("}"):
                raise PhraseError(f"“{name}” is no list in words.yaml")
            for entry in lists[name[1:-1]]:
                yield _alternative(entry.replace(" ", "_"))
        else:
            yield _alternative(name)


def _alternative(name: str) -> str:
    # A CJK character is a word of its own, so a Chinese word is written like any other.
    found = " ".join(" ".join(words(piece.rstrip("*")).tokens) + "*" * piece.endswith("*") for piece in name.split("_"))
    if not found.strip("* "):
        raise PhraseError(f"“{name}” holds no word")
    return found
