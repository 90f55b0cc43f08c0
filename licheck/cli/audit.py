"""`licheck audit`: which training data may be used for the declared model, and why."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licheck.cli.check import today
from licheck.errors import InputError, Problem

if TYPE_CHECKING:
    from licheck.model.project import Project


class Format(StrEnum):
    """Formats of the report."""

    text = "text"
    json = "json"
    sarif = "sarif"
    markdown = "markdown"


def audit(
    manifests: Annotated[
        list[str],
        typer.Argument(
            metavar="MANIFEST...",
            help="A YAML or JSON list of datasets; or Parquet, JSONL or CSV files (.gz, .zst, globs, folders).",
        ),
    ],
    project: Annotated[
        Path | None, typer.Option("--project", help="The licheck.yaml that says what is trained.")
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="You generated the data: the terms bind you.")] = False,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.text,
    columns: Annotated[
        str, typer.Option("--columns", metavar="ROLE=COLUMN,…", help="Columns by role: source, license, generator, …")
    ] = "",
    write_clean: Annotated[
        Path | None, typer.Option("--write-clean", help="Write the usable rows to this .parquet or .jsonl.")
    ] = None,
    write_flagged: Annotated[
        Path | None, typer.Option("--write-flagged", help="Write all other rows, with the reason, to this file.")
    ] = None,
    memory_limit: Annotated[str, typer.Option("--memory-limit", help="Memory for reading data.")] = "1GB",
    skip_bad_rows: Annotated[int, typer.Option("--skip-bad-rows", min=0, help="Bad rows to pass over.")] = 0,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
) -> None:
    """Say which training data may be used for the model that you declare, and why.

    Entries are `org/name`, or {source, license, generator, route, date, rows, tokens}. Exits with 0 if all may be used,
    with 1 if some may not or it is not known, with 2 for wrong arguments or a wrong list.
    """
    from licheck.audit import Options
    from licheck.audit import audit as run
    from licheck.cli.output import write
    from licheck.cli.progress import Progress
    from licheck.report import AUDIT_RENDERERS
    from licheck.resolve import rules

    with Progress("judged {:,} of {:,} groups") as progress:
        options = Options(_columns(columns), own, memory_limit, skip_bad_rows, write_clean, write_flagged)
        found = run(manifests, _project(project), today(), options, progress.count)
    for piece in AUDIT_RENDERERS[format_.value](found, rules()):
        write(piece)
    if found.verdict != "pass" and not exit_zero:
        raise typer.Exit(1)


def _project(path: Path | None) -> Project:
    """The project of a licheck.yaml, by default that of this folder; one of which nothing is known without any."""
    from licheck.model.project import Project
    from licheck.policy import manifest

    if path is None and not (Path(manifest.FILE)).is_file():
        return Project("your-model")
    return manifest.read(manifest.find(path or Path())).project


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    wrong = [part for part, sign, column in pairs if not sign or not column.strip()]
    if wrong:
        raise InputError(Problem("--columns", None, "", f"{wrong[0]!r} names no column", "write role=column, …"))
    return {role.strip(): column.strip() for role, _, column in pairs}
