"""`licheck identify`: what a licence text is, and what was changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from licheck.cli.check import Format


def identify(
    files: Annotated[list[Path], typer.Argument(help="Licence texts, READMEs, NOTICE files.")],
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.text,
) -> None:
    """Say which document a text is, word for word; or which one it was made from, and what was changed where.

    Likeness never names a licence: a text that differs by one word is `modified`. Exits with 0 when every text could
    be read, with 2 or 3 when one could not.
    """
    from licheck.cli.output import write
    from licheck.pipeline import identify as run
    from licheck.report.identify import render, render_json

    results = run(files)
    write(render_json(results) if format_ is Format.json else render(results))
