"""SARIF 2.1.0: the log, its rules and a result for a finding; what findings are drawn together is up to the caller."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from licheck import __version__
from licheck.model.finding import Finding, Severity
from licheck.report.escape import message

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.BLOCKER: "error", Severity.MUST_FIX: "error", Severity.REVIEW: "warning", Severity.INFO: "note"}


def render(
    name: str,
    results: Sequence[Mapping[str, Any]],
    documentation: Mapping[str, str],
    properties: Mapping[str, Any],
    notifications: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Write a log of one run with a final newline; `name` tells runs of different kinds apart.

    `documentation` holds the text of rules by id.
    """
    ids = sorted({result["ruleId"] for result in results})
    driver = {
        "name": "licheck",
        "semanticVersion": __version__,
        "rules": [_rule(rule, documentation.get(rule, rule)) for rule in ids],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": name},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(notifications)}],
        "results": [{**result, "ruleIndex": ids.index(result["ruleId"])} for result in results],
        "properties": dict(properties),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def result(
    finding: Finding,
    said: str,
    identity: Iterable[str],
    locations: Sequence[Mapping[str, Any]],
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    """One result; `said` is its message, `identity` what stays the same as long as the finding does."""
    digest = hashlib.sha256("\0".join(identity).encode("utf-8", "surrogatepass")).hexdigest()
    evidence = [{key: value for key, value in e._asdict().items() if value is not None} for e in finding.evidence]
    excepted = [{"kind": "external", "status": "accepted", "justification": finding.excepted_by}]
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": message(said)},
        "locations": list(locations),
        # The first is the only one that GitHub reads; it would compute one from a line, and many findings share a line.
        "partialFingerprints": {"primaryLocationLineHash": digest, "licheckFinding/v1": digest},
        **({"suppressions": excepted} if finding.excepted_by else {}),
        "properties": {
            "severity": finding.severity.value,
            "state": finding.state.value,
            "clause": finding.clause,
            "license": finding.license,
            "grade": finding.grade.value,
            "help": finding.remedy,
            "evidence": evidence,
            **properties,
        },
    }


def place(path: str, line: int | None = None) -> dict[str, Any]:
    """A physical location: a file or an address, and a line from 1."""
    region = {"region": {"startLine": line}} if line else {}
    return {"artifactLocation": {"uri": _uri(path)}, **region}


def notification(said: str, level: str, location: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Something told of the run itself."""
    where = {"locations": [{"physicalLocation": location}]} if location else {}
    return {"level": level, "message": {"text": message(said)}, **where}


def _uri(path: str) -> str:
    scheme, sign, _ = path.partition("://")
    if sign and scheme.isalnum():
        return quote(path, safe="/:?#&=@%+,;")
    if Path(path).is_absolute():
        return "file://" + quote(path, errors="surrogateescape")
    return quote(path.removeprefix("./"), errors="surrogateescape")


def _rule(rule: str, text: str) -> dict[str, Any]:
    """A rule's descriptor from its documentation: a title, then paragraphs."""
    title, _, rest = text.strip().partition("\n")
    return {
        "id": rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": " ".join(rest.partition("\nWhy:")[0].split()) or title},
        "help": {"text": text.strip()},
    }
