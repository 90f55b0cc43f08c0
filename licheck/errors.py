"""What can go wrong that is not a finding, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One complaint about one place.

    >>> print(Problem("licheck.yaml", 3, "uses[0].how", "unknown use 'finetun'", "did you mean 'finetune'?"))
    licheck.yaml:3: uses[0].how: unknown use 'finetun'
      help: did you mean 'finetune'?
    """

    path: str
    line: int | None
    key: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        text = f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


class LicheckError(Exception):
    """Base of the errors that end a run with a message instead of a report."""

    exit_code = 2

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class InputError(LicheckError):
    """Arguments, manifest, policy or database are wrong (exit code 2)."""


class UnreadableError(LicheckError):
    """Evidence is there but could not be read, so there is no verdict (exit code 3)."""

    exit_code = 3
