"""Reads values out of sentences: amounts, dates, quoted words, names, addresses.

A value is found in the characters of a stretch and given back as it is compared in records: numbers as numbers, money
with its ISO 4217 code, dates as ISO 8601, words as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from licheck.identify.phrases import Reading, Slots
from licheck.identify.places import PLACE, place
from licheck.words import words

_UNITS = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6,
    "mio": 10**6, "b": 10**9, "bn": 10**9, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8,
}  # fmt: skip
_SMALL = {
    name: value
    for value, name in enumerate(
        words("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen").tokens, 1
    )
} | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ADDED = {**_SMALL, "a": 1, "half": -0.5}  # “half a million”
_CURRENCIES = {
    "US$": "USD", "USD$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "usd": "USD",
    "us dollars": "USD", "u.s. dollars": "USD", "dollars": "USD",
    "united states dollars": "USD", "american dollars": "USD",
    "美元": "USD", "美金": "USD", "eur": "EUR", "euros": "EUR", "euro": "EUR", "欧元": "EUR", "rmb": "CNY",
    "cny": "CNY", "yuan": "CNY", "renminbi": "CNY", "人民币": "CNY", "元": "CNY", "gbp": "GBP", "pounds": "GBP",
    "pounds sterling": "GBP", "british pounds": "GBP", "yen": "JPY", "japanese yen": "JPY", "jpy": "JPY", "日元": "JPY",
    "krw": "KRW", "won": "KRW", "korean won": "KRW", "₩": "KRW", "inr": "INR", "₹": "INR", "rupees": "INR",
    "rub": "RUB", "₽": "RUB", "rubles": "RUB", "roubles": "RUB", "chf": "CHF", "swiss francs": "CHF",
    "cad": "CAD", "C$": "CAD", "CA$": "CAD", "canadian dollars": "CAD", "aud": "AUD", "A$": "AUD", "AU$": "AUD",
    "australian dollars": "AUD", "sgd": "SGD", "S$": "SGD", "singapore dollars": "SGD", "hkd": "HKD", "HK$": "HKD",
    "hong kong dollars": "HKD", "港元": "HKD", "nzd": "NZD", "brl": "BRL", "R$": "BRL",
}  # fmt: skip
_SPELLED = rf"\b(?:hundred|{'|'.join(_SMALL)})\b"
_FIGURE = (
    r"\d{1,3}(?:[,，]\d{3})+(?:\.\d\d)?(?!\d)|(?<!\d)\d{1,3}(?:(?:[\x20\xa0\u202f'’]\d{3})+|(?:\.\d{3}){2,})(?!\d)|\d+(?:\.\d+)?"
    rf"|{_SPELLED}(?:(?:[\s-]|(?<=hundred)\sand\s){_SPELLED})*|\b(?:half[\s-])?a(?=[\s-](?:m|b)illion)"
)
_UNIT = r"(?:[\s-]?(?P<unit>thousand|million|billion|(?:mm|mn|mio|bn|[MKB])(?=\b)|千万|百万|万|亿))?"
_CODE = "|".join(re.escape(code).replace(r"\ ", r"\s+") for code in sorted(_CURRENCIES, key=len, reverse=True))
_PARENTHESIS = r"(?:\s*\([^()]{1,40}\))?"
_AGAIN = r"(?:\s*\([^()\d]{0,12}\d[^()]{0,30}\))?"  # the same amount in another currency
_NUMBER = re.compile(rf"(?P<figure>{_FIGURE}){_UNIT}", re.I)
_MONEY = re.compile(
    rf"(?:(?<![a-z])(?P<before>{_CODE})\s*)?(?P<figure>{_FIGURE}){_UNIT}"
    rf"(?:{_PARENTHESIS}\s*(?P<after>(?:US\s?)?{_CODE})(?![a-z]))?{_AGAIN}",
    re.I,
)
_QUOTED = re.compile(
    r"“((?:[^“”]|“[^“”]{1,100}”){1,400})”"
    r"|(?<![A-Za-z0-9.,;:!?)])[\"”](?=[^\s.,;:)])([^\"“”]{1,400})[\"”]|“([^\"“”]{1,400})\""  # straight, or half of each
    r"|‘([^‘’]{1,200})’(?!\w)|(?<!\w)'([^'\n]{2,200})'(?!\w)|《([^《》]{1,80})》|「([^「」]{1,80})」"
    r"|\*\*([^*\n]{1,200})\*\*|`([^`\n]{1,200})`"
)
# What a colon announces: the rest of its paragraph, or the next one when the colon ends it.
_LINE = re.compile(
    r"\b\w+[\"”’)\]*_]*[ \t]?(?::(?=[\s\"“*])|：)[\s>*_\"“‘#]*(?P<line>[^\s\"“”]"
    r"(?:[^\n\"“”]|“[^“”\n]{1,100}”|\n(?!\s*\n|\s*(?:[-*•]|\(?\w{1,3}[.)])\s)){7,900})"
)
_GOES_ON = {"quoted": 400, "line": 900}  # characters that these may run on after the sentence in which they begin
_NAME = re.compile(
    r"(?:(?<!\w)[a-z]{1,2}[A-Z][\w.+-]*|[A-Z][\w.+-]*|[A-Z]{2,})(?:\s+(?:of|the|and|for|&|[A-Z0-9][\w.+-]*))*"
    r"(?<!\bof)(?<!\bthe)(?<!\band)(?<!\bfor)"
)
# Words that a licence writes in capitals without naming anyone.
_ROLES = frozenset(
    words("""
    licensor licensors licensee licensees you your we us our this that these the any all each no neither nothing nor
    agreement license licence terms user users customer company provider owner contributor contributors author authors
    party parties materials material model models software trademarks trademark trade marks mark names name logo logos
    section product products if in except as for such other its their and of to by an a on or output outputs
    brand brands branding features
    documentation service services derivative derivatives distribution use subject notwithstanding without
    inc ltd llc gmbh corp corporation limited
    """).tokens
)
# What may lead into a name in capitals, and the form of a company where it is introduced: “Vellum Inc. (“Vellum”)”.
_LED = re.compile(r"^(?:(?:Use|Any|All|No)\s+(?:of\s+)?(?:the\s+)?)+|^The\s+(?=\S+$)")
_FORM = re.compile(r"(?:,?\s+(?:Inc|LLC|Ltd|GmbH|Corp|Corporation|Co|Limited)\b\.?)+$")
_INTRODUCED = re.compile(r"\.?(?:,|\s*[(（])")
# The title of a text on the line above a name is no part of it.
_TITLE = re.compile(r".*\b(?:License|Licence|Agreement|Terms|Policy|Notice)\s*\n\s*(?=\S)", re.S)
_ADDRESS = re.compile(r"https?://[^\s<>\"”)\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s<>\"”)\]]+")
_MONTHS = words("january february march april may june july august september october november december").tokens
_DATE = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    rf"|(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
    rf"|(?P<day2>\d{{1,2}})\s+(?P<month2>{'|'.join(_MONTHS)})\s+(?P<year2>\d{{4}})",
    re.I,
)
_PATTERNS = {
    "number": _NUMBER, "money": _MONEY, "quoted": _QUOTED, "name": _NAME, "address": _ADDRESS, "date": _DATE,
    "place": PLACE, "line": _LINE,
}  # fmt: skip

_BETWEEN_PLACES = 4  # words between two places of one enumeration: “and the Republic of”


class Values(Slots):
    """Finds and reads the values of one sentence after another."""

    def __init__(self, territories: Mapping[str, str] | None = None) -> None:
        self._territories = territories or {}

    def spans(self, slot: str, reading: Reading) -> list[tuple[int, int]]:
        """Stretches of words that fill a slot, by their start."""
        if slot == "territory":
            return self._enumerated(reading)
        spans = []
        for match in self._matches(slot, reading):
            first, last = _inside(reading, match.span())
            if first < last:
                spans.append((first, last))
        return sorted(spans)

    def read(self, slot: str, reading: Reading, span: tuple[int, int] | None = None) -> list[Any]:
        """Values of a kind in a sentence, or in some of its words, in order, each once."""
        if slot == "territory":
            return self._places(reading, span)
        found = []
        for match in self._matches(slot, reading):
            first, last = _inside(reading, match.span())
            if first < last and (span is None or (span[0] <= first and last <= span[1])):
                value = _value(slot, match)
                if value is not None and value not in found:
                    found.append(value)
        return found

    def _matches(self, slot: str, reading: Reading) -> list[re.Match[str]]:
        text, found = reading.found.text, reading.found
        matches = []
        for first, last in _stretches(reading.places):
            # A quote mark, a currency sign stands before or after the words.
            low = found.ends[first - 1] if first else 0
            high = found.starts[last] if last < len(found.starts) else len(text)
            # What is quoted may hold several sentences; it belongs to the one in which it begins.
            limit = high + _GOES_ON.get(slot, 0)
            matches += [
                m
                for m in _PATTERNS[slot].finditer(text, low, limit)
                if m.start() < high and (slot != "money" or m["before"] or m["after"])
            ]
        return matches

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[list[str], str]]]:
        """Names of places by their first word, the longest first, each with its code."""
        found: dict[str, list[tuple[list[str], str]]] = {}
        for name in sorted(self._territories, key=len, reverse=True):
            found.setdefault(name.split()[0], []).append((name.split(), self._territories[name]))
        return found

    def _places(self, reading: Reading, span: tuple[int, int] | None) -> list[str]:
        return [*dict.fromkeys(code for code, _, _ in self._named(reading, span or (0, len(reading.tokens))))]

    def _enumerated(self, reading: Reading) -> list[tuple[int, int]]:
        """Stretches of words that name places one after the other."""
        runs: list[tuple[int, int]] = []
        for _, start, end in self._named(reading, (0, len(reading.tokens))):
            if runs and start - runs[-1][1] <= _BETWEEN_PLACES:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
        return runs

    def _named(self, reading: Reading, span: tuple[int, int]) -> list[tuple[str, int, int]]:
        """Codes of the places that are named, and which words name them."""
        at, high = span
        found: list[tuple[str, int, int]] = []
        while at < high:
            for name, code in self._by_first.get(reading.tokens[at], ()):
                if reading.tokens[at : at + len(name)] == name and at + len(name) <= high:
                    found.append((code, at, at + len(name)))
                    at += len(name) - 1
                    break
            at += 1
        return found


def _stretches(places: list[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring words, the end not included."""
    runs: list[tuple[int, int]] = []
    for at in places:
        if runs and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _inside(reading: Reading, span: tuple[int, int]) -> tuple[int, int]:
    """Stretch of characters → stretch of the words of a reading."""
    from bisect import bisect_left

    first, last = reading.found.within(*span)
    return bisect_left(reading.places, first), bisect_left(reading.places, last)


