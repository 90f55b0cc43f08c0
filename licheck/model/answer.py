"""What people ask of a model or dataset, and how far its terms answer."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from licheck.model.finding import Finding


class Value(StrEnum):
    """From open to closed; only `yes` and `yes-if` permit anything."""

    YES = "yes"
    YES_IF = "yes-if"
    NOT_SAID = "not-said"
    UNKNOWN = "unknown"
    NO = "no"


class Condition(NamedTuple):
    """What has to hold, or to be delivered, for a use to be allowed: our words, and the finding that asks for it."""

    what: str
    finding: Finding


class Answer(NamedTuple):
    """The answer to one question, with the findings that decide it and the conditions that go with it."""

    use: str
    value: Value
    because: tuple[Finding, ...] = ()
    conditions: tuple[Condition, ...] = ()
