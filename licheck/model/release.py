"""What lies in the release folder, as far as terms ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Part(NamedTuple):
    """A document found in a file, word for word, from line to line; `start` and `end` are character offsets."""

    document: str
    line: int
    end_line: int
    start: int
    end: int


class ReleaseFile(NamedTuple):
    """A text of the release: `kind` is card, notice, licence, policy or other, by its name.

    `near` says which document an edited text was made from and where it was changed, if it was made from one.
    """

    path: str
    kind: str
    text: str
    parts: tuple[Part, ...] = ()
    near: str = ""


class Card(NamedTuple):
    """The front matter of the release's README: values, the line of each key, and where the body begins."""

    path: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]
    body_line: int
    body_start: int


class Release(NamedTuple):
    """The texts of a release; `skipped` says what was there and was not read, so that nothing vanishes."""

    root: str = ""
    files: tuple[ReleaseFile, ...] = ()
    card: Card | None = None
    skipped: tuple[str, ...] = ()

    @property
    def readme(self) -> ReleaseFile | None:
        """The model card: the README at the top of the release."""
        return next((file for file in self.files if file.kind == "card" and "/" not in file.path), None)

    def shown(self, path: str) -> str:
        """A path as the user would write it from where licheck runs."""
        return f"{self.root}/{path}" if self.root not in ("", ".") else path
