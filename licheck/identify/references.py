"""What a text says about its licence without being one: SPDX lines, keys of a model card, names, addresses.

A reference names documents, it does not hold their words. Several ids mean that the text does not say which of them;
none means that it names something that is not known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from licheck.identify.addresses import Addresses
from licheck.identify.families import read
from licheck.identify.mentions import mentions
from licheck.identify.names import Names, tokenize
from licheck.words import Words

_SPDX = re.compile(
    r"SPDX-License-Identifier[`*_\"']{0,3}:[ \t`*_\"']{0,8}([^\s`*\"'<>;,#{}][^\n`*\"'<>;,#{}]{0,240})", re.I
)
_EXPRESSION = re.compile(r"[A-Za-z0-9.+:() \t-]+")
_OPERATORS = re.compile(r"\bWITH [^\s()]+|[()]|\b(?:AND|OR)\b")
_ALONE = re.compile(r"\W*(?:rem|dnl)?\W*", re.I)  # what may stand before an SPDX line in a comment
_FRONT = re.compile(r"\s{0,40}---[ \t\r]*\n")
_FRONT_LONGEST = 60_000  # characters; a gated model's card holds its whole agreement there
_KEY = re.compile(r"^(license|license_name):[ \t]*([^\n#]{0,200})(?:#[^\n]*)?((?:\n[ \t]*- [^\n]{0,200}){0,20})", re.M)
_SILENT = ("", "other", "unknown", "none", "null", "~", "n/a", "proprietary")
_LINE = 300  # characters of a line that are looked at before an SPDX line


class Reference(NamedTuple):
    """Documents that words `start` to `end` of a text refer to.

    `by` is spdx, tag, name or address; `expression` the SPDX expression in its canonical form. `first` and `last` are
    characters: the target of a link or a line in a copyright notice is no word.
    """

    ids: tuple[str, ...]
    start: int
    end: int
    by: str
    expression: str | None
    first: int
    last: int


def references(found: Words, names: Names) -> list[Reference]:
    """Find what a text refers to, in order; linear in its length."""
    text = found.text
    raw = [*_spdx(text), *_tags(text, names)]
    said = sorted((first, last) for *_, first, last in raw)
    starts = [first for first, _ in said]
    for mention in mentions(text, names):
        before = bisect_left(starts, mention.end) - 1
        if before < 0 or said[before][1] <= mention.start:
            raw.append((mention.ids, "name", None, mention.start, mention.end))
    raw += [(ids, "address", None, first, last) for ids, first, last in _addresses(text, names)]
    later = {i for ids, *_ in raw for i in ids if i.endswith("-or-later")}
    done = []
    for ids, by, expression, first, last in sorted(raw, key=lambda item: (item[3], item[4])):
        # The page of a GNU licence is the same whether later versions may be chosen or not.
        if by == "address" and all(i.endswith("-only") and i.replace("-only", "-or-later") in later for i in ids):
            continue
        start, end = found.within(first, last)
        done.append(Reference(ids, start, end, by, expression, first, last))
    return done


_Raw = tuple[tuple[str, ...], str, str | None, int, int]


def _spdx(text: str) -> Iterator[_Raw]:
    for match in _SPDX.finditer(text):
        value = _EXPRESSION.match(match[1])
        written = value.group().rstrip(" \t-:").removesuffix(".") if value else ""
        expression = _canonical(written)
        end = match.start(1) + len(written)
        line = text.rfind("\n", max(0, match.start() - _LINE), match.start()) + 1
        if expression is None and not _ALONE.fullmatch(text[line : match.start()][:_LINE]):
            continue  # a sentence about such lines
        ids = dict.fromkeys(_OPERATORS.sub(" ", expression).split()) if expression else ()
        yield tuple(_current(i) for i in ids), "spdx", expression, match.start(), end


@lru_cache(maxsize=256)
def _canonical(written: str) -> str | None:
    """An SPDX expression in its canonical form, None for anything else."""
    from packaging.licenses import canonicalize_license_expression  # not needed for most texts

    try:
        return str(canonicalize_license_expression(written))
    except (ValueError, RecursionError, MemoryError):
        return None


def _current(spdx: str) -> str:
    """The id in use for one that the SPDX list keeps for old documents.

    >>> _current("GPL-2.0+"), _current("LGPL-3.0"), _current("MIT")
    ('GPL-2.0-or-later', 'LGPL-3.0-only', 'MIT')
    """
    if re.fullmatch(r"(?:[AL]?GPL|GFDL)-\d\.\d\+?", spdx):
        return spdx[:-1] + "-or-later" if spdx.endswith("+") else spdx + "-only"
    return spdx


def _tags(text: str, names: Names) -> Iterator[_Raw]:
    """Values of `license` and `license_name` in the front matter of a card."""
    opening = _FRONT.match(text.removeprefix("\ufeff"))
    if not opening:
        return
    end = text.find("\n---", opening.end() - 1, _FRONT_LONGEST)
    for match in _KEY.finditer(text, opening.end(), end if end >= 0 else opening.end()):
        for value in re.split(r"[\n\[\],]", f"{match[2]}{match[3]}"):
            tag = value.strip(" \t\r-\"'|>")
            if tag.lower() not in _SILENT:
                yield _tagged(tag, names), "tag", None, match.start(), match.end()


def _tagged(tag: str, names: Names) -> tuple[str, ...]:
    found = tokenize(tag)
    family = read(tag, found, 0, names) if found.tokens else None
    if family and family[1] == len(found.tokens):
        return family[0]
    name = names.called(tag)
    return name.ids if name else ()


@lru_cache(maxsize=1)
def _known(names: Names) -> Addresses:
    return Addresses(names)


def _addresses(text: str, names: Names) -> Iterator[tuple[tuple[str, ...], int, int]]:
    if "://" not in text and "/" not in text:
        return
    for ids, first, last in _known(names).find(text):
        line = text.rfind("\n", max(0, first - _LINE), first) + 1
        if not re.match(r"[ \t]*\|(?![ \t*_]*licen[cs]e)", text[line : line + 40], re.I):
            yield ids, first, last
