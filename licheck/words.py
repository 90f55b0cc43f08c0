"""What two copies of one text have in common once typography is undone.

A text becomes its words: letters and digits in lower case and compatibility form (NFKC), each CJK character a word of
its own. Layout, punctuation, quotes, Markdown emphasis, link targets, HTML tags, numbers of sections and list items and
dated copyright statements leave no trace, nor do British spelling of the word license and the s of https; every other
word does, so that one changed word is a different text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple, overload

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff"
_PLAIN = re.compile(r"[^\W_]+")
# The copyright sign and CJK characters are words of their own; marks that nobody sees do not part a word.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff\u0300-\u036f"
_MIXED = re.compile(rf"©|[^\W_]+(?:[{_UNSEEN}]+[^\W_]*)*")
# Anything but ASCII and the punctuation that typesetters put in its place.
_LETTERS = re.compile("[^\x00-\x7f\xa0§«®·»\u2010-\u2027\u2028\u2029\u2030-\u205e\u2122\u25a0-\u25ff]")
_HAS_CJK = re.compile("[\u3040-\u9fff\uf900-\ufaff]")
_WIDE = re.compile("[\uff01-\uff5e]")  # full-width forms of the ASCII characters
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HIDDEN = re.compile(f"[{_UNSEEN}]")
# Tags of HTML; `<name of author>` and `<https://…>` are words.
_TAGS = (
    "a abbr address article aside b base body br button caption center cite code col colgroup dd del details dfn dl "
    "doctype dt em fieldset figcaption figure font footer form head header hr html i iframe img input ins kbd label "
    "legend link main mark meta nav noscript option path picture pre q s samp section select small source span strong "
    "style sub summary sup svg tbody td textarea tfoot th thead time title tt u var video wbr"
)
_BLOCKS = "blockquote|div|h[1-6]|li|ol|p|table|tr|ul"
_MARKUP = re.compile(
    rf"<[/!]?(?:(?P<block>(?:{_BLOCKS})\b)|{_TAGS.replace(' ', '|')})(?:\s[^<>=]{{0,40}}=[^<>]{{0,1000}}|\s*)/?>"
    r"|&\#?[A-Za-z0-9]{1,10};|\]\(\s*(?:https?:|mailto:|[#/.])[^()]{0,500}\)",
    re.I,
)
_ALIKE = {"https": "http", "licence": "license", "licences": "licenses", "licenced": "licensed"}
_UNPRINTED = (("<style", "</style>"), ("<script", "</script>"), ("<!--", "-->"))

# The number or letter of a section or list item, where a copy may have lost it: at the beginning of a paragraph, or
# after a mark that ends an item. Line ends do not count, so that re-wrapping changes nothing.
_LABEL = re.compile(
    r"\s[\"“*_]{0,3}[(（]?(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[A-Za-z]|[ivxIVX]{2,5})[.)）]|\d{1,2}(?:\.\d{1,2}){1,3}|©)"
    r"(?=[*_]{0,2}\s{1,40}\S)"
)
# What may be a label: a plain pattern that is several times faster than the exact one.
_MAYBE_LABEL = re.compile(r"\s[\"“*_]{0,3}[(（]?[0-9A-Za-z][0-9.ivxIVX]{0,8}[.)）]")
_BEFORE_LABEL = 60
_NUMBERED = re.compile(r"\b(?:v|ver|vers|no|nos|sec|art|p|pp|para|vol|ch)\.\Z", re.I)
_PREFIX = re.compile(r"\n[^\w\n(（\"“]+")  # of a comment, a quotation, a list
_BLANK = " \t\r\n\u00a0\u2028\u2029\u3000"
_CONJUNCTION = re.compile(r"(?:(?<=\s)|\A)(?:and/or|and|or)\Z")
_FEW_NOTICES = 200

# Who holds the copyright since when. A notice without a year is part of the terms, and so is one inside a sentence.
_NOTICE = re.compile(
    r"(?:\bcopyright\b|(?<!\w)©|(?<!\S)\(c\)(?=\s))"
    r"[^\n]{0,40}?(?:\b\d{4}|\[yyyy\]|[<\s]year[>\s]|\{yyyy\}|\byyyy\b)",
    re.I,
)
_NOTICE_END = re.compile(
    r"\n[^\w\n]*\n"
    r"|\b(?:Everyone|Permission|Redistributions?|Licensed|This|You|Verbatim|Use|Unless|If)\b"
    r"|(?<!inc)(?<!corp)(?<!ltd)(?<!co)(?<! [a-z])\.\s+(?=[a-z])(?!all\b)",
    re.I,
)
_NOTICE_LONGEST = 400
_BEFORE_NOTICE = 160
_HEADING = 45  # a line above a notice that is no longer than this is a heading, not a sentence that goes on


class Word(NamedTuple):
    """A word and the characters it came from."""

    text: str
    start: int
    end: int


class Words(Sequence[Word]):
    """The words of a text: `tokens` as they are compared; where they stand is worked out when it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._masked = _mask(text)
        plain = self._masked.isascii() or not _LETTERS.search(self._masked)
        self._piece = _PLAIN if plain else _with_cjk() if _HAS_CJK.search(text) else _MIXED
        lowered = self._masked.lower()
        if len(lowered) != len(self._masked):  # İ becomes two characters
            lowered = self._masked.replace("İ", "i").lower()
        tokens: list[str] = self._piece.findall(lowered)
        if not plain:
            tokens = [token if token.isascii() else _fold(token) for token in tokens]
        if "https" in lowered or "licenc" in lowered:
            tokens = [_ALIKE.get(token, token) for token in tokens]
        self.tokens = tokens

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [piece.span() for piece in self._piece.finditer(self._masked)]

    @cached_property
    def starts(self) -> list[int]:
        """Offset of the first character of each word."""
        return [start for start, _ in self._spans]

    @cached_property
    def ends(self) -> list[int]:
        """Offset after the last character of each word."""
        return [end for _, end in self._spans]

    @cached_property
    def _newlines(self) -> list[int]:
        return [newline.start() for newline in re.finditer("\n", self.text)]

    def line(self, offset: int) -> int:
        """Line, from 1, on which a character stands."""
        return bisect_left(self._newlines, offset) + 1

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Numbers of the first word inside a stretch of characters and of the one after the last."""
        first = bisect_left(self.starts, start)
        return first, max(first, bisect_right(self.ends, end))

    def __len__(self) -> int:
        return len(self.tokens)

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> list[Word]: ...
    def __getitem__(self, at: int | slice) -> Word | list[Word]:
        if isinstance(at, slice):
            return [*map(Word, self.tokens[at], self.starts[at], self.ends[at])]
        return Word(self.tokens[at], self.starts[at], self.ends[at])

    def __iter__(self) -> Iterator[Word]:
        return map(Word, self.tokens, self.starts, self.ends)


def words(text: str) -> Words:
    r"""Split a text into comparable words; linear in its length.

    >>> words("**Llama\\\\_3**: see [the ＰＯＬＩＣＹ](https://x.y/z)<br>").tokens
    ['llama', '3', 'see', 'the', 'policy']
    >>> words("Copyright (c) 2023 Acme\nAll rights reserved.\n\nUse it.").tokens
    ['use', 'it']
    """
    return Words(text)


@cache
def _with_cjk() -> re.Pattern[str]:
    """Compiled only for a text that needs it: its sets of characters are large."""
    return re.compile(rf"[{CJK}©]|[^\W_{CJK}]+(?:[{_UNSEEN}]+[^\W_{CJK}]*)*")


def _fold(word: str) -> str:
    if word == "©":
        return "c"
    return unicodedata.normalize("NFKC", _HIDDEN.sub("", unicodedata.normalize("NFC", word))).casefold()


def _mask(text: str) -> str:
    """Blank out what is not part of the terms, character for character, so that offsets hold."""
    if _WIDE.search(text):
        text = text.translate(_NARROW)
    if "<" in text:
        for opening, closing in _UNPRINTED:
            text = _without(text, opening, closing)
    if "<" in text or "&" in text or "](" in text:
        text = _MARKUP.sub(_blank, text)
    return _without_labels(_without_notices(text))


def _blank(markup: re.Match[str]) -> str:
    """As many blanks; an element that stands on its own lines leaves an empty line."""
    size = len(markup.group())
    return "\n\n" + " " * (size - 2) if markup["block"] else " " * size


def _without_labels(text: str) -> str:
    pieces, at = [], 0
    text = f"\n{text}"  # so that a label may be the first word
    for maybe in (_LABEL if "©" in text else _MAYBE_LABEL).finditer(text):
        label = _LABEL.match(text, maybe.start())
        start, end = label.span() if label else (0, 0)
        if label and _begins(text[max(0, start + 1 - _BEFORE_LABEL) : start + 1]):
            pieces += [text[at : start + 1], " " * (end - start - 1)]
            at = end
    return "".join([*pieces, text[at:]])[1:]


def _begins(before: str) -> bool:
    """Whether an item may begin after these characters; the common cases first, without a pattern."""
    bare = before.rstrip()
    last = bare[-1:]
    if last in (".", ",", ":"):
        return not _NUMBERED.search(bare)
    if last.isalnum() and bare[-3:].lower() not in ("and", " or", "/or", "\nor"):
        return before.count("\n", len(bare)) > 1
    before = _PREFIX.sub("\n", before.lower())
    bare = before.rstrip(_BLANK + "#>*=-•·")
    if not bare or before.count("\n", len(bare)) > 1:
        return True
    bare = _CONJUNCTION.sub(";" if bare in ("and", "or", "and/or") else "", bare)
    bare = bare.rstrip(_BLANK + '"”’)*_')
    return bare[-1:] in tuple(".;:,") and not _NUMBERED.search(bare)


def _without(text: str, opening: str, closing: str) -> str:
    pieces, at = [], 0
    lowered = text.lower() if text.isascii() else text
    while (start := lowered.find(opening, at)) >= 0 and (end := lowered.find(closing, start)) >= 0:
        end += len(closing)
        pieces += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _without_notices(text: str) -> str:
    pieces, at = [], 0
    for number, notice in enumerate(_notices(text)):
        if notice.start() < at or not _stands_alone(text[max(0, notice.start() - _BEFORE_NOTICE) : notice.start()]):
            continue
        longest = _NOTICE_LONGEST if number < _FEW_NOTICES else 0
        stop = _NOTICE_END.search(text, notice.end(), notice.end() + longest)
        line_end = text.find("\n", notice.end(), notice.end() + _NOTICE_LONGEST)
        end = stop.start() if stop else line_end if line_end >= 0 else min(len(text), notice.end() + 160)
        pieces += [text[at : notice.start()], re.sub(r"[^\n]", " ", text[notice.start() : end])]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _notices(text: str) -> Iterator[re.Match[str]]:
    """What begins like a notice; plain search for its signs is many times faster than the pattern."""
    lowered = (
        text.lower() if text.isascii() else text.replace("COPYRIGHT", "copyright").replace("Copyright", "copyright")
    )
    places = []
    for sign in ("copyright", "(c)", "(C)", "©"):
        at = lowered.find(sign)
        while at >= 0:
            places.append(at)
            at = lowered.find(sign, at + 1)
    return filter(None, (_NOTICE.match(text, at) for at in sorted(places)))


def _stands_alone(before: str) -> bool:
    """Whether a notice may begin after these characters: not in the middle of a sentence."""
    bare = before.rstrip(_BLANK + "#>*=-•·/;")
    line = bare.rpartition("\n")[2].lstrip(_BLANK + "#>*=-•·/;")
    broken = "\n" in before[len(bare) :]
    return not line or line[-1] in ".:0123456789)>]" or (broken and len(line) <= _HEADING)


def digest(tokens: Sequence[str]) -> str:
    """Digest of a run of words: 32 hex digits of BLAKE2b."""
    from hashlib import blake2b  # loads OpenSSL, which a release without licence texts need not wait for

    return blake2b(" ".join(tokens).encode(), digest_size=16).hexdigest()


def squash(text: str) -> str:
    r"""Words of a text with single blanks between, to look for one phrase in another.

    >>> squash("Built  with\n<b>Llama</b>")
    'built with llama'
    """
    return " ".join(words(text).tokens)
