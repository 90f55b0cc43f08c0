"""The tests of the data: what every record has to hold, said so that a lawyer can mend it.

A record is read with its line numbers and held against the schema of its folder, the closed lists of the vocabulary,
the parameters of its clauses and the other records. Anchors and digests are held against the texts in `texts.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from licheck.db.records import whole
from licheck.errors import Problem
from licheck.phrases import PhraseError, parse, written
from licheck.strict_yaml import Loaded, load, show

FOLDERS = {"licenses": "licence", "services": "provider", "clauses": "clause", "catalogue": "catalogue"}
FILES = {"web_sources": "web_sources"}
MAX_ANCHOR, MAX_SUMMARY = 8, 40
Keys = tuple[str | int, ...]


class Record(NamedTuple):
    """A record file as read: `path` is relative to the database."""

    folder: str
    path: str
    loaded: Loaded

    def problem(self, at: Keys, message: str, help_: str) -> Problem:
        """Complain about a place in the record."""
        return Problem(self.path, self.loaded.line(at) or 1, show(at), message, help_)


class Known(NamedTuple):
    """What references in records may point at."""

    vocabulary: dict[str, Any]
    clauses: dict[str, Any]
    licences: set[str]
    lists: dict[str, Any]


def load_all(root: Path) -> list[Record]:
    """Read every YAML record under `root`, whether it is well-formed or not."""
    return [
        Record(folder, f"license_db/{path.relative_to(root)}", load(path.read_text("utf-8"), str(path.name)))
        for folder, pattern in (*((name, f"{name}/*.yaml") for name in FOLDERS), *((n, f"{n}.yaml") for n in FILES))
        for path in sorted(root.glob(pattern))
    ]


def problems(root: Path) -> list[Problem]:
    """Return everything that is wrong with the records under `root`, the texts left aside."""
    records = load_all(root)
    known = Known(
        load((root / "vocabulary.yaml").read_text("utf-8"), "vocabulary.yaml").value,
        {r.loaded.value["id"]: r.loaded.value for r in records if r.folder == "clauses" and _sound(r)},
        {r.loaded.value["id"] for r in records if r.folder == "licenses" and _sound(r)},
        load((root / "words.yaml").read_text("utf-8"), "words.yaml").value["lists"],
    )
    schema = json.loads((root / "schema" / "records.schema.json").read_text("utf-8"))
    found: list[Problem] = []
    for record in records:
        found += [p._replace(path=record.path) for p in record.loaded.problems]
        shape = list(_shape(record, schema))
        found += shape or list(_contents(record, known))
    return [*found, *_tables(root, known)]


def _phrases(record: Record, value: dict[str, Any], known: Known) -> Iterator[Problem]:
    """Phrases of a clause follow their language."""
    for at, phrase in written(value):
        try:
            parse(phrase, known.lists)
        except PhraseError as error:
            yield record.problem(at, str(error), "the first lines of licheck/phrases.py say how phrases are written")


def _tables(root: Path, known: Known) -> Iterator[Problem]:
    """Lists of catalogue entries: every row names records that are there."""
    for path in sorted((root / "catalogue").glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        columns: list[str] = []
        for number, line in enumerate(lines, 1):
            if not line or line.startswith("#"):
                continue
            cells = line.split("\t")
            if not columns:
                columns = cells
                continue
            name = f"license_db/catalogue/{path.name}"
            if len(cells) != len(columns):
                yield Problem(name, number, "", f"{len(cells)} cells, not {len(columns)}", "separate them with tabs")
                continue
            for document in dict(zip(columns, cells, strict=True))["documents"].split():
                if document not in known.licences:
                    yield Problem(name, number, "documents", f"there is no record {document}", "add it or leave it out")


def _sound(record: Record) -> bool:
    return isinstance(record.loaded.value, dict) and "id" in record.loaded.value


def _shape(record: Record, schema: dict[str, Any]) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{(FOLDERS | FILES)[record.folder]}"})
    for error in validator.iter_errors(record.loaded.value):
        while error.context:
            error = min(error.context, key=lambda e: len(e.context or ()))
        at = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            for key in sorted(set(error.instance) - set(error.schema["properties"])):
                options = ", ".join(sorted(error.schema["properties"]))
                yield record.problem((*at, key), "unknown key", f"known: {options}")
        else:
            yield record.problem(at, error.message[:200], str(error.schema.get("description") or "see the guide"))


def _contents(record: Record, known: Known) -> Iterator[Problem]:
    value = record.loaded.value
    stem = Path(record.path).stem
    if "id" in value and value["id"] != stem:
        yield record.problem(("id",), f"{value['id']} is not the file's name", f"write {stem}")
    if record.folder == "licenses":
        yield from _terms(record, (), value, known)
        yield from _listed(record, ("layer",), [value["layer"]], known.vocabulary["layers"])
        if value["layer"] != "use-policy":
            yield from _relicensing(record, value, known)
        for i, part in enumerate(value.get("incorporates") or ()):
            yield from _reference(record, ("incorporates", i, "document"), part["document"], known)
        for i, source in enumerate(value["sources"]):
            for held in source.get("contains") or ():
                yield from _reference(record, ("sources", i, "contains"), held, known)
    elif record.folder == "clauses":
        yield from _phrases(record, value, known)
    elif record.folder == "services":
        yield from _provider(record, value, known)
    elif record.folder == "catalogue":
        for i, entry in enumerate(value["entries"]):
            for item in entry["documents"]:
                for document in [item] if isinstance(item, str) else item["one_of"]:
                    yield from _reference(record, ("entries", i, "documents"), document, known)


def _relicensing(record: Record, value: dict[str, Any], known: Known) -> Iterator[Problem]:
    term = value.get("relicensing")
    if term is None:
        yield record.problem((), "relicensing is not decided", "say whether a derivative may go out under other terms")
        return
    yield from _listed(record, ("relicensing", "value"), [term["value"]], known.vocabulary["relicensing"])
    yield from _words(record, ("relicensing",), term)


def _terms(record: Record, at: Keys, value: dict[str, Any], known: Known) -> Iterator[Problem]:
    """What a licence and a version of a service document have in common."""
    clauses, absent = value.get("clauses") or {}, value.get("absent") or []
    rule = value["output_rule"]
    yield from _listed(record, (*at, "output_rule", "value"), [rule["value"]], known.vocabulary["output_rules"])
    yield from _listed(record, (*at, "output_rule", "uses"), rule.get("uses") or (), known.vocabulary["uses"])
    exceptions = rule.get("exceptions") or ()
    yield from _listed(record, (*at, "output_rule", "exceptions"), exceptions, known.vocabulary["output_exceptions"])
    if not value.get("sources"):
        return  # no text was found, so no clause is decided
    for i, source in enumerate(value["sources"]):
        if not source["source"].strip("? "):
            yield record.problem(
                (*at, "sources", i, "source"), "is still to be written", "owner/repo@commit:path, or URL and day"
            )
    if rule["value"] == "unknown":
        help_ = "read the text, then write the rule; none-found says that it has none"
        yield record.problem((*at, "output_rule", "value"), "is still to be decided", help_)
    if "?" in absent:
        help_ = "read the text for each clause of the list, move what it holds to `clauses:`, then delete this line"
        yield record.problem((*at, "absent"), "is still to be read", help_)
        absent = [name for name in absent if name != "?"]
    if rule["value"] not in ("none-found", "unknown") and "anchor" not in rule:
        yield record.problem((*at, "output_rule"), "no anchor", "give the words that say it")
    yield from _words(record, (*at, "output_rule"), rule)
    for name in sorted(set(known.clauses) - set(clauses) - set(absent)):
        yield record.problem((*at, "clauses"), f"{name} is not decided", "put it under `clauses:` or in `absent:`")
    for name in sorted(set(clauses) & set(absent)):
        yield record.problem((*at, "absent"), f"{name} is present and absent", "keep one")
    for name in sorted((set(clauses) | set(absent)) - set(known.clauses)):
        yield record.problem((*at, "clauses"), f"{name} is no clause", f"known: {', '.join(sorted(known.clauses))}")
    for name, term in clauses.items():
        here = (*at, "clauses", name)
        yield from _words(record, here, term)
        yield from _listed(record, (*here, "trigger"), term["trigger"], known.vocabulary["triggers"])
        yield from _listed(record, (*here, "reach"), term["reach"], known.vocabulary["reach"])
        spec = (known.clauses.get(name) or {"params": {}})["params"]
        for key, given in (term.get("params") or {}).items():
            yield from _parameter(record, (*here, "params", key), spec.get(key), given, known)
    fields = value.get("restricted_fields") or {}
    yield from _listed(record, (*at, "restricted_fields"), fields, known.vocabulary["fields"])
    for name, term in fields.items():
        yield from _words(record, (*at, "restricted_fields", name), term)


def _provider(record: Record, value: dict[str, Any], known: Known) -> Iterator[Problem]:
    documents = {document["id"] for document in value["documents"]}
    for i, document in enumerate(value["documents"]):
        at: Keys = ("documents", i)
        yield from _listed(record, (*at, "layer"), [document["layer"]], known.vocabulary["layers"])
        last = ""
        for j, version in enumerate(document["versions"]):
            here = (*at, "versions", j)
            yield from _terms(record, here, version, known)
            days = version["in_force"]
            start, end = str(days["from"]), str(days.get("to") or "9999")
            if end < start:
                yield record.problem((*here, "in_force"), f"ends on {end}, before it begins", "correct the days")
            if start <= last:
                yield record.problem(
                    (*here, "in_force"), f"begins on {start}, while the one before runs to {last}", "mend"
                )
            last = end
    for name, route in value["routes"].items():
        for i, slot in enumerate(route["slots"]):
            for j, part in enumerate(slot["documents"]):
                if part["document"] not in documents:
                    key = ("routes", name, "slots", i, "documents", j)
                    yield record.problem(key, f"{part['document']} is not in this file", f"known: {sorted(documents)}")


def _words(record: Record, at: Keys, term: dict[str, Any]) -> Iterator[Problem]:
    anchor, summary = term.get("anchor"), term.get("summary")
    for key in ("section", "anchor", "summary"):
        if key in term and not str(term[key]).strip("? "):
            yield record.problem((*at, key), "is still to be written", "read the text, then fill it in")
    if anchor and len(str(anchor).split()) > MAX_ANCHOR:
        yield record.problem((*at, "anchor"), f"{len(str(anchor).split())} words", f"at most {MAX_ANCHOR}")
    if summary and len(summary.split()) > MAX_SUMMARY:
        yield record.problem((*at, "summary"), f"{len(summary.split())} words", f"one sentence, {MAX_SUMMARY} at most")


def _listed(record: Record, at: Keys, words: Any, allowed: Any) -> Iterator[Problem]:
    for word in words:
        if word not in allowed:
            yield record.problem(at, f"{word!r} is not in the vocabulary", f"known: {', '.join(map(str, allowed))}")


def _reference(record: Record, at: Keys, document: str | None, known: Known) -> Iterator[Problem]:
    if document is not None and document not in known.licences:
        yield record.problem(at, f"there is no record {document}", "add it, or write null and give the url")


def _parameter(record: Record, at: Keys, spec: str | None, given: Any, known: Known) -> Iterator[Problem]:
    """Hold a parameter against the form its clause gives: a type, a choice (`a | b`) or a list of either."""
    given = whole(given)
    if spec is None:
        yield record.problem(at, "the clause has no such parameter", "see the clause's record")
    elif spec.startswith("list of "):
        if not isinstance(given, list):
            yield record.problem(at, "not a list", "write [ … ]")
            return
        for item in given:
            yield from _parameter(record, at, spec.removeprefix("list of "), item, known)
    elif spec == "output_exceptions":
        yield from _listed(record, at, [given], known.vocabulary["output_exceptions"])
    elif spec in ("boolean", "integer"):
        if not isinstance(given, bool if spec == "boolean" else int) or (spec == "integer" and isinstance(given, bool)):
            yield record.problem(at, f"{given!r} is not a {spec}", f"write a {spec}")
    elif spec in ("text", "date"):
        if isinstance(given, list | dict):
            yield record.problem(at, f"{given!r} is not a {spec}", f"write a {spec}")
    else:
        yield from _listed(record, at, [given], [choice.strip() for choice in spec.split("|")])
