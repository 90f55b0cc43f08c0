"""A repository of the Hub, as it was read → a node of the lineage: what it declares and what it was made from.

Three places say the same with different mistakes: the front matter of README.md, the Hub's own parse of it
(`cardData`), and the tags. The README decides where it was read; the others fill what it leaves out and are told where
they differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from licheck.evidence.ids import repo_id
from licheck.model.evidence import Evidence
from licheck.model.lineage import Declared, Parent
from licheck.model.release import Card, Release

# `licence` is what some training libraries write by mistake, with `license` as a value that says nothing.
_LICENSE_KEYS = ("license", "licence")
_NOTHING = {"license", "licence", "unknown", "none", ""}
_QUANTISED = (".gguf",)
_QUANTISED_NAME = re.compile(
    r"(^|[-_.])(gguf|ggml|awq|gptq|exl[23]|fp8|nf4|mlx|int[48]|w[48]a(8|16)|bnb-[48]bit|[2-8](\.\d+)?-?bit|q[2-8]_\w+)"
    r"($|[-_.])",
    re.IGNORECASE,
)
_QUANTISED_TAGS = {"gguf", "awq", "gptq", "exl2", "mlx-quantized", "bitsandbytes", "4-bit", "8-bit"}
# The Hub's word for how a model was made → ours.
_RELATIONS = {"finetune": "finetune", "adapter": "adapter", "merge": "merge", "quantized": "quantized"}


def values(card: Card | None, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metadata of the README, else what the Hub read in it."""
    if card:
        return card.values
    data = body.get("cardData")
    return data if isinstance(data, Mapping) else {}


def declared(release: Release, body: Mapping[str, Any], url: str) -> tuple[Declared, ...]:
    """The licence that README.md declares, then what the Hub's tags say if that is something else."""
    found: list[Declared] = []
    card, data = release.card, values(release.card, body)
    for key in _LICENSE_KEYS:
        tags = _words(data.get(key))
        if tags:
            quote = f"{key}: {', '.join(tags)}"
            where = Evidence("hub metadata", quote=quote, locator=f"cardData.{key}", url=url)
            if card:
                where = Evidence("model card", release.shown(card.path), card.lines.get(key), quote=quote)
            name, link = (_words(data.get(f"license_{part}")) for part in ("name", "link"))
            # The Hub reads name and link beside `other` only.
            other = "other" in {tag.lower() for tag in tags}
            said = Declared(tags, where, *(" ".join(words) if other else "" for words in (name, link)))
            if not _NOTHING.issuperset(tag.lower() for tag in tags):
                found.append(said)
    tagged = tuple(tag.removeprefix("license:") for tag in _words(body.get("tags")) if tag.startswith("license:"))
    tagged = tuple(tag for tag in tagged if tag.lower() not in _NOTHING)
    if tagged and {tag.lower() for tag in tagged} != {tag.lower() for said in found for tag in said.tags}:
        quote = ", ".join(f"license:{tag}" for tag in tagged)
        found.append(Declared(tagged, Evidence("hub metadata", quote=quote, locator="tags", url=url)))
    return tuple(found)


def gate(release: Release, body: Mapping[str, Any]) -> str:
    """The text that people accept to get access: prompt, description and the fields to be ticked."""
    data = values(release.card, body)
    if "extra_gated_prompt" not in data and isinstance(body.get("cardData"), Mapping):
        data = body["cardData"]
    prompt, fields = data.get("extra_gated_prompt"), data.get("extra_gated_fields")
    ticked = [str(name) for name, form in fields.items() if form == "checkbox"] if isinstance(fields, Mapping) else []
    return "\n\n".join([*([prompt] if isinstance(prompt, str) else []), *ticked])


