"""Records as they are written → values as the stages know them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from licheck.model.dates import Interval
from licheck.model.document import Claim, Document, Incorporated, OutputRule, Source, Term
from licheck.model.evidence import Evidence, Grade
from licheck.model.lookup import CatalogueEntry, CatalogueLayer, Generator, Provider, Slot, SlotDocument, WebSource

Record = Mapping[str, Any]


def licence(record: Record) -> Document:
    """Make the document of a `licenses/` record."""
    return _document(
        record,
        id=record["id"],
        title=record["title"],
        layer=record["layer"],
        publisher=record.get("publisher") or "",
        record=f"license_db/licenses/{record['id']}.yaml",
        url=record.get("url") or "",
    )


def provider(record: Record, only: str | None = None) -> Provider:
    """Make a provider with all versions of its documents, or of those that one route needs."""
    path = f"license_db/services/{record['id']}.yaml"
    versions = {
        document["id"]: tuple(_version(record, document, version, path) for version in document["versions"])
        for document in record["documents"]
        if only is None or document["id"] in _needed(record, only)
    }
    routes = {
        name: tuple(_slot(slot, versions) for slot in route["slots"]) if only in (None, name) else ()
        for name, route in record["routes"].items()
    }
    conflict = {name: route.get("conflict") or "" for name, route in record["routes"].items()}
    return Provider(record["id"], record["name"], path, routes, conflict)


def catalogue_entry(record: Record) -> CatalogueEntry:
    """Make an entry of a model or dataset catalogue."""
    evidence = record["evidence"]
    layers = tuple(
        CatalogueLayer((layer,))
        if isinstance(layer, str)
        else CatalogueLayer(tuple(layer["one_of"]), layer.get("why") or "", layer.get("via"))
        for layer in record["documents"]
    )
    return CatalogueEntry(
        match=record["match"],
        layers=layers,
        grade=Grade(evidence["grade"]),
        evidence=Evidence(
            source=evidence["source"], path=record.get("path"), locator=evidence.get("section"), url=evidence.get("url")
        ),
        why=evidence["why"],
        modality=record.get("modality"),
        copyright=record.get("copyright"),
        unmapped=tuple(record.get("unmapped") or ()),
        use_verified=record.get("use_verified"),
        hub_license=record.get("hub_license"),
        generators=tuple(
            Generator(g["of"], Interval.parse(str(g["when"])) if g.get("when") else None, g.get("note") or "")
            for g in record.get("generated_by") or ()
        ),
        parents=tuple(record.get("parents") or ()),
    )


def web_source(record: Record) -> WebSource:
    """Make a crawl or platform of `web_sources`."""
    return WebSource(
        id=record["id"],
        name=record["name"],
        content=record["content"],
        check=record["check"],
        evidence=Evidence("web_sources", "license_db/web_sources.yaml", locator=record["id"], url=record.get("terms")),
        generators=tuple(Generator(of, None) for of in record.get("generated_by") or ()),
    )


def _needed(record: Record, route: str) -> set[str]:
    slots = (record["routes"].get(route) or {"slots": ()})["slots"]
    return {part["document"] for slot in slots for part in slot["documents"]}


def _version(provider_: Record, document: Record, version: Record, path: str) -> Document:
    return _document(
        version,
        id=f"{document['id']}@{version['version']}",
        title=f"{provider_['name']} {document['title']} ({version['version']})",
        layer=document["layer"],
        publisher=provider_["name"],
        record=path,
        url=document.get("url") or "",
    )


def _slot(slot: Record, versions: Mapping[str, tuple[Document, ...]]) -> Slot:
    return Slot(
        slot["name"],
        tuple(SlotDocument(versions[entry["document"]], _days(entry)) for entry in slot["documents"]),
        slot.get("region"),
        bool(slot.get("informational")),
    )


def _document(data: Record, **kw: Any) -> Document:
    relicensing = data.get("relicensing") or {}
    rule = data.get("output_rule")
    return Document(
        spdx=data.get("spdx"),
        hub_tag=(data.get("hub") or {}).get("tag"),
        in_force=_days(data.get("in_force") or {}),
        last_seen=_day((data.get("in_force") or {}).get("last_seen")),
        unseen_between=bool(data.get("unseen_between")),
        sources=tuple(Source(s["source"], s["sha256"]) for s in data.get("sources") or ()),
        incorporates=tuple(
            Incorporated(i.get("document"), str(i.get("section") or ""), i.get("url") or "")
            for i in data.get("incorporates") or ()
        ),
        relicensing=relicensing.get("value") or "unknown",
        relicensing_term=_term("relicensing", relicensing) if relicensing else None,
        unchanged=relicensing.get("unchanged") or "",
        output_rule=_output_rule(rule) if rule else OutputRule("unknown"),
        terms={name: _term(name, term) for name, term in (data.get("clauses") or {}).items()},
        restricted_fields={n: _term(n, term) for n, term in (data.get("restricted_fields") or {}).items()},
        claims=tuple(
            Claim(c["clause"], c["by"], c.get("title") or "", str(c.get("captured") or ""), c["finding"])
            for c in data.get("reports") or ()
        ),
        **kw,
    )


def _term(clause: str, term: Record) -> Term:
    ambiguous = term.get("ambiguous") or {}
    return Term(
        clause=clause,
        section=str(term.get("section") or ""),
        anchor=str(term.get("anchor") or ""),
        summary=term.get("summary") or "",
        trigger=frozenset(term.get("trigger") or ()),
        reach=frozenset(term.get("reach") or ()),
        params={key: whole(value) for key, value in (term.get("params") or {}).items()},
        ambiguous=str(ambiguous.get("section") or ""),
        only_if=term.get("only_if") or "",
    )


def whole(value: Any) -> Any:
    """Put a prescribed text that is written in pieces together; long notices are, so that no run of words is copied.

    >>> whole([{"words": "This model is"}, {"words": "licensed."}]), whole([{"pieces": [{"words": "a"}]}, "b"])
    ('This model is licensed.', ['a', 'b'])
    """
    if isinstance(value, list) and value and all(isinstance(item, dict) and "words" in item for item in value):
        return " ".join(str(item["words"]) for item in value)
    if isinstance(value, list):
        return [whole(item["pieces"]) if isinstance(item, dict) else item for item in value]
    return value


def _output_rule(rule: Record) -> OutputRule:
    return OutputRule(
        value=rule["value"],
        section=str(rule.get("section") or ""),
        anchor=str(rule.get("anchor") or ""),
        summary=rule.get("summary") or "",
        note=rule.get("note") or "",
        uses=frozenset(rule.get("uses") or ("distill", "generate-training-data")),
        exceptions=frozenset(rule.get("exceptions") or ()),
        target=rule.get("target") or "output",
        ambiguous=str((rule.get("ambiguous") or {}).get("section") or ""),
        features={f["feature"]: _output_rule(f) for f in rule.get("features") or ()},
    )


def _days(record: Record) -> Interval:
    """`from` and `to` of a record."""
    return Interval(_day(record.get("from")), _day(record.get("to")))


def _day(value: Any) -> date | None:
    if not value:
        return None
    start: date | None = Interval.parse(str(value)).start
    return start
