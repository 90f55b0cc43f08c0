"""Names that are put together: the licences of GNU and of Creative Commons.

Both are read from a place in a text to (documents, place after the name); what is not said (the version, whether later
ones may be chosen) leaves all documents that fit.
"""

from __future__ import annotations

import re

from licheck.identify.names import Names, Tokenized

Read = tuple[tuple[str, ...], int]
_ACRONYMS = {"gpl": "GPL", "lgpl": "LGPL", "agpl": "AGPL", "gfdl": "GFDL"}
_LONG = {
    ("general", "public", "license"): "GPL",
    ("lesser", "general", "public", "license"): "LGPL",
    ("library", "general", "public", "license"): "LGPL",
    ("affero", "general", "public", "license"): "AGPL",
    ("free", "documentation", "license"): "GFDL",
    ("fdl",): "GFDL",
}
_BETWEEN = (
    *("license", "licenses", "as", "published", "by", "the", "free", "software", "foundation", "either", "of", "terms"),
    *("gnu", "public", "fsf"),
)
_LATER = ("later", "newer", "above", "higher", "greater")
_BEFORE_LATER = (*_BETWEEN, "or", "at", "your", "option", "any", "and", "their", "s", "recipient", "licensee")
_NOTICE = 14  # words between the name in a notice and its version
_LATER_WITHIN = 14  # words between the version and “any later version”
_STOP = re.compile(r"[.!?;|](?:[^\w(]|$)|\n\s*\n")

_ELEMENTS = {
    "by": "BY",
    "attribution": "BY",
    "nc": "NC",
    "noncommercial": "NC",
    "sa": "SA",
    "sharealike": "SA",
} | dict.fromkeys(("nd", "noderivatives", "noderivs"), "ND")
_PAIRS = {"share alike": "SA", "no derivatives": "ND", "no derivs": "ND", "no derivative": "ND"}
_COMMONS_FILL = ("license", "public", "cc", "works")
_MOST_FILL = 3
_GENERIC = ("international", "unported", "generic", "universal")
_COUNTRIES = {
    "germany": "DE",
    "austria": "AT",
    "australia": "AU",
    "netherlands": "NL",
    "united": "US",
    "igo": "IGO",
} | {
    "france": "FR",
    "japan": "JP",
    "england": "UK",
}
_CODES = ("de", "at", "au", "nl", "us", "fr", "jp", "uk")
_LONGEST = 16  # tokens of a name of Creative Commons
_ORDER = ("BY", "NC", "ND", "SA")


def stops(text: str, found: Tokenized, at: int) -> bool:
    """Whether a sentence, a cell or a paragraph ends before a token."""
    gap = text[found.ends[at - 1] : min(found.starts[at], found.ends[at - 1] + 200)]
    return at > 0 and gap != " " and bool(_STOP.search(gap))


def read(text: str, found: Tokenized, at: int, names: Names) -> Read | None:
    """Read a name of either family that begins with a token."""
    first = found.tokens[at]
    if first in ("cc", "creative"):
        return _commons(text, found, at, names)
    if first in _ACRONYMS or first in ("gnu", "lesser", "library", "affero"):
        return _gnu(text, found, at, names)
    return None


def _gnu(text: str, found: Tokenized, at: int, names: Names) -> Read | None:
    tokens, end = found.tokens, at + (found.tokens[at] == "gnu")
    base = _ACRONYMS.get(tokens[end], "") if end < len(tokens) else ""
    if base:
        end += 1
    else:
        words = next((w for w in _LONG if tuple(tokens[end : end + len(w)]) == w and (end > at or len(w) > 3)), None)
        if words is None:
            return None
        base, end = _LONG[words], end + len(words)
    version, after = _version_after(text, found, end)
    if not version:
        version, later = _version_before(tokens, at)
        after = end
    else:
        later = _later(text, found, after)
        after = max(after, later)
        if (
            after < len(tokens)
            and _ACRONYMS.get(tokens[after]) == base
            and "(" in text[found.ends[after - 1] : found.ends[after - 1] + 3]
        ):
            after += 1  # … v2.1 (LGPL)
    form = "-or-later" if later else "-only"
    full = version if "." in version else f"{version}.0"
    known = names.versions(rf"{base}-\d\.\d-only")
    if not version:
        return known, end
    return ((f"{base}-{full}{form}",), after) if f"{base}-{full}-only" in known else None


