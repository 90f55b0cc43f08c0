"""The `licheck` command."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from licheck.cli import db
from licheck.cli.check import check
from licheck.cli.explain import explain
from licheck.cli.identify import identify
from licheck.cli.lock import lock
from licheck.cli.output import complain
from licheck.cli.scan import scan
from licheck.errors import LicheckError

app = typer.Typer(
    name="licheck",
    help="Licence compliance for AI models: may we do this with what we used, and what do we owe?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from licheck import __version__

        typer.echo(f"licheck {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


app.command()(check)
app.command()(scan)
app.command()(lock)
app.command()(identify)
app.command()(explain)
app.add_typer(db.app, name="db")


def run() -> None:
    """Run the command line and exit: a bug ends with 4, never with Python's own 1."""
    try:
        app()
    except LicheckError as error:
        complain(*(f"error: {problem}" for problem in error.problems))
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == 2 and len(sys.argv) > 1:
            complain("  help: `licheck -h` lists the verbs, `licheck VERB -h` what each takes")
        raise
    except Exception as error:
        complain(
            f"licheck has a bug: {type(error).__name__}: {error}",
            "  help: please report it with the command; LICHECK_DEBUG=1 shows where",
        )
        if os.environ.get("LICHECK_DEBUG"):
            import traceback

            complain(traceback.format_exc())
        sys.exit(4)
