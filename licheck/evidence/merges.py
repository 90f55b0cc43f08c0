"""The models of a mergekit config: plain merges, several documents, mixtures of experts, evolutionary merges.

A reference is written `path[@revision][+adapter[@revision]]` or spelt out as a mapping (mergekit `common.py` and
`config.py`, `moe/config.py`, `evo/genome.py`, `tokenizer/config.py`, commit a6e4028).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from licheck.evidence.ids import clean, parent
from licheck.model.evidence import Evidence
from licheck.model.lineage import Parent
from licheck.strict_yaml import MAX_BYTES, Path, load, show

MAX_DOCUMENTS = 500
# A marker stands at the start of a line, and YAML allows no text there that only looks like one.
_MARKER = re.compile(r"^(?:---|(?P<end>\.\.\.))(?=[ \t\r\n]|\Z)", re.MULTILINE)
_ONE = frozenset({"model", "source_model", "base_model", "embedding_source", "lm_head_source"})
# Words for "made from the merged models' own", so no further input.
_OWN = frozenset({"union", "base"})
_LINE = re.compile(r"\s*(?:-\s+)*(?P<key>\w+)\s*:\s+(?P<quote>[\"']?)(?P<value>[^\s#\"']+)(?P=quote)\s*(?:#.*)?")


def parents(path: str, text: str) -> tuple[tuple[Parent, ...], tuple[str, ...]]:
    """The models that a merge config combines, each once, and what could not be read as `path:line: message`.

    All are `merge`, adapters that are merged in among them; where only a tokenizer or its tokens come from a model it
    is `tokenizer`. Names of other documents of the same file are results of merges, so they are left out. A document
    that is not valid YAML is read line by line as far as that goes.
    """
    if len(text) > MAX_BYTES:
        return (), (f"{path}: larger than {MAX_BYTES:,} characters, so no model was read from it",)
    documents, problems = _documents(text)
    problems = [f"{path}: {problem}" for problem in problems]
    loaded = []
    for first, block in documents:
        document = load(block, path, first)
        problems += [f"{p.path}:{p.line}: {p.message}" if p.line else f"{path}: {p.message}" for p in document.problems]
        broken = document.value is None and bool(document.problems)
        loaded.append((first, block, document, broken))
    names = [
        str(d.value.get("name")) if isinstance(d.value, dict) and d.value.get("name") else "" for *_, d, _ in loaded
    ]
    found: dict[tuple[str, str, str | None], Parent] = {}
    for own, (first, block, document, broken) in enumerate(loaded):
        others = {name for index, name in enumerate(names) if index != own and name} if len(names) > 1 else set()
        if broken:
            places: list[tuple[Path, Any, str, int | None]] = list(_by_line(block, first))
        else:
            places = [(*place, document.line(place[0])) for place in _references(document.value, ())]
        for keys, value, relation, line in places:
            for name, revision in _names(value):
                if name in others:
                    continue
                evidence = Evidence("merge config", path, line, quote=_quote(value), locator=show(keys))
                new = parent(name, relation, evidence, revision)
                found.setdefault((new.of, new.relation, new.revision), new)
    return tuple(found.values()), tuple(problems)


def _documents(text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """First line and text of every document, and a complaint if there are too many."""
    blocks: list[tuple[int, str]] = []
    start, line = 0, 1
    for marker in _MARKER.finditer(text):
        block = text[start : marker.start()]
        # Directives stand before the marker of their document.
        if not marker["end"] and re.match(r"%", block.lstrip()) and "\n---" not in block:
            continue
        if block.strip():
            blocks.append((line, block))
        if len(blocks) >= MAX_DOCUMENTS:
            return blocks, [f"more than {MAX_DOCUMENTS} documents, the rest was not read"]
        line += text.count("\n", start, marker.start())
        start = marker.end() if marker["end"] else marker.start()
    if text[start:].strip():
        blocks.append((line, text[start:]))
    return blocks, []


def _references(value: Any, at: Path) -> Iterator[tuple[Path, Any, str]]:
    """Where models are named: key path, what stands there, relation."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, (*at, index))
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        here = (*at, key)
        if key == "tokenizer_source":
            yield from ((p, v, "tokenizer") for p, v in _sources({"source": item}, at, key))
        elif key == "tokenizer":
            yield from ((p, v, "tokenizer") for p, v in _sources(item, here))
        elif key in _ONE and _names(item):
            yield here, item, "merge"
        elif key == "models" and isinstance(item, list):
            # An evolved merge lists plain names, all others mappings.
            for index, one in enumerate(item):
                place = (*here, index)
                yield from [(place, one, "merge")] if isinstance(one, str) else _references(one, place)
        elif key not in ("parameters", "positive_prompts", "negative_prompts"):
            yield from _references(item, here)


def _sources(tokenizer: Any, at: Path, key: str = "source") -> Iterator[tuple[Path, Any]]:
    """The models whose tokenizer or tokens are taken; `at` is the key path of the mapping."""
    if not isinstance(tokenizer, dict):
        return
    source = tokenizer.get("source")
    if isinstance(source, str) and source not in _OWN:
        # Older configs wrote `model:org/name`.
        yield (*at, key), source.removeprefix("model:")
    elif isinstance(source, dict) and _names(source):
        yield (*at, key), source
    tokens = tokenizer.get("tokens")
    for token, item in tokens.items() if isinstance(tokens, dict) else ():
        yield from _sources(item, (*at, "tokens", token))


def _names(value: Any) -> list[tuple[str, str | None]]:
    """Paths and revisions that a reference holds: the model and its adapter."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # a local folder may be called 7
    if isinstance(value, str):
        parts = [part.partition("@") for part in value.split("+")]
        return [(name.strip(), revision.strip() or None) for name, _, revision in parts if name.strip()]
    if not isinstance(value, dict):
        return []
    if isinstance(path := value.get("path"), str):
        revision = value.get("revision")
        return [(path, str(revision) if revision is not None else None)] if path else _names(path)
    return [name for key in ("model", "lora") for name in _names(value.get(key))]


def _quote(value: Any) -> str:
    return clean(value if isinstance(value, str) else "+".join("@".join(filter(None, name)) for name in _names(value)))


def _by_line(block: str, first: int) -> Iterator[tuple[Path, Any, str, int | None]]:
    """The models that single lines of a broken document name."""
    for number, text in enumerate(block.split("\n"), first):
        match = _LINE.fullmatch(text) if len(text) < 1000 else None
        if match and match["key"] in _ONE:
            yield (match["key"],), match["value"], "merge", number
        elif match and match["key"] == "tokenizer_source" and match["value"] not in _OWN:
            yield (match["key"],), match["value"].removeprefix("model:"), "tokenizer", number
