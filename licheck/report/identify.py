"""What texts were identified as, for people and for programs (`licheck-identify/1`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

MANY = 20  # edits; a text with more is a licence of its own, made from another


def render_json(results: Iterable[dict[str, Any]]) -> str:
    """Write results as JSON with a final newline."""
    return json.dumps({"schema": "licheck-identify/1", "results": list(results)}, ensure_ascii=False, indent=2) + "\n"


def render(results: Iterable[dict[str, Any]]) -> str:
    """Write results as text: one file after the other, edits and clauses with their lines."""
    return "\n".join("\n".join(_lines(result)) + "\n" for result in results)


def _lines(result: dict[str, Any]) -> list[str]:
    names = {"exact": result["license"], "modified": f"{result['nearest']}, modified"}
    if result["status"] == "partial":
        names["partial"] = "a piece of " + " or ".join(result["candidates"])
    refers = _refers(result["references"])
    if result["status"] == "reference":
        lines = [f"{result['path']}: {refers[0]}", *(f"  {line}" for line in refers[1:])]
    else:
        lines = [f"{result['path']}: {names.get(result['status'], result['status'])}"]
        lines += [f"  beside that, {line}" for line in refers]
    shown = _worth_showing(result["edits"])
    for edit in shown:
        words = f": “{edit['words']}”" if edit["words"] else f": {edit['was_words']} words"
        touched = f" [{edit['clause']}: {edit['how']}]" if edit["clause"] else ""
        touched = touched or (f" [on {', '.join(edit['topics'])}]" if edit["topics"] else "")
        lines.append(f"  {edit['kind']} {_span(edit)}{touched}{words}")
    if len(shown) < len(result["edits"]):
        lines.append(f"  and {len(result['edits']) - len(shown)} more edits, which --format json lists")
    if len(result["parts"]) > 1:
        lines += [f"  {part['license'] or 'a piece'} {part['status']} {_span(part)}" for part in result["parts"]]
    for clause in result["clauses"]:
        params = ", ".join(f"{name}: {_value(value)}" for name, value in clause["params"].items())
        lines.append(f"  {clause['clause']} ({clause['grade']}) {_span(clause)}{f' [{params}]' if params else ''}")
        lines.append(f"      “{clause['quote']}”")
    return lines


def _worth_showing(edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All edits of a text with few of them; of a text with many, those that change what a clause says."""
    if len(edits) <= MANY:
        return edits
    return [edit for edit in edits if edit["clause"] and edit["how"] != "worded differently"]


def _refers(references: Iterable[dict[str, Any]]) -> list[str]:
    """One line for each licence that is referred to, with the first place that does."""
    said: dict[str, str] = {}
    for item in references:
        nothing = "something that is not an SPDX expression" if item["by"] == "spdx" else "a licence that is not known"
        name = item["expression"] or " or ".join(item["license"]) or nothing
        line = f"refers to {name} (line {item['line']}: “{item['quote']}”)"
        said.setdefault(name if item["license"] else item["quote"], line)
    return list(said.values())


def _value(value: Any) -> str:
    return " | ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _span(item: dict[str, Any]) -> str:
    same = item["line"] == item["end_line"]
    return f"on line {item['line']}" if same else f"on lines {item['line']}-{item['end_line']}"
