"""`licheck lock`: pins upstreams in licheck.lock, and says what changed since."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from licheck.cli.check import today
from licheck.errors import InputError, Problem

if TYPE_CHECKING:
    from licheck.lock.changes import Change


def lock(
    path: Annotated[str, typer.Argument(help="Folder with a licheck.yaml, or the file itself.")] = ".",
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if something changed.")] = False,
    upgrade: Annotated[
        list[str], typer.Option("--upgrade", metavar="NAME", help="Pin this one anew: an upstream, or a pattern.")
    ] = [],  # noqa: B006 (typer wants it so)
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody: use what was read before.")] = False,
    time_limit: Annotated[float | None, typer.Option("--time-limit", min=1, help="Seconds for the whole run.")] = None,
) -> None:
    """Pin what licheck.yaml uses, and all it was made from, to commits, digests and conclusions in licheck.lock.

    `licheck check` then needs no network. What is pinned stays until --upgrade names it. Exits with 0, with 1 if
    --check finds that a licence text, tag, gate or base changed, with 2 for a wrong manifest, with 3 if something could
    not be read (then nothing is written).
    """
    from licheck.cli.output import write
    from licheck.cli.progress import Progress
    from licheck.lineage.trace import Limits
    from licheck.pin import compare
    from licheck.pin import lock as run
    from licheck.upstream import Reading

    if check and upgrade:
        raise InputError(Problem("--upgrade", None, "", "does not go with --check", "leave one of them out"))
    with Progress() as progress:
        reading = Reading(offline, Limits(), time_limit, None, progress.say, progress.count)
        done = compare(Path(path), today(), reading) if check else run(Path(path), today(), reading, tuple(upgrade))
    lines = [_line(change) for change in done.changes]
    changed = any(change.matters for change in done.changes)
    if check:
        lines.append(f"{done.lock.path}: {'upstream changed' if changed else 'nothing that matters changed upstream'}")
    else:
        said = "written" if done.written else "already as it should be"
        lines.append(f"{done.lock.path}: {said}, {len(done.lock.uses)} uses, {len(done.lock.pins)} upstreams")
    write("\n".join(lines) + "\n")
    if check and changed:
        raise typer.Exit(1)


def _line(change: Change) -> str:
    return f"{change.upstream}: {change.what}: {change.old} → {change.new}"
