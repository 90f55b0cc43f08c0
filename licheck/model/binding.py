"""What binds a use: the stack of documents that the route and the date lead to."""

from __future__ import annotations

from typing import NamedTuple

from licheck.model.document import Document
from licheck.model.evidence import Evidence, Grade
from licheck.model.lineage import Unread
from licheck.model.lookup import CatalogueEntry
from licheck.model.project import Use


class Layer(NamedTuple):
    """One place in the stack: the versions that may apply (usually one) and why they are thought to.

    `main` is true for a contract or licence and false for what stands beside one. `gap` says what is not known where
    the versions at hand do not cover the days; with no version at all nothing is known. `binds` is `user`, or
    `generator` for terms accepted by whoever made a dataset with `maker`.
    """

    name: str
    candidates: tuple[Document, ...]
    why: str
    evidence: tuple[Evidence, ...]
    grade: Grade
    gap: str = ""
    via: tuple[str, ...] = ()
    binds: str = "user"
    main: bool = True
    maker: str = ""


class Differs(NamedTuple):
    """Two places that name different licences for one thing, in one sentence, with both places."""

    what: str
    evidence: tuple[Evidence, ...]


class Conclusion(NamedTuple):
    """The layers of a repository and how sure they are.

    `settled` is `record` where the publisher's own text or tag and catalogue together decide, `text` where only a text
    in the repository does, and empty where neither;
    `unknown` what is not known, `differs` where tag and text, or tag and record, part.
    """

    layers: tuple[Layer, ...]
    entry: CatalogueEntry | None = None
    unknown: str = ""
    differs: Differs | None = None
    settled: str = ""
    found: tuple[str, ...] = ()


class BoundUse(NamedTuple):
    """A use with everything that binds it; `notes` are sentences worth telling (which terms do not apply, and why).

    `differs`, `unread` and `gate` come from a repository that was read: tag against text, what could not be read of it,
    and the text that people accept at its gate where no record knows it; `settled` says by what it is decided what
    it is under, `inferred` that nobody states the link to it, `own` that it is the thing under check itself;
    `formerly` is its old name on the Hub, and `url` is its page.
    """

    use: Use
    layers: tuple[Layer, ...]
    entry: CatalogueEntry | None = None
    unknown: str = ""
    unknown_rule: str = ""
    notes: tuple[str, ...] = ()
    drift: str = ""
    differs: Differs | None = None
    unread: tuple[Unread, ...] = ()
    gate: Evidence | None = None
    settled: str = ""
    inferred: bool = False
    own: bool = False
    formerly: str = ""
    url: str = ""
