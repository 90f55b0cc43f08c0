"""`licheck check`: the project against its manifest."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from licheck.errors import InputError, Problem


class Format(StrEnum):
    """Formats of the report."""

    text = "text"
    json = "json"


def check(
    path: Annotated[str, typer.Argument(help="Folder with a licheck.yaml, or the file itself.")] = ".",
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.text,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever the findings are.")] = False,
) -> None:
    """Check a project against its licheck.yaml, offline.

    Exits with 0 if nothing is at or above `fail_on`, 1 if something is, 2 if arguments or manifest are wrong, 3 if
    evidence could not be read, 4 for a bug in licheck.
    """
    from licheck.cli.output import write
    from licheck.pipeline import check as run
    from licheck.report import RENDERERS

    if not path:
        raise InputError(Problem("PATH", None, "", "is empty", "name a folder; is a variable of the shell unset?"))
    report = run(Path(path), today())
    write(RENDERERS[format_.value](report))
    if report.failing and not exit_zero:
        raise typer.Exit(1)


def today() -> date:
    """Today, or the day of SOURCE_DATE_EPOCH where a reproducible run is wanted."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        message = f"{epoch!r} is no time of this calendar"
        raise InputError(Problem("SOURCE_DATE_EPOCH", None, "", message, "write seconds since 1970")) from error
