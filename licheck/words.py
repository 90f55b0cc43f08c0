"""What two copies of one text have in common once typography is undone.

A text becomes its words: letters and digits in lower case and compatibility form (NFKC), each CJK character a word of
its own. Layout, punctuation, quotes, Markdown emphasis, link targets, HTML tags and dated copyright lines leave no
trace; every other word does, so that one changed word is a different text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff"
_PIECE = re.compile(
    r"(?P<skip></?[A-Za-z][^<>]{0,300}>|&\#?[A-Za-z0-9]{1,10};|\]\(\s*(?:https?:|mailto:|[#/.])[^()]{0,500}\))"
    rf"|(?P<word>[{_CJK}]|[^\W_{_CJK}]+)"
)
# A line that only says who holds the copyright since when; a notice without a year is part of the terms.
_COPYRIGHT = re.compile(
    r"^[^\w\n]{0,20}(?:copyright\b|©|\(c\)\s)[^\n]{0,40}?(?:\d{4}|\[yyyy\]|<year>|\{yyyy\})[^\n]{0,160}$", re.I | re.M
)


class Word(NamedTuple):
    """A word and the characters it came from."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    r"""Split a text into comparable words; linear in its length.

    >>> [w.text for w in words("**Llama\\\\_3**: see [the ＰＯＬＩＣＹ](https://x.y/z)<br>")]
    ['llama', '3', 'see', 'the', 'policy']
    >>> [w.text for w in words("Copyright (c) 2023 Acme\nUse it.")]
    ['use', 'it']
    """
    return list(_words(text))


def _words(text: str) -> Iterator[Word]:
    holders = iter([match.span() for match in _COPYRIGHT.finditer(text)])
    left, right = next(holders, (len(text), len(text)))
    for piece in _PIECE.finditer(text):
        if piece.lastgroup != "word":
            continue
        start, end = piece.span()
        while start >= right and right < len(text):
            left, right = next(holders, (len(text), len(text)))
        if left <= start < right:
            continue
        word = piece.group()
        yield Word(word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold(), start, end)


def digest(tokens: list[str]) -> str:
    """Digest of a run of words: 32 hex digits of BLAKE2b."""
    from hashlib import blake2b  # loads OpenSSL, which a release without licence texts need not wait for

    return blake2b(" ".join(tokens).encode(), digest_size=16).hexdigest()


def squash(text: str) -> str:
    r"""Words of a text with single blanks between, to look for one phrase in another.

    >>> squash("Built  with\n<b>Llama</b>")
    'built with llama'
    """
    return " ".join(word.text for word in words(text))
