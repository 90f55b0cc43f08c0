"""Crawls and platforms by the names and addresses that data sets give as the source of rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from licheck.db.records import web_source
from licheck.model.evidence import Evidence
from licheck.model.lookup import WebSource

_ADDRESS = re.compile(r"(?:https?://|scrape:)[^/?#]+", re.IGNORECASE)
_BARE = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)


class WebSources:
    """Finds the record of `web_sources` that a source means."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._by_words: dict[tuple[str, ...], WebSource] = {}
        self._by_domain: dict[str, WebSource] = {}
        for record in records:
            source = web_source(record)
            self._by_words |= {tuple(name.split()): source for name in record["names"]}
            self._by_domain |= dict.fromkeys(record["domains"], source)
        self._longest = max(map(len, self._by_words), default=0)

    def find(self, text: str) -> WebSource | None:
        """The crawl or platform of a name or address; for any other address of the web a site without a record.

        A name counts where its words stand in a row: `CC-MAIN-2023-50`, `pile:StackExchange`.
        """
        if host := _host(text):
            known = next((self._by_domain[part] for part in _domains(host) if part in self._by_domain), None)
            return known or _site(host)
        words = re.findall(r"[a-z0-9]+", text[:300].lower())
        spans = (tuple(words[at : at + length]) for at in range(len(words)) for length in range(self._longest, 0, -1))
        return next((self._by_words[span] for span in spans if span in self._by_words), None)


def _host(text: str) -> str:
    """The host of an address, in lower case; empty for anything else.

    >>> _host("https://www.Reddit.com/r/x"), _host("scrape:example.org"), _host("en.wikipedia.org"), _host("data.jsonl")
    ('www.reddit.com', 'example.org', 'en.wikipedia.org', '')
    """
    text = text.strip()
    if not _ADDRESS.match(text):
        return text.lower() if _BARE.fullmatch(text) and text.count(".") > 1 else ""
    try:
        return urlsplit(re.sub(r"^scrape:(?://)?", "https://", text, flags=re.IGNORECASE)).hostname or ""
    except ValueError:
        return ""


def _domains(host: str) -> list[str]:
    """A host and the domains that it belongs to, nearest first."""
    parts = host.split(".")
    return [".".join(parts[at:]) for at in range(len(parts) - 1)]


def _site(host: str) -> WebSource:
    return WebSource(
        id=host,
        name=host,
        content="What a site publishes is its owner's or its authors' unless the page says otherwise.",
        check="the licence on the pages, the terms of the site and its robots.txt on the day of the crawl",
        evidence=Evidence("data", locator=host),
    )
