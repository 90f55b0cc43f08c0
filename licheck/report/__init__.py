"""Reports: one file per format, one dict of renderers for each thing reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from licheck.model.audit import Audit
from licheck.model.report import Report


def _text(report: Report) -> str:
    from licheck.report import text

    return text.render(report)


def _json(report: Report) -> str:
    from licheck.report import json

    return json.render(report)


def _audit_text(audit: Audit, documentation: Mapping[str, str]) -> Iterable[str]:
    from licheck.report import audit as text

    return [text.render(audit)]


def _audit_json(audit: Audit, documentation: Mapping[str, str]) -> Iterable[str]:
    from licheck.report import audit_json

    return audit_json.render(audit)


def _audit_sarif(audit: Audit, documentation: Mapping[str, str]) -> Iterable[str]:
    from licheck.report import audit_sarif

    return [audit_sarif.render(audit, documentation)]


def _audit_markdown(audit: Audit, documentation: Mapping[str, str]) -> Iterable[str]:
    from licheck.report import audit_markdown

    return [audit_markdown.render(audit)]


RENDERERS: dict[str, Callable[[Report], str]] = {"text": _text, "json": _json}
# With the documentation of rules by id; a report comes in pieces, because it may be long.
AUDIT_RENDERERS: dict[str, Callable[[Audit, Mapping[str, str]], Iterable[str]]] = {
    "text": _audit_text,
    "json": _audit_json,
    "sarif": _audit_sarif,
    "markdown": _audit_markdown,
}
