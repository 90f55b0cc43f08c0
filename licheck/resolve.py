"""Finds everything in the database that goes by a name: for `licheck explain`."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from licheck.db.store import Database
from licheck.policy.rules import DOCUMENT_RULES, PROJECT_RULES, generator_terms


class Found(NamedTuple):
    """One record: what kind of thing it is, its name, and the record as written (a rule's is its documentation)."""

    kind: str
    name: str
    record: Any


def resolve(name: str) -> list[Found]:
    """Return every record that a name leads to; several where the name does not tell versions apart."""
    database = Database.open()
    return list(_find(database, name.strip()))


def near(name: str) -> str:
    """What somebody may have meant who wrote a name that is not known."""
    database = Database.open()
    names = [*database.names(), *database.providers(), *database.keys("clauses"), *rules()]
    close = get_close_matches(name.strip().lower(), names, 3, 0.6)
    return f"did you mean {' or '.join(close)}?" if close else "`licheck explain -h` shows what can be asked for"


def _find(database: Database, name: str) -> Iterator[Found]:
    scheme, colon, rest = name.partition(":")
    if colon and scheme in ("hf", "dataset"):
        entry = database.model(rest) if scheme == "hf" else database.dataset(rest)
        if entry:
            yield Found("catalogue entry", name, _plain(entry))
            for document in dict.fromkeys(d for layer in entry.layers for d in layer.one_of):
                yield Found("licence", document, database.record(f"licenses/{document}"))
        return
    for document in database.named(name):
        yield Found("licence", document, database.record(f"licenses/{document}"))
    if why := database.family(name):
        yield Found("tag", name, {"tag": name, "why": why})
    if name in database.keys("clauses"):
        yield Found("clause", name, database.record(f"clauses/{name}"))
    if name in rules():
        yield Found("rule", name, rules()[name])
    yield from _services(database, name)
    if "/" in name and not colon:
        for prefix in ("hf", "dataset"):
            yield from _find(database, f"{prefix}:{name}")


def _services(database: Database, name: str) -> Iterator[Found]:
    """A provider by id or alias, a document of one, one version of it, or the text that a version was read from."""
    if name.lower() in database.providers():
        provider = database.record("providers")[name.lower()]
        yield Found("provider", provider, database.record(f"services/{provider}"))
        return
    for provider in database.keys("services"):
        record = database.record(f"services/{provider}")
        for document in record["documents"]:
            for version in document["versions"]:
                own = f"{document['id']}@{version['version']}"
                texts = [source.get("id") for source in version.get("sources") or ()]
                if name in (own, document["id"], *texts):
                    head = {key: document[key] for key in ("id", "title", "layer", "url") if key in document}
                    yield Found("service document", own, head | version)


def rules() -> dict[str, str]:
    """Documentation of the rules by id."""
    modules = (*DOCUMENT_RULES, *PROJECT_RULES)
    told = {str(module.ID): str(module.__doc__) for module in modules}
    return {**told, generator_terms.REACH: str(generator_terms.__doc__)}


def _plain(value: Any) -> Any:
    """Values of the model as plain data."""
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items() if item not in (None, (), "", {})}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
