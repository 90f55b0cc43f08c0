"""Reports: one file per format, one dict of renderers."""

from __future__ import annotations

from collections.abc import Callable

from licheck.model.report import Report


def _text(report: Report) -> str:
    from licheck.report import text

    return text.render(report)


def _json(report: Report) -> str:
    from licheck.report import json

    return json.render(report)


RENDERERS: dict[str, Callable[[Report], str]] = {"text": _text, "json": _json}
