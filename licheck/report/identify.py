"""What texts were identified as, for people and for programs (`licheck-identify/1`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def render_json(results: Iterable[dict[str, Any]]) -> str:
    """Write results as JSON with a final newline."""
    return json.dumps({"schema": "licheck-identify/1", "results": list(results)}, ensure_ascii=False, indent=2) + "\n"


def render(results: Iterable[dict[str, Any]]) -> str:
    """Write results as text: one file after the other, edits and clauses with their lines."""
    return "\n".join("\n".join(_lines(result)) + "\n" for result in results)


def _lines(result: dict[str, Any]) -> list[str]:
    names = {"exact": result["license"], "modified": f"{result['nearest']}, modified"}
    lines = [f"{result['path']}: {names.get(result['status'], result['status'])}"]
    for edit in result["edits"]:
        touched = f" touches {edit['clause']}" if edit["clause"] else ""
        lines.append(f"  {edit['kind']} {_span(edit)}{touched}")
    if len(result["parts"]) > 1 or (result["parts"] and result["status"] != "exact"):
        lines += [f"  {part['license']} stands word for word {_span(part)}" for part in result["parts"]]
    for clause in result["clauses"]:
        lines.append(f"  {clause['clause']} {_span(clause)}: “{clause['quote']}”")
    return lines


def _span(item: dict[str, Any]) -> str:
    same = item["line"] == item["end_line"]
    return f"on line {item['line']}" if same else f"on lines {item['line']}-{item['end_line']}"