def _version_after(text: str, found: Tokenized, end: int) -> tuple[str, int]:
    """The version that a name is followed by, if no other words stand between."""
    for at in range(end, min(end + _NOTICE, len(found.tokens))):
        if stops(text, found, at):
            break
        if found.tokens[at][0].isdigit():
            return found.tokens[at], at + 1
        if found.tokens[at] not in _BETWEEN and not (at == end and found.tokens[at] in _ACRONYMS):
            break
    return "", end


def _version_before(tokens: list[str], at: int) -> tuple[str, int]:
    """The version in “version 3 (or any later version) of the GNU …”, and 1 where later ones may be chosen."""
    before = tokens[max(0, at - 8) : at]
    if before[-1:] == ["the"]:
        before = before[:-1]
    if before[-1:] != ["of"]:
        return "", 0
    later = any(word in _LATER for word in before)
    number = next((place for place in range(len(before) - 1, -1, -1) if before[place][0].isdigit()), -1)
    near = number >= 0 and (later or number == len(before) - len(["2", "of"]))
    return (before[number], int(later)) if near else ("", 0)


def _later(text: str, found: Tokenized, after: int) -> int:
    """Place after the words that allow later versions, 0 without them."""
    tokens = found.tokens
    if tokens[after : after + 1] == ["+"]:
        return after + 1
    if tokens[after : after + 1] == ["only"]:
        return 0
    for at in range(after, min(after + _LATER_WITHIN, len(tokens))):
        if stops(text, found, at):
            return 0
        if tokens[at] not in (*_LATER, *_BEFORE_LATER):
            return 0
        if tokens[at] in _LATER and (tokens[at - 1] in ("or", "any", "and") or tokens[at - 2] in ("or", "any")):
            return at + 1 + (tokens[at + 1 : at + 2] == ["version"])
    return 0


def _commons(text: str, found: Tokenized, at: int, names: Names) -> Read | None:
    tokens, end = found.tokens, at + 1
    if tokens[at] == "creative":
        if tokens[end : end + 1] != ["commons"]:
            return None
        end += 1
    elements: list[str] = []
    version, last = "", end
    while end < min(len(tokens), at + _LONGEST) and not stops(text, found, end):
        token, pair = tokens[end], " ".join(tokens[end : end + 2])
        if not elements and token in ("0", "zero"):
            one = tokens[end + 1 : end + 2] == ["1"]
            return ("CC0-1.0",), _generic(tokens, end + 1 + one)
        if element := _ELEMENTS.get(token) or _PAIRS.get(pair):
            elements.append(element)
            end += 1 if token in _ELEMENTS else 2
            last = end
        elif token[0].isdigit() and elements:
            version, last = token, end + 1
            break
        elif token in _COMMONS_FILL and end - at < _MOST_FILL + (last - at):
            end += 1
        else:
            break
    if not elements:
        family = names.called("cc") if tokens[at] == "creative" else None
        return (family.ids, at + 2) if family else None
    base = "-".join(("CC", *sorted(set(elements), key=_ORDER.index)))
    if not version:
        ids = names.versions(rf"{base}-\d\.\d")
        return (ids, last) if ids else None
    code = ""
    if last < len(tokens) and not stops(text, found, last):
        joined = text[found.ends[last - 1] : found.starts[last]] == "-"
        code = tokens[last].upper() if joined and tokens[last] in _CODES else _COUNTRIES.get(tokens[last], "")
    full = f"{base}-{version if '.' in version else version + '.0'}" + (f"-{code}" if code else "")
    return ((full,), _generic(tokens, last + bool(code))) if full in names.ids else None


def _generic(tokens: list[str], end: int) -> int:
    return end + (tokens[end : end + 1] != [] and tokens[end] in _GENERIC)
