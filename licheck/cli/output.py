"""What goes out: the report to stdout, all else to stderr."""

from __future__ import annotations

import re
from contextlib import suppress

import typer

from licheck.errors import InputError, Problem

# A terminal obeys these, and manifests and file names may hold them; a newline and a tab do no harm.
_CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f]")


def write(report: str) -> None:
    """Write a report to stdout: the same bytes (UTF-8) whatever the locale, even with a file name that is not UTF-8."""
    # Both escapes have the form \uXXXX, which JSON knows too.
    data = _visible(report).encode("utf-8", "backslashreplace")
    try:
        typer.echo(data, nl=False)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(141) from None
        problem = Problem("stdout", None, "", f"cannot be written: {error.strerror}", "send the report elsewhere")
        raise InputError(problem) from error


def complain(*lines: str) -> None:
    """Write lines to stderr; nobody reading them changes no exit code."""
    with suppress(OSError):
        for line in lines:
            typer.echo(_visible(line), err=True)


def _visible(text: str) -> str:
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
