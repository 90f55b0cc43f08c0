"""`licheck audit`: which training data may be used for the declared model, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licheck.cli.check import Format, today

if TYPE_CHECKING:
    from licheck.model.project import Project


def audit(
    manifests: Annotated[
        list[Path], typer.Argument(metavar="MANIFEST...", help="YAML or JSON lists of the datasets that you train on.")
    ],
    project: Annotated[
        Path | None, typer.Option("--project", help="The licheck.yaml that says what is trained.")
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="You generated the data: the terms bind you.")] = False,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the report.")] = Format.text,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
) -> None:
    """Say which training data may be used for the model that you declare, and why.

    Entries are `org/name`, or {source, license, generator, route, date, rows, tokens}. Exits with 0 if all may be used,
    with 1 if some may not or it is not known, with 2 for wrong arguments or a wrong list.
    """
    from licheck.audit import audit as run
    from licheck.cli.output import write
    from licheck.cli.progress import Progress
    from licheck.report.audit import render, render_json

    with Progress("judged {:,} of {:,} groups") as progress:
        found = run([str(path) for path in manifests], _project(project), today(), own, progress.count)
    write(render_json(found) if format_ is Format.json else render(found))
    if found.verdict != "pass" and not exit_zero:
        raise typer.Exit(1)


def _project(path: Path | None) -> Project:
    """The project of a licheck.yaml, by default that of this folder; one of which nothing is known without any."""
    from licheck.model.project import Project
    from licheck.policy import manifest

    if path is None and not (Path(manifest.FILE)).is_file():
        return Project("your-model")
    return manifest.read(manifest.find(path or Path())).project
