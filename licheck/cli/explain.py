"""`licheck explain`: what the database knows by a name, with its provenance."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(
    name: Annotated[str, typer.Argument(help="A licence, tag, clause, rule, provider, model, dataset or terms.")],
    json_: Annotated[bool, typer.Option("--json", help="Print the records as JSON.")] = False,
) -> None:
    """Show the records behind a name: what was read, where, and what it says.

    Examples: llama3.1, gemma, anti-distillation, attribution, openai, openai/services-agreement@2026-01-01,
    hf:deepseek-ai/DeepSeek-R1, dataset:tatsu-lab/alpaca. Exits with 2 if nothing goes by that name.
    """
    from licheck.cli.output import write
    from licheck.errors import InputError, Problem
    from licheck.report.explain import render, render_json
    from licheck.resolve import near, resolve

    found = resolve(name)
    if not found:
        raise InputError(Problem(name, None, "", "nothing in the database goes by this name", near(name)))
    write(render_json(found) if json_ else render(found))
