"""Runs the command in this process, as a user would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner

from licheck.cli.main import application
from licheck.errors import LicheckError


class Ran(NamedTuple):
    """How a command ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def licheck(*arguments: str, stdin: str = "") -> Ran:
    """Run a command line; an error of licheck's becomes its exit code and message, a bug stays an exception."""
    done = CliRunner().invoke(application(), list(arguments), input=stdin)
    error = done.exception
    if isinstance(error, LicheckError):
        return Ran(error.exit_code, done.stdout, done.stderr + str(error))
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return Ran(done.exit_code, done.stdout, done.stderr)


def scan(*arguments: str, stdin: str = "") -> Ran:
    """Run `licheck scan` with its report as JSON."""
    return licheck("scan", *arguments, "--format", "json", stdin=stdin)


def heavy(ran: Ran) -> list[tuple[str, str, str]]:
    """Rule, state and subject of the findings that ask for something."""
    return [(f["rule"], f["state"], f["subject"]) for f in ran.data["findings"] if f["severity"] != "info"]


def card(*lines: str) -> str:
    """A README with this front matter."""
    return "\n".join(["---", *lines, "---", "", "# A model", ""])


def project(folder: Path, *uses: str, **facts: str) -> Path:
    """Write a licheck.yaml that uses these, each as `of: how`."""
    lines = ["licheck: 1", "project:", "  name: acme/Llama-Support", "  license: llama3.1"]
    lines += [f"  {key}: {value}" for key, value in facts.items()]
    lines.append("uses:")
    for use in uses:
        of, _, how = use.rpartition(" ")
        lines += [f'  - of: "{of}"', f"    how: {how}"]
    path = folder / "licheck.yaml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
