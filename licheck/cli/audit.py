"""`licheck audit`: which training data may be used for the declared model, and why."""

from __future__ import annotations

import gc
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licheck.cli.check import today
from licheck.cli.scan import Depth, Nodes, Offline, Seconds
from licheck.errors import InputError, Problem

if TYPE_CHECKING:
    from licheck.model.project import Data, Manifest


class Use(StrEnum):
    """What is done with the data."""

    train = "train"
    evaluate = "evaluate"


class Format(StrEnum):
    """Formats of the report."""

    text = "text"
    json = "json"
    sarif = "sarif"
    markdown = "markdown"


def audit(
    manifests: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MANIFEST]...",
            help="A YAML or JSON list of datasets, a dataset card (.md), a Croissant file, a dataset of the Hub "
            "(org/name@revision, dataset:name, its address); Parquet, JSONL or CSV files (.gz, .zst, globs, folders, "
            "hf://datasets/org/name/path). Default: `data: manifests:` of licheck.yaml.",
        ),
    ] = None,
    project: Annotated[
        Path | None, typer.Option("--project", help="The licheck.yaml that says what is trained.")
    ] = None,
    use: Annotated[Use | None, typer.Option("--use", help="What the data are for; train if nothing says.")] = None,
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
    engine: Annotated[
        str, typer.Option("--engine", help="What reads rows: duckdb, python (small text files), spark, trino://…, …")
    ] = "duckdb",
    memory_limit: Annotated[str, typer.Option("--memory-limit", help="Memory for reading data.")] = "1GB",
    skip_bad_rows: Annotated[int, typer.Option("--skip-bad-rows", min=0, help="Bad rows to pass over.")] = 0,
    hub: Annotated[bool, typer.Option("--hub", help="Look up entries of lists on the Hub too.")] = False,
    offline: Offline = False,
    max_depth: Depth = 20,
    max_nodes: Nodes = 20_000,
    time_limit: Seconds = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
) -> None:
    """Say which training data may be used for the model that you declare, and why.

    Entries are `org/name`, or {source, license, generator, route, date, rows, tokens}. Exits with 0 if all may be used,
    with 1 if some may not or it is not known, with 2 for wrong arguments or a wrong list, with 3 for unreadable rows.
    """
    from licheck.audit import Options
    from licheck.audit import audit as run
    from licheck.cli.output import write
    from licheck.cli.progress import Progress
    from licheck.lineage.trace import Limits
    from licheck.model.finding import Severity
    from licheck.report import AUDIT_RENDERERS
    from licheck.resolve import rules
    from licheck.upstream import Reading

    about, named, data = _declared(project, manifests or [])
    roles = {**data.columns, **_columns(columns)}
    forms = ("read {:,} of {:,} from the Hub", "read rows: {} of {} percent", "judged {:,} of {:,} groups")
    gc.disable()  # millions of groups hold no cycles, and to look for some takes a third of the time
    try:
        with Progress(forms[0]) as asking, Progress(forms[1]) as scanning, Progress(forms[2]) as judging:
            reading = Reading(offline, Limits(max_depth, max_nodes), time_limit, None, asking.say, asking.count)
            purpose, mine = use.value if use else data.use, own or data.own
            options = Options(
                columns=roles,
                own=mine,
                memory=memory_limit,
                skip_bad_rows=skip_bad_rows,
                clean=write_clean,
                flagged=write_flagged,
                use=purpose,
                engine=engine,
                hub=hub,
                reading=reading,
                reads=scanning.count,
            )
            found = run(named, about, today(), options, judging.count)
        for piece in AUDIT_RENDERERS[format_.value](found, rules()):
            write(piece)
    finally:
        gc.enable()
    open_ = found.verdict == "undetermined" and Severity.REVIEW.reaches(about.policy.fail_on)
    if (found.verdict == "fail" or open_) and not exit_zero:
        raise typer.Exit(1)


def _declared(path: Path | None, named: list[str]) -> tuple[Manifest, list[str], Data]:
    """The licheck.yaml, by default that of this folder, what is to be read for it, and how.

    A licheck.yaml that is named as the only MANIFEST stands for the data that it declares. What it says of its own data
    does not hold for other data.
    """
    from licheck.data.manifests import beside, is_project
    from licheck.model.project import Data, Manifest, Project
    from licheck.policy import manifest

    if len(named) == 1 and is_project(Path(named[0])):
        path, named = path or Path(named[0]), []
    if path is None and not (Path(manifest.FILE)).is_file():
        if not named:
            raise InputError(Problem("MANIFEST", None, "", "nothing is named", "name a list, a dataset or files"))
        return Manifest("", Path(), Project("your-model"), ()), named, Data()
    declared = manifest.read(manifest.find(path or Path()))
    if named:
        return declared, named, Data()
    if not declared.data.manifests:
        help_ = "write `data: {manifests: [data.yaml]}`, or name what to read"
        raise InputError(Problem(declared.path, declared.lines.get("data"), "data.manifests", "names nothing", help_))
    texts = beside(declared.data.manifests, Path(declared.path).parent)
    return declared, texts, declared.data


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    wrong = [part for part, sign, _ in pairs if not sign]  # an empty column is none
    if wrong:
        raise InputError(Problem("--columns", None, "", f"{wrong[0]!r} names no column", "write role=column, …"))
    return {role.strip(): column.strip() for role, _, column in pairs}
