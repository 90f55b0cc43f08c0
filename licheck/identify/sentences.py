"""Takes a text apart into what can be read on its own: sentences, list items with the words that lead into them.

“You may not: (a) sell it; (b) train models with it” says two things, and (b) says nothing without its first words.
Each sentence therefore carries the words that lead into it. Works on any layout: numbered sections, bullets,
lists inside a paragraph, Markdown, Chinese punctuation. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from licheck.words import Words

LONGEST = 320  # words; what is longer is cut, so that odd input costs no more than its length
LEAD = 80  # words of a lead that an item keeps

_ROMAN = r"[ivxIVX]{1,5}"
_ARABIC = r"\d{1,2}(?:\.\d{1,2}){0,3}"
_LABEL = (
    rf"(?:\(?(?:{_ARABIC}|{_ROMAN}|[A-Za-z])[.)）]|\d{{1,2}}(?:\.\d{{1,2}}){{1,3}}"
    r"|[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十\d]{1,3}）|[①-⑳])"
)
_BULLET = r"(?:[-*•·▪◦–o](?=\s))"
_BREAK = re.compile(
    rf"\n[^\w\n(（]*(?=\n)"  # an empty line
    rf"|\n[\s>#*\"“]*(?={_LABEL}\s|{_BULLET}|\#)"  # a list item or heading on a line of its own
    rf"|(?<=[:;,.])\s+(?:(?:and|or|and/or)\s+)?(?=\((?:{_ROMAN}|[A-Za-z]|\d{{1,2}})\)\s)"  # an item in running text
    r"|(?<=\w)\s+(?=\((?:a|i|1|A|I)\)\s)"  # the first of them needs no mark before it
    r"|(?<=[.!?])[\"”’)\]*_]*\s+(?=[\"“‘(\[*_]*[A-Z])"
    r"|[。！？；](?=.)"
    r"|</(?:p|li|h\d|div|td|tr)>|<(?:br|li)\b"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|Inc|Ltd|Corp|Co|No|Sec|Art|vs|cf|U\.S|U\.K|v|[A-Z])|^[\s>#*]*[\w.]{1,8}|[“\"]\d{1,2})\.$"
)
# A number at the beginning of a line that ends a reference (“under Section⏎2.1 of”) labels nothing.
_REFERENCE = re.compile(r"\b(?:[Ss]ections?|[Aa]rticles?|[Cc]lauses?|[Pp]aragraphs?|[Vv]ersion)[ \t]*$")
# The number of an annex on a line of its own belongs to the title below it.
_ANNEX = re.compile(r"[\s>#*_]*(?:attachment|appendix|annexe?|exhibit|schedule)\s+[a-z\d]{1,3}[\s:.*_–—-]*", re.I)
_MARK = re.compile(rf"[\s>#*\"“]*(?:(?P<label>{_LABEL})(?=\s|[一-鿿])|(?P<bullet>{_BULLET}))")


class Sentence(NamedTuple):
    """Words `start` to `end` of a text (the end not included), and the stretches of words that lead into them."""

    start: int
    end: int
    leads: tuple[tuple[int, int], ...]


class _Open(NamedTuple):
    """A list that is not over: how its items are labelled, and what leads into them."""

    label: str
    leads: tuple[tuple[int, int], ...]


def sentences(found: Words, first: int = 0, last: int | None = None) -> list[Sentence]:
    """Split a text, or its words `first` to `last`, into sentences, in order; all words are in one of them."""
    if first >= (len(found) if last is None else last):
        return []
    whole = last is None or (first == 0 and last == len(found))
    bounds = (0, len(found.text)) if whole else (found.starts[first], found.ends[(last or 0) - 1])
    done: list[Sentence] = []
    lists: list[_Open] = []
    previous: Sentence | None = None
    leading = ""
    for chunk_start, chunk_end in _chunks(found.text, *bounds):
        start, end = found.within(chunk_start, chunk_end)
        if start >= end:
            continue
        mark = _MARK.match(found.text, chunk_start, chunk_end)
        label = _kind(mark) if mark else ""
        if label:
            opens = leading == ":" or _opens(label, mark) or (leading and not _goes_on(lists, label, mark))
            _enter(lists, label, previous if opens else None)
        elif "\n" in found.text[max(0, chunk_start - 2) : chunk_start + 1]:
            lists.clear()  # a paragraph of its own; a further sentence of an item leaves its list open
        leads = lists[-1].leads if label and lists else ()
        for at in range(start, end, LONGEST):
            previous = Sentence(at, min(at + LONGEST, end), leads)
            done.append(previous)
        leading = _leads(found.text[chunk_start:chunk_end], end - start)
    return done


def _chunks(text: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    for mark in _BREAK.finditer(text, at, stop):
        start, end = mark.span()
        if text[start - 1 : start] == "." and _ABBREVIATION.search(text[max(at, start - 16) : start]):
            continue
        if text[end : end + 1].isdigit() and _REFERENCE.search(text[max(at, start - 16) : start]):
            continue
        if start - at < 32 and _ANNEX.fullmatch(text, at, start):
            continue
        if start > at:
            yield at, start
        at = end
    yield at, stop


def _kind(mark: re.Match[str]) -> str:
    """How an item is labelled, the count left out: `(a)` for (b), `1.1` for 2.3; empty without a label."""
    label = mark["label"]
    if not label:
        return "-"
    bare = label.strip("().）（、")
    shape = (
        "1" * (bare.count(".") + 1)
        if bare[:1].isdigit()
        else "i"
        if re.fullmatch(_ROMAN, bare) and bare not in ("c", "C")
        else "a"
    )
    return f"{label[:1] if label[:1] in '(（' else ''}{shape}{'A' if bare[:1].isupper() else ''}"


def _opens(label: str, mark: re.Match[str] | None) -> bool:
    """Whether the label is the first of its list, which may stand in the middle of a sentence."""
    return bool(mark and mark["label"] and mark["label"].strip("().") in ("a", "i", "A") and label.startswith("("))


def _enter(lists: list[_Open], label: str, opener: Sentence | None) -> None:
    """Go to the list that a label belongs to: one that is open, or a new one under what leads into it."""
    # A lone i, v or x among letters is a letter.
    labels = [item.label for item in lists]
    if label not in labels and label.replace("i", "a") in labels and not opener:
        label = label.replace("i", "a")
    if opener and (not lists or (opener.start, opener.end) not in lists[-1].leads):
        if label in labels:
            del lists[labels.index(label) :]
        lists.append(_Open(label, (*opener.leads, (max(opener.start, opener.end - LEAD), opener.end))[-3:]))
    elif label in labels:
        del lists[labels.index(label) + 1 :]
    else:
        lists.append(_Open(label, lists[-1].leads if lists and lists[-1].label != "-" else ()))


def _goes_on(lists: list[_Open], label: str, mark: re.Match[str] | None) -> bool:
    """Whether an item goes on with a list that is open, though the item before it has no mark at its end."""
    first = mark and mark["label"] and mark["label"].strip("().）（、") in ("1", "a", "i", "A", "I", "一")
    return not first and label in [item.label for item in lists]


def _leads(chunk: str, count: int) -> str:
    """How a chunk leads into the list that follows: by a colon, or by an end in the middle of a sentence."""
    ending = chunk.rstrip(' \t\n\r*_#>"”—–-')[-1:]
    if count > LONGEST or not ending:
        return ""
    return ":" if ending in ":：" else "…" if ending.isalpha() and count > 2 else ""
