"""Licences stated together: SPDX expressions, and lists in one text as data sets write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

MOST = 16  # alternatives; an expression with more says nothing to anybody
LONGEST = 500  # characters
_TOKEN = re.compile(r"\s*(\(|\)|[|;,]|\b(?:AND|OR)\b)\s*", re.IGNORECASE)
Choices = list[tuple[str, ...]]


def choices(text: str, known: Callable[[str], bool]) -> Choices:
    """Read the alternatives that a text leaves, each the licences that hold together in it.

    Whatever is no expression, or has a part that is not known, is one licence by that name.

    >>> choices("MIT OR (BSD AND Zlib)", lambda name: True), choices("MIT | BSD", lambda name: True)
    ([('MIT',), ('BSD', 'Zlib')], [('MIT', 'BSD')])
    >>> choices("MIT OR unheard of", lambda name: name == "MIT")
    [('MIT OR unheard of',)]
    """
    if known(text) or len(text) > LONGEST:
        return [(text,)]
    tokens = [token.strip() for token in _TOKEN.split(text) if token.strip()]
    try:
        found, rest = _any(tokens, known)
    except (ValueError, RecursionError):
        return [(text,)]
    return found if not rest and len(found) <= MOST else [(text,)]


def _any(tokens: list[str], known: Callable[[str], bool]) -> tuple[Choices, list[str]]:
    found, rest = _all(tokens, known)
    while rest and rest[0].upper() == "OR":
        more, rest = _all(rest[1:], known)
        found = found + more
    return found, rest


def _all(tokens: list[str], known: Callable[[str], bool]) -> tuple[Choices, list[str]]:
    found, rest = _one(tokens, known)
    while rest and (rest[0].upper() == "AND" or rest[0] in "|;,"):
        more, rest = _one(rest[1:], known)
        found = [tuple(dict.fromkeys((*a, *b))) for a, b in product(found, more)]
        if len(found) > MOST:
            raise ValueError(tokens)
    return found, rest


def _one(tokens: list[str], known: Callable[[str], bool]) -> tuple[Choices, list[str]]:
    if not tokens:
        raise ValueError("a licence is missing")
    first, *rest = tokens
    if first == "(":
        found, rest = _any(rest, known)
        if rest[:1] != [")"]:
            raise ValueError("a bracket is not closed")
        return found, rest[1:]
    if not known(first):
        raise ValueError(first)
    return [(first,)], rest
