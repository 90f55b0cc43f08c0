"""The `licheck` command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from licheck.cli.check import check

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


def run() -> None:
    """Run the command line and exit: a bug ends with 4, never with Python's own 1."""
    from licheck.errors import LicheckError

    try:
        app()
    except LicheckError as error:
        for problem in error.problems:
            typer.echo(f"error: {problem}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except Exception as error:
        typer.echo(f"licheck has a bug: {type(error).__name__}: {error}", err=True)
        typer.echo("  help: please report it with the command; LICHECK_DEBUG=1 shows where", err=True)
        import os

        if os.environ.get("LICHECK_DEBUG"):
            raise
        sys.exit(4)
