"""Texts of a release folder → what terms can be checked against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from licheck.evidence import card
from licheck.model.release import Part, Release, ReleaseFile


def collect(
    texts: Mapping[str, str],
    kind_of: Callable[[str], str],
    identify: Callable[[str, bool], tuple[tuple[Part, ...], str]],
    root: str = "",
    skipped: tuple[str, ...] = (),
    leave_out: str = "",
) -> Release:
    """Put a release together; `root` is the folder as the user named it.

    `identify` gives the documents in a text and, for a file that should be a licence, what an edited one was made from.

    `leave_out` is the manifest, whose words say nothing about the release.
    """
    files = []
    for path, text in sorted(texts.items()):
        if path == leave_out:
            continue
        kind = kind_of(path)
        parts, edited = identify(text, kind in ("licence", "policy"))
        files.append(ReleaseFile(path, kind, text, parts, edited))
    release = Release(root, tuple(files), None, skipped)
    readme = release.readme
    return release._replace(card=card.parse(readme.path, readme.text)) if readme else release
