"""Records of the database, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Protocol

WIDTH = 118


class Item(Protocol):
    """What is shown: a kind of thing, its name and its record."""

    @property
    def kind(self) -> str:
        """Licence, clause, provider and so on."""

    @property
    def name(self) -> str:
        """The id of the record."""

    @property
    def record(self) -> Any:
        """The record as written, or text."""


def render(items: Iterable[Item]) -> str:
    """Write records as text, one after the other."""
    return "\n".join("\n".join([f"{item.kind} {item.name}", *_lines(item.record, 1)]) + "\n" for item in items)


def render_json(items: Iterable[Item]) -> str:
    """Write records as a JSON list of kind, name and record."""
    data = [{"kind": item.kind, "name": item.name, "record": item.record} for item in items]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _lines(value: Any, depth: int) -> list[str]:
    """A record as indented lines; a list of plain words stays on one line."""
    pad = "  " * depth
    if isinstance(value, str):
        return [f"{pad}{line}".rstrip() for line in value.strip().splitlines()]
    if isinstance(value, list):
        return [line for item in value for line in _item(item, depth)]
    lines: list[str] = []
    for key, item in value.items():
        flat = _flat(item)
        if flat is not None and len(flat) + len(pad) + len(key) <= WIDTH:
            lines.append(f"{pad}{key}: {flat}")
        else:
            lines += [f"{pad}{key}:", *_lines(item if isinstance(item, dict | list) else str(item), depth + 1)]
    return lines


def _item(item: Any, depth: int) -> list[str]:
    lines = _lines(item if isinstance(item, dict | list) else str(item), depth + 1)
    return [f"{'  ' * depth}- {lines[0].strip()}", *lines[1:]] if lines else []


def _flat(value: Any) -> str | None:
    if isinstance(value, dict):
        parts = {key: _flat(item) for key, item in value.items()}
        small = len(parts) <= 4 and all(part is not None for part in parts.values())
        return ", ".join(f"{key} {part}" for key, part in parts.items()) if small else None
    if isinstance(value, list):
        return None if any(isinstance(item, dict | list) for item in value) else ", ".join(map(str, value))
    return str(value)
