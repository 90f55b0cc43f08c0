"""Whether words read like terms: a paragraph of them beside a licence is an addition to it, a README is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from licheck.words import Words

LEAST, MOST = 12, 1500  # words of a paragraph that one ban makes a term
_SHARE = 0.05
_LEGAL = frozenset(
    (
        *("shall", "must", "may", "licensee", "licensor", "agreement", "grant", "granted", "grants", "permitted"),
        *("prohibited", "restriction", "restrictions", "conditions", "liable", "liability", "warranty", "warranties"),
        *("rights", "provided", "commercial", "redistribute", "sublicense", "licensees", "forbidden", "consent"),
    )
)
_SOLEMN = frozenset(("shall", "hereby", "herein", "thereof", "licensee", "licensor"))  # hardly found in other texts
_FORBIDDEN = re.compile(
    r"\b(?:(?:may|shall|must|will|can) ?not|prohibited|forbidden|not permitted|not allowed|only for|non-?commercial|"
    r"only be used)\b|不得|禁止",
    re.I,
)
_EMPTY_LINE = re.compile(r"\n[^\w\n]*\n")
_CHINESE = re.compile("许可|授权|不得|条款|协议|权利|责任|应当|禁止")
# Words that make a title the title of something else.
_QUALIFIERS = frozenset(
    (
        *("modified", "non", "noncommercial", "commercial", "research", "custom", "variant", "amended"),
        *("based", "plus", "additional", "restriction", "restrictions", "exception", "addendum", "clause"),
        *("only", "not", "except"),
    )
)


def legal(found: Words, start: int, end: int, least: int = 1) -> bool:
    """Whether words `start` to `end` of a text, the end not included, read like terms, by so many words at least."""
    tokens = found.tokens[start:end]
    if len(tokens) < LEAST:
        return False
    count = sum(map(_LEGAL.__contains__, tokens)) + 2 * sum(map(_SOLEMN.__contains__, tokens))
    if not found.text.isascii():
        text = found.text[found.starts[start] : found.ends[end - 1]]
        count += len(_CHINESE.findall(text)) * 2
    return count >= least and count / len(tokens) >= _SHARE


def telling(found: Words, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Paragraphs among words `start` to `end` that read like terms, neighbours put together."""
    if end - start < LEAST:
        return
    text, run = found.text, None
    at, stop = found.starts[start], found.ends[end - 1]
    edges = [at, *(mark.end() for mark in _EMPTY_LINE.finditer(text, at, stop)), stop]
    for low, high in pairwise(edges):
        first, last = found.within(low, high)
        first, last = max(first, start), min(last, end)
        ban = LEAST <= last - first <= MOST and _FORBIDDEN.search(text, low, high)
        if last - first >= LEAST and legal(found, first, last, 1 if ban else 2):
            run = (run[0] if run else first, last)
        elif run and last > first:
            yield run
            run = None
    if run:
        yield run


def misleading(own: Sequence[str], documents: Sequence[str]) -> bool:
    """Whether words in the place of a title or holder may mean something: a term, a qualifier, another version."""
    figures = {figure for name in documents for figure in re.findall(r"\d+", name)}
    return any(
        token in _LEGAL or token in _QUALIFIERS or (token.isdigit() and len(token) < 4 and token not in figures)
        for token in own
    )
