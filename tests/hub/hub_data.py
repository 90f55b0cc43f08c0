"""Put other people's recorded metadata, cards and API answers on the fake Hub; they are read where they lie."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from hub_repos import Json, front_matter, render_card
from hub_server import HubServer

# Keys that only cards of datasets have.
DATASET_KEYS = {"task_categories", "size_categories", "source_datasets", "pretty_name", "annotations_creators"}


def load_metadata(server: HubServer, shared: Path, ids: Iterable[str] | None = None) -> dict[str, str]:
    """Add the models of models_metadata_3988.json, or those named; returns id → "models".

    Their cards were not recorded: they are made from the tags, which are kept as they are.
    """
    rows = _rows(shared / "hub" / "models_metadata_3988.json", ids)
    for row in rows:
        card = {key: row[key] for key in ("library_name", "pipeline_tag") if key in row} | card_of(row["tags"])
        fields = {key: value for key, value in row.items() if key not in ("id", "modelId")}
        server.model(row["id"], card=card, **fields)
    return {row["id"]: "models" for row in rows}


def load_dataset_metadata(server: HubServer, shared: Path, ids: Iterable[str] | None = None) -> dict[str, str]:
    """Add the datasets of datasets_metadata_708.json, or those named; returns id → "datasets"."""
    rows = _rows(shared / "hub" / "datasets_metadata_708.json", ids)
    for row in rows:
        fields = {key: value for key, value in row.items() if key not in ("id", "key")}
        server.dataset(row["id"], card=card_of(row["tags"]), **fields)
    return {row["id"]: "datasets" for row in rows}


def load_cards(server: HubServer, shared: Path) -> dict[str, str]:
    """Add a repository for each recorded card, fences added if it has none; returns id → "models" or "datasets".

    A file is named `NN_org__name.md`. What follows the first `__` is the name, further `__` included
    (`28_Shakker__ControlNet__depth.md` → `Shakker/ControlNet__depth`); without `__` there is no organisation.
    A card with a key that only datasets have becomes a dataset.
    """
    kinds = {}
    for path in sorted((shared / "hub" / "cards").glob("*.md")):
        repo_id = re.sub(r"^\d+_", "", path.stem).replace("__", "/", 1)
        text = path.read_text("utf-8")
        if front_matter(text) is None:
            text = f"---\n{text.strip().strip('-').strip()}\n---\n"
        kinds[repo_id] = "datasets" if DATASET_KEYS & (front_matter(text) or {}).keys() else "models"
        (server.dataset if kinds[repo_id] == "datasets" else server.model)(repo_id, {"README.md": text})
    return kinds


def load_api(server: HubServer, shared: Path) -> dict[str, str]:
    """Add the repositories of the recorded API answers; returns id → "models" or "datasets".

    The answers are given back as they are; those recorded in part are completed. Every file that an answer names is
    there: README.md with the card's front matter, the others empty. Of two recordings of one repository the one
    without `aibomgen` in its name is on main, and both have the same commit.
    """
    kinds = {}
    for path in sorted((shared / "hub" / "api").glob("*.json")):
        kind, _, name = path.name.removesuffix(".json").partition("__")
        partial = name.endswith(".partial")
        repo_id = name.removesuffix(".partial").removesuffix(".aibomgen").replace("__", "/", 1)
        body: Json = json.loads(path.read_text("utf-8"))
        card = body.get("cardData")
        if card is None and partial and "tags" in body:
            card = card_of(body["tags"])
        files = dict.fromkeys((entry["rfilename"] for entry in body.get("siblings", ())), "")
        if card:
            files["README.md"] = render_card(card)
        add = server.dataset if kind == "dataset" else server.model
        if partial:
            known = {key: value for key, value in body.items() if key not in ("id", "modelId", "cardData", "siblings")}
            add(repo_id, files, card=card, **known)
        else:
            add(repo_id, files, card=card, exact=body)
        kinds[repo_id] = f"{kind}s"
    return kinds


def card_of(tags: Iterable[str]) -> Json:
    """Front matter that would give these tags.

    The relation is written only where the Hub would not say `finetune` anyway, as in real cards.

    >>> card_of(["license:mit", "base_model:a/b", "base_model:adapter:a/b", "dataset:squad"])
    {'license': 'mit', 'base_model': 'a/b', 'datasets': ['squad'], 'base_model_relation': 'adapter'}
    """
    found: dict[str, list[str]] = {}
    relations = set()
    for tag in tags:
        key, _, value = tag.partition(":")
        relation, colon, _ = value.partition(":")
        if key == "base_model" and colon:
            relations.add(relation)
        elif value:
            found.setdefault(key, []).append(value)
    card: Json = {
        key: values[0] if len(values) == 1 else values for key, values in _pick(found, "license", "base_model")
    }
    names = {"dataset": "datasets"} | {key: key for key in (*DATASET_KEYS, "language")}
    card |= {names[key]: values for key, values in _pick(found, *names)}
    if relations - {"finetune"}:
        card["base_model_relation"] = min(relations - {"finetune"})
    return card


def _pick(found: dict[str, list[str]], *keys: str) -> list[tuple[str, list[str]]]:
    return [(key, found[key]) for key in keys if key in found]


def _rows(path: Path, ids: Iterable[str] | None) -> list[Json]:
    wanted = None if ids is None else set(ids)
    rows: list[Json] = json.loads(path.read_text("utf-8"))
    chosen = [row for row in rows if wanted is None or row["id"] in wanted]
    if missing := sorted((wanted or set()) - {row["id"] for row in chosen}):
        raise KeyError(f"{path.name} has no {', '.join(missing)}")
    return chosen
