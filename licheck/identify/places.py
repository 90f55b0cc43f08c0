"""Names of places: where a law or a court is at home, and the territories that terms leave out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from licheck.words import words

# Where a law or a court is at home: capitalised words, with what kind of place they name (“State of”) and parts after a
# comma. In a text in capitals the words that follow a place end it.
_PLACE_END = (
    r"(?<!\w)(?!(?i:without|excluding|except|regard\w*|with|this|that|the|any|each|all|you|your|licens\w+|agreement|terms|parties"
    r"|either|courts?|laws?|exclusive\w*|which|who|whose|for|in|of|to|and|or|is|are|will|shall|if|as|by|un|federal|u\.?n\.?"
    r"|convention|arbitration|jurisdiction|venue|disputes?|section|it|state(?!\s+of)|superior|supreme|chapter|applicable"
    r"|governing|choice|conflicts?|international|copyright|privacy|patent|trademark|trade|export|data|local|mandatory)\b)"
)
_PLACE_WORD = rf"{_PLACE_END}(?:(?:[A-Z]\.){{2,}}|[A-Z][\w’'-]*)"
PLACE = re.compile(
    rf"中\s?华\s?人\s?民\s?共\s?和\s?国|中国大陆|中国|[一-鿿]{{2,3}}[省市]|{_PLACE_WORD}"
    rf"(?:(?:,?\s+|\s*,?\s+(?i:of|and|de|&)\s+(?:(?i:the)\s+)?){_PLACE_WORD})*"
)
_PLACE_KIND = re.compile(
    r"\b(?:the\s+)?(?:State|Republic|Commonwealth|Province|Kingdom|Grand Duchy|Principality|Canton|City|Mainland|"
    r"Territory|(?:Special )?(?:Administrative|Autonomous) Region|SAR|District Court|Courts?)\s+(?:of|in)\s+(?:the\s+)?"
    r"|\b(?:the\s+)?(?:People[’']?s|Federal|Federative)\s+Republic\s+of\s+(?:the\s+)?|\bmainland\s+(?:of\s+the\s+)?"
    r"|\s+(?:\(?(?:Special Administrative Region|SAR|S\.A\.R\.)\)?|S\.?A\.?R\.?)\b.*$|^the\s+",
    re.I,
)
_PLACE_NAMES = {
    "中华人民共和国": "China", "中国": "China", "中国大陆": "China", "prc": "China", "p.r.c.": "China",
    "chinese": "China",
    "american": "United States", "english": "England", "french": "France", "german": "Germany", "swiss": "Switzerland",
    "japanese": "Japan", "korean": "Korea", "israeli": "Israel", "dutch": "Netherlands",
    "italian": "Italy", "spanish": "Spain", "canadian": "Canada", "indian": "India", "austrian": "Austria",
    "belgian": "Belgium", "danish": "Denmark", "swedish": "Sweden", "norwegian": "Norway", "finnish": "Finland",
    "irish": "Ireland", "scottish": "Scotland", "russian": "Russia", "polish": "Poland", "portuguese": "Portugal",
    "australian": "Australia", "brazilian": "Brazil", "czech": "Czech Republic", "turkish": "Turkey",
    "usa": "United States", "u.s.a.": "United States", "us": "United States", "u.s.": "United States",
    "united states of america": "United States", "uae": "United Arab Emirates",
    "北京市": "Beijing", "上海市": "Shanghai", "深圳市": "Shenzhen", "杭州市": "Hangzhou", "广州市": "Guangzhou",
}  # fmt: skip


def place(name: str) -> str:
    """A place as people call it: without its kind of state, and with the country for what is only its adjective."""
    name = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", name)
    bare = _PLACE_KIND.sub("", " ".join(name.split())).strip(" ,’'") or name
    return _PLACE_NAMES.get(bare.lower(), bare.title() if bare.isupper() and len(bare) > 4 else bare)


def place_names(territories: Mapping[str, list[str]]) -> dict[str, str]:
    """Name in words → code, from code → names."""
    return {" ".join(words(name).tokens): code for code, names in territories.items() for name in names}
