"""A scan for people (text, Markdown) and for programs (`licheck-report/1` with targets)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from licheck import __version__
from licheck.model.answer import Answer, Condition, Value
from licheck.model.finding import Finding, Severity
from licheck.model.report import ArtifactReport
from licheck.model.scan import Scan, Scanned
from licheck.report.json import SCHEMA, artifact_data, finding_data
from licheck.report.lineage import mermaid, tree
from licheck.report.text import NOT_ADVICE, finding_lines

_WORDS = {
    Value.YES: "yes",
    Value.YES_IF: "yes, if",
    Value.NOT_SAID: "not said",
    Value.UNKNOWN: "unknown",
    Value.NO: "no",
}
_LISTED = 50  # findings behind one answer; all of them stand among the findings
_TOLD = 40  # findings of one target
_SHOWN = 8  # conditions and reasons of one answer


def as_data(scan: Scan) -> dict[str, Any]:
    """Return the scan as plain data: the report's form, with the target of each finding and the answers."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "licheck", "version": __version__},
        "database": {"version": scan.database_version, "sha256": scan.database_sha256},
        "verdict": scan.verdict,
        "targets": [_target(target) for target in scan.targets],
        "artifacts": [{**artifact_data(a), "state": a.state, "grade": a.grade} for a in scan.artifacts],
        "findings": [{"target": t.root.id, **finding_data(f)} for t in scan.targets for f in t.findings],
        "obligations": [{"target": t.root.id, **finding_data(f)} for t in scan.targets for f in t.obligations],
        "skipped": [*scan.lineage.limits, *(f"{t.root.id}: {note}" for t in scan.targets for note in t.notes)],
        "summary": dict(scan.summary()),
    }


def render_json(scan: Scan) -> str:
    """Write a scan as JSON with a final newline."""
    return json.dumps(as_data(scan), ensure_ascii=False, indent=2) + "\n"


def render(scan: Scan) -> str:
    """Write a scan as text with a final newline; of many targets only those with findings get more than a line."""
    artifacts = {artifact.id: artifact for artifact in scan.artifacts}
    many = len(scan.targets) > 5
    shown = [t for t in scan.targets if not many or t.failing]
    blocks = [_text(scan, target, artifacts, not many) for target in shown]
    if many:
        width = max(len(target.root.id) for target in scan.targets)
        blocks.append("\n".join(f"{t.root.id:<{width}}  {t.verdict}" for t in scan.targets))
    return "\n\n".join([*blocks, _end(scan)]) + "\n"


def markdown(scan: Scan) -> str:
    """Write a scan as Markdown: a graph of the lineage, a list of what is wrong, a table of answers."""
    artifacts = {artifact.id: artifact for artifact in scan.artifacts}
    blocks = []
    for target in scan.targets:
        lines = [f"## {target.root.id}: {target.verdict}", "", *mermaid(scan.lineage, target.root, artifacts), ""]
        for finding in _open(target):
            lines.append(f"- **{finding.severity.value}** ({finding.clause or finding.rule}): {_cell(finding.message)}")
            lines += [f"  {_cell(finding.remedy)}"] if finding.remedy else []
        lines += ["", "| use | answer | because |", "|---|---|---|"]
        numbers = _numbered(target)
        for answer in target.answers:
            why = "<br>".join(_cell(line) for line in _reasons(answer)) or " "
            lines.append(f"| {answer.use} | {_said(answer, numbers)} | {why} |")
        lines += [""] * bool(numbers) + [f"{number}. {_cell(line)}" for line, number in numbers.items()]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, _end(scan)]) + "\n"


def _target(target: Scanned) -> dict[str, Any]:
    return {
        "id": target.root.id,
        "asked": target.root.asked or target.root.id,
        "verdict": target.verdict,
        "answers": [
            {
                "use": answer.use,
                "answer": answer.value.value,
                "because": [finding_data(finding) for finding in answer.because[:_LISTED]],
                "because_count": len(answer.because),
                "conditions": [{"what": c.what, **finding_data(c.finding)} for c in answer.conditions],
            }
            for answer in target.answers
        ],
    }


