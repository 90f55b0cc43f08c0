"""Metadata of a weight file → the licence that it declares, and what the weights were made from.

GGUF (keys of gguf 0.19.0, `Keys.General`; llama.cpp `gguf-py/gguf/metadata.py`, 18f4bb5). The converter copies the
card of the model that is converted, so that `base_model` is the parent of *that* model, and the file is at least as
far from it: one base is `finetune`, several are `merge`, an adapter's is `adapter`. Only where the file and its base
carry the same name was nothing trained between: `quantized` or `convert`. `general.source.*` is the model that was
converted, likewise `quantized` or `convert`. `general.repo_url` is where the file itself is published, so a loose file
is a `reupload` of it; a file that is read in that repository names its own, which is for the reader to leave out.

safetensors: ModelSpec (`modelspec.*`) and kohya's trainer (`ss_*`). Folders of training images (`ss_dataset_dirs`) are
left out: they are names on somebody's disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from licheck.evidence.ids import clean, parent, reference
from licheck.model.evidence import Evidence
from licheck.model.lineage import Declared, Parent

MAX_ENTRIES = 1_000
MAX_TEXT = 2_000
# `general.file_type` of files in the precision of training: F32, F16, BF16 (ggml `docs/gguf.md`, llama.h for 32).
_UNQUANTISED = (0, 1, 32)
_ENTRY = re.compile(r"general\.(base_model|dataset)\.(\d{1,6})\.(\w+)")
# Where an entry may be found, best first; the last two lead nowhere, and still say that there is something.
_NAMES = ("repo_url", "url", "name", "doi", "uuid")
_NONE = {"", "none", "null", "n/a", "unknown"}


def facts(header: Mapping[str, Any], path: str) -> tuple[tuple[Declared, ...], tuple[Parent, ...]]:
    """Licences and parents that the metadata of one file names; later shards of a split file carry none."""
    found: dict[tuple[str, str], Parent] = {}
    for one in (*_gguf(header, path), *_images(header, path)):
        found.setdefault((one.of, one.relation), one)
    return tuple(_declared(header, path)), tuple(found.values())


def _declared(header: Mapping[str, Any], path: str) -> Iterator[Declared]:
    listed = header.get("general.license")
    # The converter joins the ids of a card with commas; the specification asks for an SPDX expression.
    written = ",".join(filter(_is_text, listed)) if isinstance(listed, list) else _text(header, "general.license")
    tags = tuple(clean(tag) for tag in written[:MAX_TEXT].split(",") if tag.strip())
    name, link = _text(header, "general.license.name"), _text(header, "general.license.link")
    if tags or name or link:
        key = "general.license" if tags else "general.license.name" if name else "general.license.link"
        yield Declared(tags, _evidence(path, key, written or name or link), clean(name), clean(link))
    # ModelSpec's is free text: a name or an address.
    if text := _text(header, "modelspec.license"):
        address = text if re.match(r"https?://\S+\Z", text) else ""
        evidence = _evidence(path, "modelspec.license", text)
        yield Declared((), evidence, link=clean(address)) if address else Declared((clean(text),), evidence)


def _gguf(header: Mapping[str, Any], path: str) -> Iterator[Parent]:
    kind = header.get("general.file_type")
    # From 1024 on the type was guessed (llama.h).
    precise = isinstance(kind, int) and kind & 1023 in _UNQUANTISED
    same = "convert" if precise or (kind is None and not _text(header, "general.quantized_by")) else "quantized"
    for key in ("general.source.repo_url", "general.source.huggingface.repository", "general.source.url"):
        # A plain address may be a paper or a home page.
        if (text := _text(header, key)) and (key != "general.source.url" or reference(text)):
            yield parent(text, same, _evidence(path, key, text))
    bases = list(_entries(header, "base_model"))
    lora = _text(header, "general.type") == "adapter" or "adapter.type" in header
    title = _plain(_text(header, "general.name"))
    for key, text, name in bases:
        alike = title and title in (_plain(name), _plain(text.rpartition("/")[2]))
        relation = "adapter" if lora else "merge" if len(bases) > 1 else same if alike else "finetune"
        yield parent(text, relation, _evidence(path, key, str(header[key])))
    for key, text, _ in _entries(header, "dataset"):
        # The converter writes addresses of datasets without `datasets/`.
        yield parent(text, "train", _evidence(path, key, str(header[key])), kind="dataset")
    older = header.get("general.datasets")
    for text in filter(_is_text, older[:MAX_ENTRIES]) if isinstance(older, list) else ():
        yield parent(text, "train", _evidence(path, "general.datasets", text), kind="dataset")
    # Anything but an id is a home page, and no parent.
    if (text := _text(header, "general.repo_url")) and reference(text):
        yield parent(text, "reupload", _evidence(path, "general.repo_url", text))


def _entries(header: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str, str]]:
    """Key, reference and name of each numbered entry; `count` is not needed to find them, so it is not believed."""
    entries: dict[int, dict[str, str]] = {}
    for key in header:
        match = _ENTRY.fullmatch(key)
        if match and match[1] == kind and match[3] in _NAMES and _text(header, key) and len(entries) < MAX_ENTRIES:
            entries.setdefault(int(match[2]), {})[match[3]] = key
    for _, keys in sorted(entries.items()):
        best = next((n for n in _NAMES if n in keys and reference(_text(header, keys[n]))), None)
        best = best or next(n for n in _NAMES if n in keys)
        name, text = _text(header, keys.get("name", "")), _text(header, keys[best])
        # Names have lost the spelling of the id (`Meta Llama`, `Llama 3.1 8B`), so they are not put together as one.
        maker = _text(header, f"{keys[best].rpartition('.')[0]}.organization") if best == "name" else ""
        yield keys[best], f"{maker} / {text}" if maker and not reference(text) else text, name


def _images(header: Mapping[str, Any], path: str) -> Iterator[Parent]:
    merged = _text(header, "modelspec.merged_from")
    for name in merged[: MAX_TEXT * 10].split(",")[:MAX_ENTRIES]:
        if name.strip().lower() not in _NONE:
            yield parent(name, "merge", _evidence(path, "modelspec.merged_from", merged))
    lora = "ss_network_module" in header or "/" in _text(header, "modelspec.architecture")
    model, version = _text(header, "ss_sd_model_name"), _text(header, "ss_base_model_version")
    for key, text in (("ss_sd_model_name", model), ("ss_base_model_version", version)):
        # The version is only the family; it adds nothing to the id of the model.
        if text and not (key == "ss_base_model_version" and reference(model)):
            yield parent(text, "adapter" if lora else "finetune", _evidence(path, key, text))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() not in _NONE


def _text(header: Mapping[str, Any], key: str) -> str:
    value = header.get(key)
    return str(value).strip() if _is_text(value) else ""


def _plain(name: str) -> str:
    """A name without what converters change in it: case, spaces, hyphens."""
    return re.sub(r"[\W_]+", "", name).lower()


def _evidence(path: str, key: str, value: str) -> Evidence:
    return Evidence("weight header", path, quote=clean(f"{key}: {value}"), locator=key)
