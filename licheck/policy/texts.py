"""Looks for what terms ask of the texts of a release."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from licheck.model.evidence import Evidence
from licheck.model.release import Release, ReleaseFile
from licheck.words import squash


def copy_of(release: Release, documents: Iterable[str]) -> Evidence | None:
    """Where one of these documents stands in the release, word for word."""
    wanted = set(documents)
    for file in release.files:
        for part in file.parts:
            if part.document in wanted:
                return Evidence(source="release", path=release.shown(file.path), line=part.line, end_line=part.end_line)
    return None


def shown(release: Release, phrases: Iterable[str]) -> Evidence | None:
    """Where one of the phrases is shown in what the project itself wrote, licences and notices not counted."""
    for phrase in phrases:
        wanted = f" {squash(phrase)} "
        for file in _own(release, ("card", "other")):
            if wanted in f" {squash(own_words(release, file))} ":
                return _at(release, file, phrase)
    return None


def noticed(release: Release, line: str) -> Evidence | None:
    """Where a prescribed line stands in a notice file; `©` and `(c)` are taken for each other, wrapping is undone."""
    wanted = f" {_notice(line)} "
    for file in release.files:
        if file.kind == "notice" and wanted in f" {_notice(file.text)} ":
            return _at(release, file, line)
    return None


def linked(release: Release, addresses: Iterable[str]) -> Evidence | None:
    """Where the project itself gives one of these addresses (scheme and final slash do not matter)."""
    for address in addresses:
        bare = re.sub(r"^https?://(www\.)?", "", address).rstrip("/").lower()
        if not bare:
            continue
        pattern = re.compile(re.escape(bare) + r"(?![\w-])")
        for file in _own(release, ("card", "other", "notice")):
            if match := pattern.search(own_words(release, file, keep_card=True).lower()):
                return _at(release, file, match.group())
    return None


def mentioned(release: Release, words: Iterable[str]) -> Evidence | None:
    """Where the README, front matter included, or a notice mentions one of these words."""
    for word in filter(None, words):
        wanted = f" {squash(word)} "
        for file in _own(release, ("card", "notice")):
            if wanted in f" {squash(own_words(release, file, keep_card=True))} ":
                return _at(release, file, word)
    return None


def own_words(release: Release, file: ReleaseFile, keep_card: bool = False) -> str:
    """The text of a file without licences that stand in it and, unless asked for, without front matter."""
    text = file.text
    for part in file.parts:
        text = text[: part.start] + re.sub(r"[^\n]", " ", text[part.start : part.end]) + text[part.end :]
    card = release.card
    if card and card.path == file.path and not keep_card:
        text = text[card.body_start :]
    return text


def _own(release: Release, kinds: tuple[str, ...]) -> Iterator[ReleaseFile]:
    return (file for file in release.files if file.kind in kinds)


def _notice(text: str) -> str:
    return squash(text.replace("©", "(c)"))


def _at(release: Release, file: ReleaseFile, words: str) -> Evidence:
    """Point at the line that holds the first word of a phrase."""
    lowered = words.split()[0].lower() if words.split() else ""
    lines = file.text.lower().splitlines()
    whole = words.lower()
    line = next((i for i, text in enumerate(lines, 1) if whole in text), None)
    line = line or next((i for i, text in enumerate(lines, 1) if lowered in text), None)
    return Evidence(source="release", path=release.shown(file.path), line=line, quote=words)