def _open(target: Scanned) -> list[Finding]:
    found = [f for f in target.findings if f.severity is not Severity.INFO]
    return sorted(found, key=lambda f: (f.severity.rank, f.rule, f.subject))


def _text(scan: Scan, target: Scanned, artifacts: Mapping[str, ArtifactReport], whole: bool) -> str:
    lines = tree(scan.lineage, target.root, artifacts)
    found = _open(target)
    for finding in found[:_TOLD]:
        lines += ["", *finding_lines(finding)]
    if len(found) > _TOLD:
        lines += ["", f"  and {len(found) - _TOLD:,} more findings, which --format json lists"]
    lines += [f"  note: {note}" for note in target.notes]
    told = [f for f in target.findings if f.severity is Severity.INFO and f.state != "satisfied"]
    lines += [""] * bool(told) + [f"  note: {finding.message}" for finding in told[:_SHOWN]]
    if len(told) > _SHOWN:
        lines.append(f"  and {len(told) - _SHOWN} more notes, which --format json lists")
    if whole and target.answers:
        lines += ["", *_answers(target)]
    return "\n".join(lines)


def _answers(target: Scanned) -> list[str]:
    """The questions with their answers, and the conditions below them, each told once and numbered."""
    numbers = _numbered(target)
    width = max(len(answer.use) for answer in target.answers)
    lines = ["  May you …"]
    for answer in target.answers:
        lines.append(f"    {answer.use:<{width}}  {_said(answer, numbers)}")
        lines += [f"      {reason}" for reason in _reasons(answer)]
    if numbers:
        lines += ["", "  if", *(f"    {number:>2}  {line}" for line, number in numbers.items())]
    return lines


def _numbered(target: Scanned) -> dict[str, int]:
    """The conditions of all answers that are yes with conditions, numbered in order."""
    lines = (_condition(c) for answer in target.answers if answer.value is Value.YES_IF for c in answer.conditions)
    return {line: number for number, line in enumerate(dict.fromkeys(lines), 1)}


def _said(answer: Answer, numbers: Mapping[str, int]) -> str:
    """The answer in a few words: `yes, if 1-3, 7`."""
    word = _WORDS.get(answer.value, answer.value.value)
    if answer.value is not Value.YES_IF:
        return word
    return f"{word} {_spans(sorted({numbers[_condition(c)] for c in answer.conditions}))}"


def _spans(numbers: list[int]) -> str:
    """Numbers with runs drawn together.

    >>> _spans([1, 2, 3, 7]), _spans([2, 4, 5])
    ('1-3, 7', '2, 4, 5')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs)


def _reasons(answer: Answer) -> list[str]:
    """What decides, with the clause behind it; conditions are told on their own."""
    if answer.value is Value.YES_IF:
        return []
    lines = list(dict.fromkeys(f"{finding.message}{_clause(finding)}" for finding in answer.because))
    more = [f"and {len(lines) - _SHOWN} more, which --format json lists"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]


def _condition(condition: Condition) -> str:
    return f"{condition.what}{_clause(condition.finding)}"


def _clause(finding: Finding) -> str:
    """Document, section and words behind a finding; nothing where it rests on their absence."""
    text = next((e for e in finding.evidence if finding.license and e.source in finding.license.split(" / ")), None)
    if text is None:
        return ""
    section = f" {'§ ' if (text.locator or '')[:1].isdigit() else ''}{text.locator}" if text.locator else ""
    return f" [{text.source}{section}{f': “{text.quote}”' if text.quote else ''}]"


def _end(scan: Scan) -> str:
    counts = scan.summary()
    parts = [f"{counts[s.value]} {s.value}" for s in Severity]
    lines = [f"not followed: {line}" for line in scan.lineage.limits]
    lines.append(f"{len(scan.targets)} scanned, {len(scan.lineage.nodes)} read: {scan.verdict} ({', '.join(parts)})")
    lines.append(f"database {scan.database_version}, {scan.database_sha256[:12]}. {NOT_ADVICE}")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
