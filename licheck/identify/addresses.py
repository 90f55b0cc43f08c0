"""Addresses of licences in a text: the pages that publish them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from licheck.identify.names import Names

ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]\"'`{}|\\^]{4,400}"
    r"|(?<![\w.@/-])(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,6}/[^\s<>()\[\]\"'`{}|\\^]{2,400}",
    re.I,
)
_END = re.compile(r"(?:\.(?:html?|txt|php|json|md|en)|/(?:legalcode|deed)(?:\.[a-z-]{2,6})?|/)$")
_BLOB = re.compile(r"/(?:blob|raw|resolve)/[^/]+/")
_HOSTS = {"llama.meta.com": "llama.com", "raw.githubusercontent.com": "github.com"}
_COMMONS = re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-nd|-sa)?)/(\d\.\d)(?:/([a-z]{2,3})(?=/|$))?")
_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero/1\.0")
_GNU = re.compile(r"gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?([al]?gpl|g?fdl)(?:-(\d\.\d))?(?:-standalone)?$")
_SLUG = re.compile(r"(?:opensource\.org/licenses?|spdx\.org/licenses|choosealicense\.com/licenses)/([a-z0-9.+-]+)$")
_BADGE = re.compile(r"img\.shields\.io/badge/licen[cs]e-((?:[^-/?#]|--)+)-", re.I)


class Addresses:
    """Pages by their address, without scheme, `www` and endings."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._pages: dict[str, list[str]] = {}
        for address, ids in names.addresses.items():
            self._put(address, *ids)
        recorded = set(self._pages)
        for row in names.listed:
            if _key(row[2]) not in recorded:
                self._put(row[2], row[0])
        self._slugs = {i.removesuffix("-only").lower().replace(".", "-"): i for i in sorted(names.ids)}

    def _put(self, address: str, *ids: str) -> None:
        key = _key(address)
        host = key.partition(".")[0]  # unlicense.org is an address, licenses.ai says nothing
        if key and ("/" in key or host.endswith("license") or self._names.called(host)) and not key.endswith("/readme"):
            self._pages.setdefault(key, []).extend(i for i in ids if i not in self._pages.get(key, ()))

    def find(self, text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """Documents, first character and the one after the last of each address in a text that is known."""
        seen: dict[str, tuple[str, ...]] = {}
        for match in ADDRESS.finditer(text):
            address = match.group().rstrip(".,;:!?*_")
            if address not in seen:
                seen[address] = self._at(_key(address), address)
            if seen[address]:
                yield seen[address], match.start(), match.start() + len(address)

    def _at(self, key: str, address: str) -> tuple[str, ...]:
        if key in self._pages:
            return tuple(self._pages[key])
        if _ZERO.match(key):
            return ("CC0-1.0",)
        if commons := _COMMONS.match(key):
            parts = [f"CC-{commons[1].upper()}-{commons[2]}", *([commons[3].upper()] if commons[3] else [])]
            return tuple(i for i in ("-".join(parts),) if i in self._names.ids)
        if gnu := _GNU.match(key):
            base = f"{gnu[1].upper() if gnu[1] != 'fdl' else 'GFDL'}-{gnu[2] or ''}"
            return tuple(sorted(i for i in self._names.ids if i.startswith(base) and i.endswith("-only")))
        if slug := _SLUG.match(key):
            return self._listed(slug[1])
        if badge := _BADGE.search(address):
            name = self._names.called(unquote(badge[1]).replace("--", "-").replace("_", " "))
            return name.ids if name else ()
        return ()

    def _listed(self, slug: str) -> tuple[str, ...]:
        slug = re.sub(r"-licen[cs]e(?:-txt|-php)?$", "", slug).replace(".", "-")
        later = slug.removesuffix("+").removesuffix("-or-later")
        known = self._slugs.get(later.removesuffix("-only"))
        if known and later != slug:
            return (known.replace("-only", "-or-later"),)
        return (known,) if known else ()


def _key(address: str) -> str:
    """An address as it is compared.

    >>> _key("http://www.apache.org/licenses/LICENSE-2.0.txt#apply"), _key("https://llama.meta.com/llama3_1/license/")
    ('apache.org/licenses/license-2.0', 'llama.com/llama3_1/license')
    """
    key = re.sub(r"^https?://(?:www\.)?|^www\.", "", address.lower()).partition("#")[0]
    host, slash, path = key.partition("/")
    key = _HOSTS.get(host, host) + slash + path
    if host not in ("eur-lex.europa.eu",):
        key = key.partition("?")[0]
    key = _BLOB.sub("/blob/*/", key, count=1)
    for _ in range(3):
        key = _END.sub("", key)
    return key
