"""`licheck scan`: what a model or dataset is under, what it inherits, what one may do with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from licheck.cli.check import today
from licheck.errors import InputError, Problem


class Format(StrEnum):
    """Formats of the answer."""

    text = "text"
    json = "json"
    markdown = "markdown"


class FailOn(StrEnum):
    """Severities from which on a scan fails."""

    blocker = "blocker"
    must_fix = "must-fix"
    review = "review"
    info = "info"


Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody: use what was read before.")]
Depth = Annotated[int, typer.Option("--max-depth", min=0, help="How many steps upstream to follow.")]
Nodes = Annotated[int, typer.Option("--max-nodes", min=1, help="How many repositories to read at most.")]
Seconds = Annotated[float | None, typer.Option("--time-limit", min=1, help="Seconds for the whole run.")]


def scan(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET...",
            help="org/name, hf:org/name@revision, dataset:org/name, an address of the Hub, ./folder, ./file.gguf, "
            "./file.safetensors, ollama:name, hf-cache: (everything downloaded before), or - for a list on stdin.",
        ),
    ],
    use: Annotated[
        str, typer.Option("--use", help="Uses to decide on: use, fine-tune, distil, redistribute, host, sell.")
    ] = "",
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the answer.")] = Format.text,
    offline: Offline = False,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="Lightest finding that fails.")] = FailOn.review,
    max_depth: Depth = 20,
    max_nodes: Nodes = 20_000,
    time_limit: Seconds = None,
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Fetch `license_link` from other hosts too, without the token.")
    ] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
) -> None:
    """Read a model or dataset and all it was made from: its licence, its lineage, its conflicts, and what you may do.

    Nothing is run and no weights are loaded. Exits with 0 if nothing is wrong, 1 if something is or a use asked for is
    not allowed, 2 for wrong arguments, 3 if something could not be read, so that there is no verdict.
    """
    from licheck.cli.output import write
    from licheck.cli.progress import Progress
    from licheck.lineage.targets import parse
    from licheck.lineage.trace import Limits
    from licheck.model.finding import Severity
    from licheck.report.scan import markdown, render, render_json
    from licheck.scan import Options
    from licheck.scan import scan as run
    from licheck.upstream import Reading

    uses = _uses(use)
    listed = typer.get_text_stream("stdin", errors="replace") if "-" in targets else ()
    wanted = parse(targets, listed)
    with Progress() as progress:
        reading = Reading(
            offline, Limits(max_depth, max_nodes), time_limit, None, progress.say, progress.count, follow_links
        )
        found = run(wanted, today(), reading, Options(uses, Severity(fail_on.value)))
    renderers = {Format.text: render, Format.json: render_json, Format.markdown: markdown}
    write(renderers[format_](found))
    if found.exit_code and not exit_zero:
        raise typer.Exit(found.exit_code)


def _uses(text: str) -> tuple[str, ...]:
    from licheck.policy.answers import ALIASES, MODEL

    known = [question.use for question in MODEL]
    wanted = [word.strip().lower() for word in text.split(",") if word.strip()]
    wanted = [ALIASES.get(word, word) for word in wanted]
    wrong = [word for word in wanted if word not in known]
    if wrong or (text and not wanted):
        message = f"{', '.join(wrong) or 'it'} is no use that can be asked for"
        raise InputError(Problem("--use", None, "", message, f"write some of {', '.join(known)}, with commas"))
    return tuple(dict.fromkeys(wanted))
