"""Names of licences in a text, where the words around say that they license something.

MIT is a university and Gemma a family of models: a name counts behind words like “licensed under”, below a heading or
behind a key “License:”, or when it calls itself a licence. Every look around a name is bounded, so that the time is
linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from licheck.identify.addresses import ADDRESS
from licheck.identify.families import read, stops
from licheck.identify.names import LICENSE_WORDS, Name, Names, tokenize


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TARGET = re.compile(r"\]\([^()\n]{0,400}\)|</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,300})?/?>", re.I)
_LICENSING = _set("licensed relicensed released distributed redistributed published license release")
_VERBS = _LICENSING | _set(
    "available published provided offered shared sourced open covered issued made dual distribute redistribute "
    "licenses use used usable falls falling is are copyrighted protected"
)
_FILL = _set(
    "the a an both either this standard permissive popular open source same term terms condition conditions following "
    "free software copyleft dual our your its their following well known simple very gnu of and or"
)
_NOT = _set("not never cannot formerly previously originally neither nor isn wasn aren without longer")
_OTHER = _NOT | _set("unlike than instead modified customized similar compatible incompatible based inspired")
_ABIDE = {("subject", "to"), ("governed", "by"), ("comply", "with"), ("compliance", "with"), ("accordance", "with")} | {
    ("bound", "by"),
    ("agree", "to"),
    ("covered", "by"),
    ("licensed", "as"),
    ("licensed", "with"),
}
_TAIL = frozenset(("license", "licensed", "agreement", "terms", "eula", "licenses"))
_CJK_LICENSE = re.compile("许可|許可|协议|授權|授权|ライセンス")
_NOUNS = _set(
    "server servers plate plates office header headers badge compatible incompatible style styled like esque "
    "scanner checker detector detection compatibility fee key keys family"
)
_AFTER = _TAIL | _set(
    "and or with for see as which while except unless but in copyright c if since plus only the whose international "
    "unported generic to at on by from also you please by"
)
_KEY = ("license", "licenses", "licensing")
_KEY_MORE = ("type", "name", "s", "id", "identifier", "expression", "text", "info")
_KEY_GAP = re.compile(r"[^\w.;!?]{0,12}(?:[:：=]|::)[^\w.;!?]{0,40}")
_OPEN_GAP = re.compile(r"[ \t*_\"'`\]]{0,6}[(|\-–—][ \t*_\"'`\[|]{0,60}")
_HEADING_GAP = re.compile(r"[^\w.;!?]{0,80}\n[^\w.;!?]{0,80}")
_HEADING = _set(
    "license licenses licensing information info and terms legal copyright the model code data dataset weights use "
    "usage of conditions notice s our"
)
_HEADINGS = re.compile(r"^[ \t]{0,3}#{1,6}[^\n]{0,200}", re.M)
_LOOK = 8  # words before a name
_LINE = 300  # characters of a line on either side of a name


class Mention(NamedTuple):
    """Documents that a name stands for, and the characters of the name with the words that make it count."""

    ids: tuple[str, ...]
    start: int
    end: int


def mentions(text: str, names: Names) -> Iterator[Mention]:
    """Names in a text that license something, in order."""
    return _Reader(text, names).read()


class _Reader:
    """One text while its names are looked for."""

    def __init__(self, text: str, names: Names) -> None:
        text = ADDRESS.sub(lambda match: " " * len(match.group()), text)
        self._text = _TARGET.sub(_blank, text)
        self._names = names
        self._found = tokenize(self._text)
        self._last = -1  # place after the last name that counted

    def read(self) -> Iterator[Mention]:
        at, tokens = 0, self._found.tokens
        while at < len(tokens):
            name, end = self._name(at)
            if name is None:
                at += 1
                continue
            counted = self._counts(name, at, end)
            if counted:
                begin, end = counted
                self._last = end
                yield Mention(name.ids, self._found.starts[begin], self._found.ends[end - 1])
            at = end

    def _name(self, at: int) -> tuple[Name | None, int]:
        tokens = self._found.tokens
        if family := read(self._text, self._found, at, self._names):
            return Name(tuple(tokens[at : family[1]]), family[0], True), family[1]
        for size, known in self._names.beginning(tokens[at]).items():
            name = known.get(tuple(tokens[at : at + size]))
            if name and not any(self._stops(place) for place in range(at + 1, at + size)):
                return self._with_version(name, at + size)
        return None, at

    def _with_version(self, name: Name, end: int) -> tuple[Name, int]:
        """The name with the version behind its short form: Academic Free License (“AFL”) v. 3.0."""
        tokens, (_, starts, ends) = self._found.tokens, self._found
        if end + 1 < len(tokens) and tokens[end + 1][0].isdigit() and not self._stops(end + 1):
            longer = (*name.tokens, tokens[end + 1])
            full = self._names.beginning(longer[0]).get(len(longer), {}).get(longer)
            if full and "(" in self._text[ends[end - 1] : starts[end]][:_LOOK]:
                return full, end + 2
        return name, end

    def _counts(self, name: Name, at: int, end: int) -> tuple[int, int] | None:
        """First word and the one after the last of what makes a name count, or None."""
        tokens, own = self._found.tokens, any(token in LICENSE_WORDS for token in name.tokens)
        joined = self._joined(end)
        if joined and tokens[end] in _NOUNS:
            return None
        tail = joined and (tokens[end] in _TAIL or bool(_CJK_LICENSE.search(tokens[end][:8])))
        closed = tail or not joined or (tokens[end] in _AFTER and not tokens[end][0].isdigit())
        if tail and end + 1 < len(tokens) and self._joined(end + 1) and tokens[end + 1] in _NOUNS:
            return None
        if not closed and not (own and not tokens[end][0].isdigit()):
            return None
        if self._in_table(at) and self._key(at) is None:
            return None
        whole = end + tail
        spelled = self._text[self._found.starts[at] : self._found.ends[end - 1]] in name.ids
        doubtful = not (own or name.recorded or spelled)  # Python 2 is a language
        weak = doubtful or not (own or any(token[0].isdigit() for token in name.tokens))
        context = self._context(at, weak, _LICENSING if doubtful else _VERBS)
        if context is not None:
            return (context, whole) if context >= 0 else None
        if (tail or own) and self._is_title(name, at, end):
            return at, whole
        return None

    def _joined(self, at: int) -> bool:
        """Whether a token goes on where the last one ended: only blanks and quotes lie between."""
        if at >= len(self._found.tokens):
            return False
        gap = self._text[self._found.ends[at - 1] : self._found.starts[at]]
        return len(gap) <= _LOOK and not gap.strip(" \t-_'’`*\"”“]") and "\n\n" not in gap

    def _is_title(self, name: Name, at: int, end: int) -> bool:
        """Whether a name may stand alone: names that only the SPDX list carries have to look like one."""
        starts = self._found.starts
        if name.recorded or any(token[0].isdigit() for token in name.tokens):
            return True
        return (
            len(name.tokens) > 1 and not self._text[starts[at]].islower() and not self._text[starts[end - 1]].islower()
        )

    def _context(self, at: int, weak: bool, verbs: frozenset[str]) -> int | None:
        """First word of what licenses something with the name at `at`; -1 for words against it, None for neither."""
        tokens = self._found.tokens
        key = self._key(at)
        if key is not None:
            return key
        before, terms = at - 1, False
        while before > max(-1, at - _LOOK) and tokens[before] in _FILL and not self._stops(before + 1):
            terms |= tokens[before] in ("terms", "conditions")
            before -= 1
        if (
            0 < self._last <= at
            and all(t in _FILL or t in _TAIL for t in tokens[self._last : at])
            and at - self._last < 6
        ):
            return at
        if before < 0 or self._stops(before + 1):
            return None
        if self._against(before, _NOT if tokens[before] == "under" else _OTHER):
            return -1
        if tokens[before] == "under":
            verb = next((k for k in range(before - 1, max(-1, before - 7), -1) if tokens[k] in verbs), None)
            if verb is not None and not any(self._stops(k) for k in range(verb + 1, before + 1)):
                return -1 if self._against(verb, _NOT) else verb
            return None if weak and not terms else before
        if not weak and (tuple(tokens[before - 1 : before + 1]) in _ABIDE or (terms and tokens[before] != "in")):
            return max(0, before - 1)
        return None if weak else self._section(at)

    def _against(self, at: int, words: frozenset[str]) -> bool:
        """Whether one of the words up to this one says that the licence is another."""
        near = range(at, max(-1, at - 4), -1)
        for place in near:
            if self._found.tokens[place] in words:
                return True
            if self._stops(place):
                return False
        return False

    def _stops(self, at: int) -> bool:
        return stops(self._text, self._found, at)

    def _key(self, at: int) -> int | None:
        """Place of the word License, where it is the key or heading that the name stands behind."""
        tokens, starts, ends = self._found
        before = at - 1
        while before > max(-1, at - 3) and tokens[before] in (*_KEY_MORE, "the", "text"):
            before -= 1
        if before < 0 or not (tokens[before] in _KEY or _CJK_LICENSE.search(tokens[before][-8:])):
            return None
        if starts[at] - ends[at - 1] > _LINE or starts[at] - ends[before] > _LINE:
            return None
        gap = self._text[ends[at - 1] : starts[at]]
        if _KEY_GAP.fullmatch(gap) or _KEY_GAP.fullmatch(self._text[ends[before] : starts[at]]):
            return before
        if not gap.strip(" "):
            return None
        line = self._text.rfind("\n", max(0, starts[before] - _LINE), starts[before]) + 1
        head = self._text[line : starts[before]]
        if _OPEN_GAP.fullmatch(gap) and (not any(c.isalnum() for c in head) and "\n" not in gap):
            return before
        if _HEADING_GAP.fullmatch(gap) and all(t.isdigit() or t in _HEADING for t in tokenize(head).tokens):
            return before
        return None

    def _in_table(self, at: int) -> bool:
        start = self._found.starts[at]
        line = self._text.rfind("\n", max(0, start - _LINE), start) + 1
        return self._text[line : line + _LOOK].lstrip().startswith("|")

    def _section(self, at: int) -> int | None:
        """The name itself, where it stands below a heading on licences."""
        below = bisect_right(self._headings[0], self._found.starts[at]) - 1
        return at if below >= 0 and self._headings[1][below] else None

    @cached_property
    def _headings(self) -> tuple[list[int], list[bool]]:
        found = [*_HEADINGS.finditer(self._text)]
        licences = [any(t in _KEY or _CJK_LICENSE.search(t) for t in tokenize(h.group()).tokens) for h in found]
        return [heading.start() for heading in found], [bool(licence) for licence in licences]


def _blank(match: re.Match[str]) -> str:
    markup = match.group()
    return ("]" if markup[0] == "]" else " ") + re.sub(r"[^\n]", " ", markup[1:])
