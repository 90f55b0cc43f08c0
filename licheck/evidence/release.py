"""Texts of a release folder → what terms can be checked against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from licheck.evidence import card
from licheck.model.release import Part, Release, ReleaseFile


def collect(
    texts: Mapping[str, str],
    kind_of: Callable[[str], str],
    identify: Callable[[str], tuple[Part, ...]],
    root: str = "",
    skipped: tuple[str, ...] = (),
    leave_out: str = "",
) -> Release:
    """Put a release together; `root` is the folder as the user named it.

    `leave_out` is the manifest, whose words say nothing about the release.
    """
    files = tuple(
        ReleaseFile(path, kind_of(path), text, identify(text))
        for path, text in sorted(texts.items())
        if path != leave_out
    )
    release = Release(root, files, None, skipped)
    readme = release.readme
    return release._replace(card=card.parse(readme.path, readme.text)) if readme else release
