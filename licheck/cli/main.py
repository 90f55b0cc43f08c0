"""The `licheck` command."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from licheck.cli.output import complain
from licheck.errors import LicheckError

# In the order in which the help lists them. Verb → module with a function, or an app, of that name.
_VERBS = ("check", "scan", "audit", "lock", "identify", "explain", "db")


def application(only: str = "") -> typer.Typer:
    """The command line with all verbs, or with one: a check must not pay for the options of a scan."""
    app = typer.Typer(
        name="licheck",
        help="Licence compliance for AI models: may we do this with what we used, and what do we owe?",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_main)
    for verb in (only,) if only in _VERBS else _VERBS:
        module = import_module(f"licheck.cli.{verb}")
        if verb == "db":
            app.add_typer(module.app, name=verb)
        else:
            app.command()(getattr(module, verb))
    return app


def _version(wanted: bool) -> None:
    if wanted:
        from licheck import __version__

        typer.echo(f"licheck {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line and exit: a bug ends with 4, never with Python's own 1."""
    try:
        application(sys.argv[1] if len(sys.argv) > 1 else "")()
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
