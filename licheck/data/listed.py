"""Manifests that are a short list in YAML or JSON: datasets by name, or with licence, generator, route and date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licheck.data.collect import is_date
from licheck.errors import InputError, Problem
from licheck.model.audit import Columns, Group, Key
from licheck.strict_yaml import load, show

MAX_BYTES = 1_000_000  # a longer list is data: write it as JSONL
# Role → the keys of an entry that play it; the first that an entry has counts.
ROLES = {
    "source": ("source", "dataset", "id", "name", "path"),
    "license": ("license", "licence", "licenses"),
    "generator": ("generator", "generators", "model", "models", "generated_by"),
    "route": ("route", "provider"),
    "date": ("date", "when", "generated"),
    "rows": ("rows", "examples", "count"),
    "tokens": ("tokens",),
}
_BESIDE = {"note", "url", "split", "config", "revision", "weight"}
_HOLDERS = ("datasets", "data", "sources", "training_data")
_FORM = "write a list, each entry `org/name` or {source: org/name, license: …, generator: …, date: …}"


def holds(path: Path) -> bool:
    """Whether a file is such a list: YAML always, JSON if it says so or its entries have no other keys than those."""
    if path.suffix.lower() != ".json":
        return True
    try:
        if path.stat().st_size > MAX_BYTES:
            return False
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if isinstance(value, dict):
        return any(isinstance(value.get(key), list) for key in _HOLDERS)
    known = {key for keys in ROLES.values() for key in keys} | _BESIDE
    entries = value if isinstance(value, list) else [None]
    return all(isinstance(entry, str) or (isinstance(entry, dict) and known >= entry.keys()) for entry in entries)


def read(path: Path) -> tuple[Columns, list[Group]]:
    """Read a list of datasets; raises InputError with every entry that is none."""
    name, text = str(path), text_of(path, MAX_BYTES, "write it as JSONL")
    loaded = load(text, name)
    value, at = loaded.value, list[str]()
    if isinstance(value, dict):
        at = [key for key in _HOLDERS if isinstance(value.get(key), list)][:1]
        value = value[at[0]] if at else None
    problems = list(loaded.problems)
    if not isinstance(value, list) and not problems:
        problems.append(Problem(name, 1, "", "holds no list of datasets", _FORM))
    groups: list[Group] = []
    for place, item in enumerate(value if isinstance(value, list) else ()):
        found = _group(item)
        where: tuple[str | int, ...] = (*at, place)
        if isinstance(found, Group):
            groups.append(found._replace(path=name, line=loaded.line(where)))
        else:
            problems.append(Problem(name, loaded.line(where), show(where), found, _FORM))
    if problems:
        raise InputError(problems)
    used = {role for group in groups for role, value in group.key._asdict().items() if value is not None}
    return Columns(**{role: role for role in used}), groups


def text_of(path: Path, most: int, shorter: str) -> str:
    """The text of a file of at most `most` bytes; raises InputError, with what to do about a longer one."""
    name = str(path)
    try:
        if path.stat().st_size > most:
            raise InputError(Problem(name, None, "", f"larger than {most:,} bytes", shorter))
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem(name, None, "", "not UTF-8", "save the file as UTF-8")) from error
    except OSError as error:
        raise InputError(Problem(name, None, "", f"cannot be read: {error.strerror}", "correct the name")) from error


def _group(item: Any) -> Group | str:
    """The group of an entry, or what is wrong with it."""
    if isinstance(item, str) and item.strip():
        return Group(Key(source=item.strip()), 1)
    if not isinstance(item, dict):
        return "is neither a name nor a mapping"
    unknown = sorted(set(item) - {key for keys in ROLES.values() for key in keys} - _BESIDE)
    if unknown:
        return f"has keys that mean nothing here: {', '.join(unknown)}"
    found = {role: next((item[key] for key in keys if item.get(key) is not None), None) for role, keys in ROLES.items()}
    if all(found[role] is None for role in ("source", "license", "generator")):
        return "names no source, licence or generator"
    counts = {role: found[role] for role in ("rows", "tokens")}
    if any(isinstance(found[role], dict) for role in found) or any(
        isinstance(found[r], list) for r in ("source", "route")
    ):
        return "has a mapping or a list where a text should stand"
    if any(count is not None and (type(count) is not int or count < 0) for count in counts.values()):
        return "has a number of rows or tokens that is no whole number"
    lists = {role: tuple(sorted(set(_words(found[role])))) for role in ("license", "generator")}
    single = {role: None if found[role] is None else str(found[role]) for role in ("source", "route", "date")}
    if single["date"] and not is_date(single["date"]):
        return f"has a date that is none: {single['date'][:40]!r}"
    key = Key(single["source"], lists["license"] or None, lists["generator"] or None, single["route"], single["date"])
    return Group(key, 1 if counts["rows"] is None else int(counts["rows"]), counts["tokens"])


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif value is not None:
        yield str(value)