def parents(release: Release, body: Mapping[str, Any], files: Iterable[str], url: str) -> tuple[Parent, ...]:
    """What card, API and tags say a repo was made from: models with their relation, then datasets."""
    card, data = release.card, values(release.card, body)

    def where(key: str, value: str) -> Evidence:
        if card and key in card.values:
            line = _line(release, card, key, value)
            return Evidence("model card", release.shown(card.path), line, quote=f"{key}: {value}")
        return Evidence("hub metadata", quote=f"{key}: {value}", locator=key, url=url)

    found: dict[str, Parent] = {}
    hub = body.get("baseModels")
    relation = _RELATIONS.get(str(data.get("base_model_relation") or "").lower(), "")
    api = hub if isinstance(hub, Mapping) else {}
    named = [(key, name) for key in ("base_model", "base_models", "finetuned_from") for name in _words(data.get(key))]
    models = api.get("models")
    listed = models if isinstance(models, list) else []
    ids = [item.get("id") for item in listed if isinstance(item, Mapping)]
    named += [("baseModels", name) for name in ids if isinstance(name, str)]
    tagged: dict[str, str] = {}
    for tag in _words(body.get("tags")):
        kind, _, rest = tag.partition(":")
        if kind == "base_model" and rest:
            first, _, name = rest.partition(":")
            tagged[name if name and first in _RELATIONS else rest] = first if name and first in _RELATIONS else ""
    named += [("tags", name) for name in tagged]
    inferred = _inferred(body, files, len({name.lower() for _, name in named}))
    hubs = _RELATIONS.get(str(api.get("relation") or ""), "")
    # The Hub calls a thing a fine-tune where it sees nothing else; files, name and tags may show more.
    inferred = hubs if hubs and (hubs, inferred) != ("finetune", "quantized") else inferred
    for key, name in named:
        of = f"hf:{model}" if (model := repo_id(name)) else f"name:{name}"
        how = relation or inferred if inferred == "quantized" else relation or tagged.get(name) or inferred
        found.setdefault(of.lower(), Parent(of, how, where(key, name)))
    for key in ("datasets", "dataset"):
        for name in _words(data.get(key)):
            of = f"dataset:{data_id}" if (data_id := repo_id(name)) else f"name:{name}"
            found.setdefault(of.lower(), Parent(of, "train", where(key, name)))
    for tag in _words(body.get("tags")):
        if tag.startswith("dataset:") and (data_id := repo_id(tag.removeprefix("dataset:"))):
            found.setdefault(f"dataset:{data_id}".lower(), Parent(f"dataset:{data_id}", "train", where("tags", tag)))
    return tuple(found.values())


def sources(release: Release, body: Mapping[str, Any], url: str) -> tuple[Parent, ...]:
    """The datasets that a dataset's card says it was made from (`source_datasets`: `original`, `extended|name`)."""
    found = []
    for name in _words(values(release.card, body).get("source_datasets")):
        source = repo_id(name.removeprefix("extended|")) if name not in ("original", "extended") else None
        if source:
            where = Evidence("hub metadata", quote=f"source_datasets: {name}", locator="source_datasets", url=url)
            found.append(Parent(f"dataset:{source}", "source", where))
    return tuple(found)


def tools(body: Mapping[str, Any], release: Release) -> tuple[str, ...]:
    """Programs whose template the card comes from, as far as tags and typical keys tell."""
    tags = {tag.lower() for tag in _words(body.get("tags"))}
    data = values(release.card, body)
    found = ["unsloth"] * ("unsloth" in tags) + ["trl"] * ("trl" in tags or "licence" in data)
    found += ["mergekit"] * bool(tags & {"mergekit", "merge"})
    return tuple(found)


def day(value: Any) -> date | None:
    """The day of a time as the Hub writes it."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _inferred(body: Mapping[str, Any], files: Iterable[str], parents_: int) -> str:
    """The relation where nobody states it: what observers report of the Hub's own rule, which is unpublished."""
    names, tags = list(files), {tag.lower() for tag in _words(body.get("tags"))}
    config = body.get("config")
    quantised = isinstance(config, Mapping) and isinstance(config.get("quantization_config"), Mapping)
    if "adapter_config.json" in names or "lora" in tags:
        return "adapter"
    named = _QUANTISED_NAME.search(str(body.get("id") or "").rpartition("/")[2])
    if quantised or named or tags & _QUANTISED_TAGS or any(name.endswith(_QUANTISED) for name in names):
        return "quantized"
    return "merge" if parents_ > 1 or tags & {"merge", "mergekit"} else "finetune"


def _words(value: Any) -> tuple[str, ...]:
    """A value that may be a word, a list of words, or anything else that people write."""
    return tuple(_each(value))


def _each(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _each(item) if isinstance(item, str) else ()
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def _line(release: Release, card: Card, key: str, value: str) -> int | None:
    """The line of the front matter on which a value stands, for lists that go over many lines."""
    readme = release.readme
    first = card.lines.get(key)
    if not readme or not first:
        return first
    lines = readme.text[: card.body_start].split("\n")
    return next((n for n, text in enumerate(lines[first - 1 :], first) if value in text), first)
