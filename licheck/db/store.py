"""The database as the stages see it.

In an installed wheel there is only the compiled file. In a checkout the YAML decides: a compiled file that does not fit
the records is not used, and is written anew where the folder allows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licheck.errors import InputError, Problem
from licheck.model.document import Document
from licheck.model.lookup import CatalogueEntry, Provider, WebSource

if TYPE_CHECKING:
    from licheck.db.web import WebSources

_COMPILED = Path(__file__).with_name("compiled.json")
_SOURCES = Path(__file__).parents[2] / "license_db"


class Database:
    """Records by key, parsed when they are asked for."""

    def __init__(self, data: bytes, fingerprints: Path = _COMPILED.parent) -> None:
        self._fingerprints = fingerprints
        end = data.index(b"\n") + 1
        header = json.loads(data[:end])
        self.version: str = header["version"]
        self.sha256: str = header["sha256"]
        self._index: dict[str, list[int]] = header["records"]
        self._body = memoryview(data)[end:]
        if len(self._body) != header["bytes"]:
            raise ValueError(f"{len(self._body)} bytes, not {header['bytes']}")

    @classmethod
    def open(cls, sources: Path = _SOURCES, compiled: Path = _COMPILED) -> Database:
        """Open the database; raises InputError if there is none or its records cannot be read."""
        data = compiled.read_bytes() if compiled.is_file() else b""
        fingerprints = compiled.parent
        if (sources / "vocabulary.yaml").is_file():
            fingerprints = sources / "fingerprints"
            from licheck.db import compile as compiler

            if not data or _signature(data) != compiler.signature(sources):
                data = compiler.compile_tree(sources)
                _keep(data, compiled)
        if not data:
            raise InputError(Problem(str(compiled), None, "", "the licence database is missing", "reinstall licheck"))
        try:
            return cls(data, fingerprints)
        except (ValueError, KeyError, TypeError) as error:
            message = f"the licence database is damaged ({type(error).__name__})"
            raise InputError(Problem(str(compiled), None, "", message, "reinstall licheck")) from error

    def record(self, key: str) -> Any:
        """Return the record of that key as written; raises KeyError."""
        offset, length = self._index[key]
        try:
            return json.loads(bytes(self._body[offset : offset + length]))
        except ValueError as error:
            message = f"the record {key} of the licence database is damaged"
            raise InputError(Problem(str(_COMPILED), None, "", message, "reinstall licheck")) from error

    def everything(self) -> dict[str, Any]:
        """Return all records by key, parsed a folder at a time: one Chinese letter slows the parsing of all text."""
        import gc
        from itertools import groupby

        body = bytes(self._body)
        found: dict[str, Any] = {}
        collecting = gc.isenabled()
        gc.disable()  # nothing of what is parsed can be garbage yet; looking for it takes a third of the time
        try:
            for _, group in groupby(self._index, key=lambda key: key.partition("/")[0]):
                keys = list(group)
                start, end = self._index[keys[0]][0], sum(self._index[keys[-1]]) - 1
                values = json.loads(b"[" + body[start:end].replace(b"\n", b",") + b"]")
                found.update(zip(keys, values, strict=True))
        finally:
            if collecting:
                gc.enable()
        return found

    def keys(self, folder: str) -> list[str]:
        """Names of the records in a folder."""
        return [key.removeprefix(folder + "/") for key in self._index if key.startswith(folder + "/")]

    def document(self, document_id: str) -> Document:
        """Return a licence or policy; raises KeyError."""
        from licheck.db.records import licence

        if document_id not in self._documents:
            self._documents[document_id] = licence(self.record(f"licenses/{document_id}"))
        return self._documents[document_id]

    def named(self, name: str) -> tuple[str, ...]:
        """Ids of the documents that go by a name."""
        from licheck.db.compile import key_of_name

        return tuple(self._names.get(key_of_name(name), ()))

    def model(self, repo_id: str) -> CatalogueEntry | None:
        """Return the catalogue entry for a model repo, the most specific first."""
        return self._entry("models", repo_id)

    def dataset(self, repo_id: str) -> CatalogueEntry | None:
        """Return the catalogue entry for a dataset repo."""
        return self._entry("datasets", repo_id)

    def originals(self) -> dict[str, str]:
        """Repos that are known to have copies, by their name without the organisation in lower case."""
        found: dict[str, str] = {}
        for key in self._index:
            if key.startswith("catalogue/models/"):
                entry = self.record(key)
                if isinstance(entry, list):
                    via = self._expanded(entry)["documents"][:1]
                    of = via[0].get("via") if via and isinstance(via[0], dict) else None
                    if of:
                        short = of.rpartition("/")[2].lower()
                        found.setdefault(short, of)
                        if of.startswith("meta-llama/Llama-3.1"):  # as Meta called these repos until late in 2024
                            found.setdefault(f"meta-{short}", of)
        return found

    def provider(self, name: str, route: str | None = None) -> Provider | None:
        """Return a provider by id or alias, with the documents of one route or of all."""
        from licheck.db.records import provider

        known = self._providers.get(name.lower())
        if known and (known, route) not in self._known_providers:
            self._known_providers[known, route] = provider(self.record(f"services/{known}"), route)
        return self._known_providers[known, route] if known else None

    def databases_only(self) -> Mapping[str, str]:
        """Licences that grant rights in a database and none in its contents, with the section that says so."""
        return {item["license"]: item["section"] for item in self.record("web_sources")["databases"]}

    def web_source(self, name: str) -> WebSource | None:
        """Return the crawl or platform that a name or address means; a site of its own for any other address."""
        return self._web.find(name)

    def family(self, name: str) -> str:
        """Why a tag of the Hub names no document; empty for anything else."""
        for entry in self.record("hub_tags")["tags"]:
            if entry["tag"] == name.strip().lower() and entry["means"] != "record":
                return str(entry["why"])
        return ""

    def names(self) -> list[str]:
        """All names under which documents are known, as they are compared."""
        return sorted(self._names)

    def providers(self) -> list[str]:
        """Ids and aliases of all providers."""
        return sorted(self._providers)

    def fingerprints(self) -> list[list[str]]:
        """Rows of the known texts, as `licheck.identify.index` reads them."""
        rows: list[list[str]] = self.record("fingerprints/texts")["rows"]
        return rows

    def fingerprint_file(self, name: str) -> bytes:
        """One of the two files beside them, runs.bin or sketch.bin; raises InputError where it is missing."""
        try:
            return (self._fingerprints / name).read_bytes()
        except OSError as error:
            message = f"{name} of the licence database is missing"
            raise InputError(Problem(str(self._fingerprints), None, "", message, "reinstall licheck")) from error

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {}

    @cached_property
    def _known_providers(self) -> dict[tuple[str, str | None], Provider]:
        return {}

    @cached_property
    def _known_entries(self) -> dict[str, CatalogueEntry]:
        return {}

    @cached_property
    def _web(self) -> WebSources:
        from licheck.db.web import WebSources

        return WebSources(self.record("web_sources")["sources"])

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = self.record("names")
        return names

    @cached_property
    def _providers(self) -> dict[str, str]:
        providers: dict[str, str] = self.record("providers")
        return providers

    def _entry(self, catalogue: str, repo_id: str) -> CatalogueEntry | None:
        from licheck.db.records import catalogue_entry

        key, wanted = f"catalogue/{catalogue}", repo_id.lower()
        if f"{key}/{wanted}" in self._known_entries:
            return self._known_entries[f"{key}/{wanted}"]
        if f"{key}/{wanted}" in self._index:
            entry = self.record(f"{key}/{wanted}")
            if isinstance(entry, list):
                entry = self._expanded(entry)
        else:
            hits = [(pattern, e) for pattern, e in self._patterns(key, wanted) if _fits(pattern, wanted)]
            entry = max(hits, key=lambda hit: len(hit[0]), default=("", None))[1]
        if entry is None:
            return None
        return self._known_entries.setdefault(f"{key}/{wanted}", catalogue_entry(entry))

    def _expanded(self, row: list[str]) -> dict[str, Any]:
        """A row of a list as an entry."""
        from licheck.db.lists import expand

        if row[0] not in self._heads:
            self._heads[row[0]] = self.record(f"lists/{row[0]}")
        return expand(self._heads[row[0]], row[0], row[1:])

    @cached_property
    def _heads(self) -> dict[str, Any]:
        return {}

    def _patterns(self, key: str, wanted: str) -> list[tuple[str, dict[str, Any]]]:
        """The patterns that may fit a repo: those of its organisation, and those that leave it open."""
        if key not in self._known_patterns:
            by_owner: dict[str, list[tuple[str, dict[str, Any]]]] = {}
            for entry in self.record(f"{key}*"):
                pattern = entry["match"].lower()
                owner, slash, _ = pattern.partition("/")
                by_owner.setdefault(owner if slash and "*" not in owner else "", []).append((pattern, entry))
            self._known_patterns[key] = by_owner
        found = self._known_patterns[key]
        return [*found.get(wanted.partition("/")[0], ()), *found.get("", ())]

    @cached_property
    def _known_patterns(self) -> dict[str, dict[str, list[tuple[str, dict[str, Any]]]]]:
        return {}


def _fits(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern in which `*` stands for anything.

    Compiling a hundred patterns to regular expressions takes longer than the rest of a check.

    >>> _fits("a/b-*-it*", "a/b-9b-it"), _fits("a/*", "b/a/c"), _fits("a*a", "a")
    (True, False, False)
    """
    first, *middle, last = pattern.split("*")
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _signature(data: bytes) -> str:
    """Signature in the header of a compilation that is whole; empty for any other."""
    try:
        end = data.index(b"\n") + 1
        header = json.loads(data[:end])
        return str(header["signature"]) if header["bytes"] == len(data) - end else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _keep(data: bytes, target: Path) -> None:
    """Save a fresh compilation for the next start; a folder that cannot be written to is no reason to stop."""
    from contextlib import suppress

    from licheck.db.compile import save

    with suppress(OSError):
        save(data, target)