def _value(slot: str, match: re.Match[str]) -> Any:
    if slot == "number":
        return _number(match)
    if slot == "money":
        before, after = match["before"], match["after"]
        code = ((after if before == "$" and after else before) or after or "").strip()  # “$5 million CAD”
        return {"amount": _number(match), "currency": _currency(code)}
    if slot == "date":
        return _date(match)
    if slot == "place":
        return place(match.group())
    if slot == "line":
        return " ".join(match["line"].split()).rstrip(",;*_ ")
    # “Licensee”, “the Marks”: a term that is defined, or a role, and nobody's name.
    if slot in ("name", "quoted") and all(word in _ROLES for word in words(match.group()).tokens):
        return None
    if slot == "quoted":
        return " ".join(next(group for group in match.groups() if group).split()).rstrip(",.;")
    found = " ".join(_TITLE.sub("", match.group()).split()).rstrip(".,;")
    if slot == "name":
        found = _LED.sub("", found)
        return _FORM.sub("", found) if _INTRODUCED.match(match.string, match.end()) else found
    return found


def _currency(code: str) -> str:
    code = " ".join(code.split())
    bare = re.sub(r"^us\s?(?=\$|dollar)", "", code.lower()) if len(code) > 3 else code
    return _CURRENCIES.get(code) or _CURRENCIES.get(bare.lower()) or _CURRENCIES.get(code.lower()) or code.upper()


def _number(match: re.Match[str]) -> int | None:
    figure = match["figure"].lower()
    value = 0.0
    if figure[0].isdigit():
        value = float(re.sub(r"[,，\s'’]", "", figure if figure.count(".") < 2 else figure.replace(".", "")))
    for word in re.findall("[a-z]+", figure):
        value = (value or 1) * 100 if word == "hundred" else value + _ADDED.get(word, 0)
    unit = (match["unit"] or "").lower()
    return round(value * (_UNITS.get(unit, 1)))


def _date(match: re.Match[str]) -> str | None:
    if match["y"]:
        return match.group()
    month = (match["month"] or match["month2"]).lower()
    return f"{match['year'] or match['year2']}-{_MONTHS.index(month) + 1:02}-{int(match['day'] or match['day2']):02}"
