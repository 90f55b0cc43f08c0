"""Catalogue entries that were taken over from a list: rows of a table, expanded when one is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def expand(head: Mapping[str, Any], key: str, cells: Sequence[str]) -> dict[str, Any]:
    """Put a row into the form of a curated entry; `head` holds the columns and what is common to all rows."""
    row: dict[str, str] = head["common"] | dict(zip(head["columns"], cells, strict=True))
    documents: list[Any] = row["documents"].split()
    if row.get("via"):
        documents = [{"one_of": [document], "via": row["via"]} for document in documents]
    evidence = {key: row[key] for key in ("grade", "source", "section", "url", "why") if row.get(key)}
    entry: dict[str, Any] = {
        "match": row["match"],
        "documents": documents,
        "evidence": evidence,
        "path": f"license_db/{key}.tsv",
    }
    entry |= {key: row[key] for key in ("modality", "use_verified", "hub_license", "note") if row.get(key)}
    for key in ("unmapped", "generated_by"):
        if row.get(key):
            entry[key] = row[key].split(" | ")
    if "generated_by" in entry:
        entry["generated_by"] = [
            dict(zip(("of", "when"), generator.split(" "), strict=False)) for generator in entry["generated_by"]
        ]
    if row.get("parents"):
        entry["parents"] = row["parents"].split()
    if row.get("openai_api"):
        entry["openai_api"] = True
    return entry
