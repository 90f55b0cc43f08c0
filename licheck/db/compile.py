"""Turns the YAML records of license_db into one file that opens in a millisecond.

The file is JSON Lines: the first line is an index (format, version, digest of the contents, signature of the YAML
files, byte range of each record), the others are records. A reader parses the index and the records it needs.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from licheck.errors import InputError, Problem
from licheck.phrases import PhraseError, compiled
from licheck.strict_yaml import load

FORMAT = 1


def signature(root: Path) -> str:
    """Digest of the names, sizes and times of the records and of this file: cheap to take, changes with every edit."""
    from hashlib import sha256

    state = sorted(
        (path.name, path.parent.name, stat.st_size, stat.st_mtime_ns)
        for path in (*_files(root), Path(__file__))
        for stat in (path.stat(),)
    )
    return sha256(repr(state).encode()).hexdigest()


def key_of_name(name: str) -> str:
    """How names of licences are compared: lower case, runs of blanks, underscores and hyphens as one hyphen.

    >>> key_of_name("Llama 3.1  Community_License")
    'llama-3.1-community-license'
    """
    return re.sub(r"[\s_-]+", "-", name.strip().lower()).strip("-")


def records(root: Path) -> dict[str, Any]:
    """Read every record and the tables made from them; raises InputError with all problems of all files."""
    problems: list[Problem] = []
    table: dict[str, Any] = {}
    for path in sorted(_files(root)):
        key = str(path.relative_to(root).with_suffix(""))
        if path.suffix == ".tsv":
            table[key] = _rows(path)
            continue
        loaded = load(path.read_text("utf-8"), f"license_db/{path.relative_to(root)}")
        problems += loaded.problems
        if isinstance(loaded.value, dict):
            table[key] = loaded.value
        elif not loaded.problems:
            problems.append(Problem(f"license_db/{key}.yaml", 1, "", "not a mapping", "write `id: …` and so on"))
    if problems:
        raise InputError(problems)
    table["names"] = _names(table)
    table["addresses"] = _addresses(table)
    table["phrases"] = _phrases(table)
    table |= _catalogue(table)
    table["providers"] = _providers(table)
    return table


def compile_tree(root: Path) -> bytes:
    """Compile the records under `root`; the same records give the same bytes."""
    from hashlib import sha256

    table = records(root)
    lines: list[bytes] = []
    index: dict[str, list[int]] = {}
    offset = 0
    for key in sorted(table):
        line = json.dumps(table[key], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        index[key] = [offset, len(line)]
        offset += len(line)
        lines.append(line)
    body = b"".join(lines)
    header = {
        "format": FORMAT,
        "version": str(table["vocabulary"]["version"]),
        "sha256": sha256(body).hexdigest(),
        "signature": signature(root),
        "bytes": len(body),
        "records": index,
    }
    return json.dumps(header, separators=(",", ":")).encode() + b"\n" + body


def write(root: Path, target: Path) -> None:
    """Compile `root` into `target`, atomically."""
    save(compile_tree(root), target)


def save(data: bytes, target: Path) -> None:
    """Put a compilation in its place in one move, also when others do the same at the same time."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _files(root: Path) -> Iterator[Path]:
    for folder in ("", "clauses", "licenses", "services", "catalogue", "fingerprints"):
        base = root / folder
        if base.is_dir():
            yield from (path for path in base.iterdir() if path.suffix in (".yaml", ".tsv") and path.is_file())


def _rows(path: Path) -> dict[str, Any]:
    """A table as columns and rows; `#` begins a comment, `#! key: value` says something of all rows."""
    lines = path.read_text("utf-8").splitlines()
    common = dict(line[2:].strip().split(": ", 1) for line in lines if line.startswith("#!"))
    columns, *rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {"common": common, "columns": columns, "rows": rows}


def _names(table: dict[str, Any]) -> dict[str, list[str]]:
    """Name → ids of the documents that carry it; ids and SPDX ids name their document alone."""
    sole: dict[str, list[str]] = {}
    shared: dict[str, set[str]] = {}
    for key, record in table.items():
        if not key.startswith("licenses/"):
            continue
        hub = record.get("hub") or {}
        own = [record["id"], record.get("spdx"), *(s.get("id") for s in record.get("sources") or ())]
        for name in filter(None, own):
            sole[key_of_name(str(name))] = [record["id"]]
        for name in [hub.get("tag"), *(hub.get("license_name") or ()), *(record.get("names") or ()), record["title"]]:
            if name and name != "other":  # the Hub's tag for “none of ours” names nothing
                shared.setdefault(key_of_name(str(name)), set()).add(record["id"])
    return {name: sorted(ids) for name, ids in shared.items()} | sole


def _phrases(table: dict[str, Any]) -> dict[str, Any]:
    """The phrases of the clause records, compiled; raises InputError for one that does not follow the language."""
    try:
        return compiled((r for key, r in sorted(table.items()) if key.startswith("clauses/")), table["words"]["lists"])
    except PhraseError as error:
        raise InputError(
            Problem("license_db/clauses", None, "phrases", str(error), "licheck/phrases.py says how they are written")
        ) from error


def _addresses(table: dict[str, Any]) -> dict[str, list[str]]:
    """Address → ids of the documents that are published there, one version after the other."""
    found: dict[str, list[str]] = {}
    for key in sorted(table):
        if key.startswith("licenses/") and table[key].get("url"):
            found.setdefault(str(table[key]["url"]), []).append(table[key]["id"])
    return found


def _catalogue(table: dict[str, Any]) -> dict[str, Any]:
    """Entries that name one repo as records of their own, so that looking one up reads one; patterns together.

    `models.yaml` is curated and stands above the lists in `models.*.tsv`, whose rows stay rows.
    """
    found: dict[str, Any] = {}
    for key in sorted((key for key in table if key.startswith("catalogue/")), reverse=True):
        record = table.pop(key)
        name = key.split(".")[0]
        if "rows" in record:
            first = record["columns"].index("match")
            found |= {f"{name}/{row[first].lower()}": [key, *row] for row in record["rows"]}
            found[f"lists/{key}"] = {"common": record["common"], "columns": record["columns"]}
        else:
            entries = [{**entry, "path": f"license_db/{key}.yaml"} for entry in record["entries"]]
            found.setdefault(f"{name}*", []).extend(entry for entry in entries if "*" in entry["match"])
            found |= {f"{name}/{entry['match'].lower()}": entry for entry in entries if "*" not in entry["match"]}
    return found


def _providers(table: dict[str, Any]) -> dict[str, str]:
    return {
        alias: record["id"]
        for key, record in table.items()
        if key.startswith("services/")
        for alias in (record["id"], *(record.get("aliases") or ()))
    }
