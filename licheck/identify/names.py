"""Names of licences as they are compared, and the documents that carry them.

A name becomes tokens: words in lower case, versions without `v`, `version` and a final `.0`. “Apache License,
Version 2.0” and “apache license v2” are the same tokens. Nothing is split before a text holds its first token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from licheck.words import CJK

_TOKEN = re.compile(rf"[{CJK}]+|\d+(?:\.\d+)*|\+\+|(?<=\d)\+|[^\W\d_{CJK}]+")
_ZEROS = re.compile(r"(?:\.0)+$")
_VERSION = ("v", "version", "ver", "vers")
_ALIKE = {"licence": "license", "licences": "licenses", "licenced": "licensed", "licencing": "licensing"}
_NUMBERS = {"2": "two", "3": "three", "4": "four"}
LICENSE_WORDS = frozenset(("license", "licenses", "agreement", "terms", "policy", "eula"))
_GENERIC = LICENSE_WORDS | {
    "open",
    "free",
    "public",
    "software",
    "source",
    "data",
    "model",
    "community",
    "research",
    "the",
}
FEWEST_LETTERS = 3  # of a name without its version: “x” is none
Tokens = tuple[str, ...]


class Tokenized(NamedTuple):
    """Tokens of a text and the characters they came from."""

    tokens: list[str]
    starts: list[int]
    ends: list[int]


class Name(NamedTuple):
    """A name and its documents; `recorded` when a record or the Hub carries it, not only the SPDX list."""

    tokens: Tokens
    ids: tuple[str, ...]
    recorded: bool


def tokenize(text: str) -> Tokenized:
    """Split a text into tokens; linear in its length.

    >>> tokenize("Apache Licence, Version 2.0; GPLv3+ CreativeML OpenRAIL++-M, Non-Commercial").tokens
    ['apache', 'license', '2', 'gpl', '3', '+', 'creativeml', 'openrail', '++', 'm', 'noncommercial']
    """
    found = Tokenized([], [], [])
    tokens, starts, ends = found
    for match in _TOKEN.finditer(text):
        token, start = match.group().lower(), match.start()
        if token[0].isdigit():
            token = _ZEROS.sub("", token)
            if tokens and tokens[-1] in _VERSION and start - ends[-1] < len(". _ "):
                start = starts[-1]
                _drop(found)
            elif tokens and start == ends[-1] and len(tokens[-1]) > 1 and tokens[-1][-1] == "v":  # GPLv3
                tokens[-1], ends[-1] = tokens[-1][:-1], ends[-1] - 1
        elif tokens[-1:] == ["non"] and token in ("commercial",):
            token, start = "noncommercial", starts[-1]
            _drop(found)
        tokens.append(_ALIKE.get(token, token))
        starts.append(start)
        ends.append(match.end())
    return found


def _drop(found: Tokenized) -> None:
    for column in found:
        column.pop()


class Names:
    """What names stand for.

    `recorded` are names of records, `listed` rows (id, name, address) of the SPDX list, `tags` those of the Hub and
    `addresses` those of records.
    """

    def __init__(
        self,
        recorded: Mapping[str, Sequence[str]],
        listed: Iterable[Sequence[str]] = (),
        tags: Mapping[str, Sequence[str]] | None = None,
        addresses: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.listed = list(listed)
        self.addresses = addresses or {}
        self._recorded, self._tags = recorded, tags or {}
        self._known: dict[str, dict[int, dict[Tokens, Name]]] = {}
        self._fitting: dict[str, tuple[str, ...]] = {}

    def beginning(self, token: str) -> dict[int, dict[Tokens, Name]]:
        """Names that begin with a token by their number of tokens, the longest first."""
        if token not in self._begin:
            return {}
        if token not in self._known:
            self._known[token] = {}
            for name in _names(self._begin[token]):
                self._known[token].setdefault(len(name.tokens), {})[name.tokens] = name
        return self._known[token]

    def called(self, name: str) -> Name | None:
        """Documents that go by exactly this name."""
        tokens = tuple(tokenize(name).tokens)
        return self.beginning(tokens[0]).get(len(tokens), {}).get(tokens) if tokens else None

    def versions(self, pattern: str) -> tuple[str, ...]:
        """Ids that a regular expression fits, in order; asked for again and again in long texts."""
        if pattern not in self._fitting:
            self._fitting[pattern] = tuple(sorted(i for i in self.ids if re.fullmatch(pattern, i)))
        return self._fitting[pattern]

    def holds(self, tag: str) -> bool:
        """Whether the Hub knows a tag without a document: its licence is not held, or it names none."""
        return not self._tags.get(tag.lower(), ("",))

    @cached_property
    def ids(self) -> frozenset[str]:
        """Ids of all documents and of the SPDX list."""
        return frozenset([i for ids in self._recorded.values() for i in ids] + [row[0] for row in self.listed])

    @cached_property
    def _begin(self) -> dict[str, list[tuple[str, Sequence[str], bool]]]:
        """Names by their first token; those of records first."""
        found: dict[str, list[tuple[str, Sequence[str], bool]]] = {}
        for name, ids in (*self._recorded.items(), *self._tags.items()):
            if ids:
                _put(found, name, ids, True)
        for row in self.listed:
            _put(found, row[0], row[:1], False)
            _put(found, row[1], row[:1], False)
        return found


def _put(found: dict[str, list[tuple[str, Sequence[str], bool]]], name: str, ids: Sequence[str], own: bool) -> None:
    bare = name[4:] if name[:4].lower() in ("the ", "the-") else name
    first = _TOKEN.search(bare)
    if first:
        token = first.group().lower()
        token = _ZEROS.sub("", token) if token[0].isdigit() else _ALIKE.get(token, token)
        found.setdefault(token, []).append((bare, ids, own))
    if name[:4].lower() == "bsd-" and name[5:].lower() == "-clause":  # “3-clause BSD”, “three clause BSD”
        for number in (name[4], _NUMBERS.get(name[4], name[4])):
            found.setdefault(number, []).append((f"{number}-clause-bsd", ids, True))


def _names(raw: Iterable[tuple[str, Sequence[str], bool]]) -> list[Name]:
    """Names as they are, and what is left of them without version, without brackets, without `agreement`."""
    whole: dict[Tokens, Name] = {}
    parts: dict[Tokens, tuple[dict[str, None], bool]] = {}
    for name, ids, recorded in raw:
        tokens = tuple(tokenize(name).tokens)
        known = whole.get(tokens)
        if known is None or (known.recorded and recorded and len(ids) > len(known.ids)):
            whole[tokens] = Name(tokens, tuple(sorted(ids)), recorded)
        for part in _parts(name, tokens):
            held = parts.setdefault(part, ({}, recorded))[0]
            held.update(dict.fromkeys(ids))
    rest = (
        Name(tokens, tuple(sorted(ids)), recorded) for tokens, (ids, recorded) in parts.items() if tokens not in whole
    )
    return sorted((*whole.values(), *rest), key=lambda name: -len(name.tokens))


def _parts(name: str, tokens: Tokens) -> set[Tokens]:
    bare = tuple(tokenize(name.partition("(")[0]).tokens)
    found = {bare, tuple(t for t in tokens if not t[0].isdigit()), tuple(t for t in bare if not t[0].isdigit())}
    found |= {part[:-1] for part in (tokens, *found) if part[-2:] == ("license", "agreement")}
    long = (part for part in found if len("".join(part)) >= FEWEST_LETTERS and not _GENERIC.issuperset(part))
    return {part for part in long if part[0] == tokens[0]}
