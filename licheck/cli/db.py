"""`licheck db`: for those who maintain the database of terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Check, count and extend license_db.", no_args_is_help=True, rich_markup_mode=None)
Root = Annotated[Path | None, typer.Option("--db", help="Folder of the records; by default that of the checkout.")]


@app.command()
def check(
    root: Root = None,
    corpus: Annotated[
        Path | None,
        typer.Option("--corpus", envvar="LICHECK_CORPUS", help="Folder of the texts, to hold anchors against."),
    ] = None,
) -> None:
    """Run all tests of the data. Exits with 0 if they hold, with 2 if not."""
    from licheck import maintain

    found, anchors = maintain.problems(maintain.find(root), corpus)
    for problem in found:
        typer.echo(f"error: {problem}", err=True)
    missing = f"; {corpus} holds no text of a record as *.txt" if corpus else "; texts were not at hand (--corpus)"
    held = f", {anchors} anchors held against their texts" if anchors else missing
    typer.echo(f"{len(found)} problems{held}")
    if found:
        raise typer.Exit(2)


@app.command()
def stats(root: Root = None) -> None:
    """Count what the database holds."""
    from licheck import maintain

    for name, count in maintain.stats(maintain.find(root)).items():
        typer.echo(f"{count:>7,}  {name}")


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The licence text, in UTF-8, as it was published.")],
    record_id: Annotated[str, typer.Option("--id", help="Id of the record: SPDX id, or name and version.")],
    title: Annotated[str, typer.Option("--title", help="Title as the text has it.")],
    root: Root = None,
) -> None:
    """Begin the record of a new licence: digest, fingerprint, and the clauses that known words point at, to confirm."""
    from licheck import maintain

    added = maintain.add(maintain.find(root), file, record_id, title)
    typer.echo(f"wrote {added.record}, and its fingerprint")
    typer.echo(f"confirm {len(added.proposed)} proposed clauses: {', '.join(added.proposed) or 'none'}")
    typer.echo("read the whole text, decide every clause, then run `licheck db check`")
