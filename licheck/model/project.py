"""What a project declares of itself and of what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from licheck.model.dates import Interval
from licheck.model.evidence import Evidence
from licheck.model.finding import Severity
from licheck.model.reference import Reference


class Project(NamedTuple):
    """The release and the facts about it that terms depend on; None and `unknown` mean that nobody said."""

    name: str
    kind: str = "model"
    license: tuple[str, ...] = ()
    distribution: tuple[str, ...] = ()
    commercial: bool | None = None
    monthly_active_users: int | None = None
    annual_revenue_usd: int | None = None
    domicile: str | None = None
    territories: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    competes: str = "unknown"

    @property
    def short_name(self) -> str:
        """The name without the organisation."""
        return self.name.rsplit("/", 1)[-1]


class Use(NamedTuple):
    """One thing that is used: `how`s are those of the vocabulary, `place` is its position in the manifest."""

    of: Reference
    how: tuple[str, ...]
    place: int
    when: Interval | None = None
    revision: str | None = None
    feature: str | None = None
    region: str | None = None
    obtained_by: str | None = None
    license: str | None = None


class Waiver(NamedTuple):
    """A finding that somebody decided to accept: for which things, which clause or rule, why and until when."""

    of: str
    clause: str | None
    reason: str
    until: date | None
    place: int


class Clarification(NamedTuple):
    """A licence that a person states, pinned to the digest of the file that proves it."""

    of: str
    license: str
    path: str
    sha256: str
    place: int


class Policy(NamedTuple):
    """What the project makes of findings."""

    fail_on: Severity = Severity.REVIEW
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    exceptions: tuple[Waiver, ...] = ()
    clarify: tuple[Clarification, ...] = ()


class Data(NamedTuple):
    """The training data that an audit reads: what is named as MANIFEST, the column of each role, who made it."""

    manifests: tuple[str, ...] = ()
    columns: Mapping[str, str] = {}
    own: bool = False
    use: str = "train"


class Manifest(NamedTuple):
    """A whole licheck.yaml; `root` is the release folder, `lines` says on which line each key stands.

    One that stands for a repository, which nobody wrote, has no path: `places` says where its facts were found.
    """

    path: str
    root: Path
    project: Project
    uses: tuple[Use, ...]
    policy: Policy = Policy()
    lines: Mapping[str, int] = {}
    places: Mapping[str, Evidence] = {}
    data: Data = Data()

    def evidence(self, key: str, quote: str | None = None) -> Evidence:
        """Point at a key of the manifest, written like `project.name` or `uses[0].how`."""
        near = key
        while near and near not in self.places and near not in self.lines:
            near = near.rpartition(".")[0]
        if near in self.places:
            return self.places[near]
        if not self.path:
            return Evidence(source="not declared", locator=key)
        return Evidence(source="manifest", path=self.path, line=self.lines.get(near), quote=quote, locator=key)
