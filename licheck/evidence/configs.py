"""The JSON files beside weights, and by another name the configs of trainers: what a model was made from."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from licheck.evidence.ids import clean, parent, reference
from licheck.evidence.training import training
from licheck.model.evidence import Evidence
from licheck.model.lineage import Parent

__all__ = ["ModelConfig", "adapter", "config", "training"]

MAX_CHARACTERS = 1_000_000
# Keys of config.json that only models with eyes or ears have: transformers' own, then older ones' remote code.
_SENSES = frozenset(
    {
        *("vision_config", "audio_config", "thinker_config", "vision_tower", "mm_vision_tower", "img_processor"),
        *("visual", "vision_encoder", "vit_config", "perceiver_config"),
    }
)
_TEXT = ("ForCausalLM", "LMHeadModel", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification")


class ModelConfig(NamedTuple):
    """What config.json says: a parent (it is the weakest of all places for one), and what kind of model it is.

    `modality` is `multimodal`, `text` or None where the file does not tell; `quantized` is the method, as `awq`.
    """

    parent: Parent | None = None
    model_type: str = ""
    architectures: tuple[str, ...] = ()
    modality: str | None = None
    quantized: str = ""
    problems: tuple[str, ...] = ()


def adapter(path: str, text: str) -> tuple[Parent | None, tuple[str, ...]]:
    """The model that a PEFT adapter belongs to, with its revision, and what was wrong as `path: message`.

    A local path is a parent of the form `name:…`: there is a base, and the file does not say which (peft, `config.py`).
    """
    value, problems = _read(path, text)
    if problems:
        return None, problems
    base, revision = value.get("base_model_name_or_path"), value.get("revision")
    if not isinstance(base, str) or not base.strip():
        return None, (f"{path}: base_model_name_or_path names no model",)
    evidence = _evidence("adapter config", path, text, "base_model_name_or_path", base)
    return parent(base, "adapter", evidence, revision if isinstance(revision, str) else None), ()


def config(path: str, text: str) -> ModelConfig:
    """What config.json says; `_name_or_path` counts only as an id of the Hub, since savers write local paths there.

    The relation is `finetune`, or `quantized` where the file names a method of quantisation (the Hub infers the same).
    Newer transformers delete `_name_or_path` when they save (5.23.0, `configuration_utils.py`).
    """
    value, problems = _read(path, text)
    if problems:
        return ModelConfig(problems=problems)
    quantisation, name = value.get("quantization_config"), value.get("_name_or_path")
    method = quantisation.get("quant_method") if isinstance(quantisation, dict) else None
    found = None
    if isinstance(name, str) and (known := reference(name)) and known.kind == "hf":
        evidence = _evidence("model config", path, text, "_name_or_path", name)
        found = parent(name, "quantized" if method else "finetune", evidence)
    listed = value.get("architectures")
    kinds = tuple(clean(kind) for kind in listed[:20] if isinstance(kind, str)) if isinstance(listed, list) else ()
    senses = any(value.get(key) for key in _SENSES)
    modality = "multimodal" if senses else "text" if any(kind.endswith(_TEXT) for kind in kinds) else None
    model_type = value.get("model_type")
    return ModelConfig(
        found,
        clean(model_type) if isinstance(model_type, str) else "",
        kinds,
        modality,
        clean(method) if isinstance(method, str) else "",
    )


def _read(path: str, text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The object that a JSON text holds, or what is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        return {}, (f"{path}: larger than {MAX_CHARACTERS:,} characters, so it was not read",)
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        return {}, (f"{path}:{error.lineno}: not valid JSON: {error.msg}",)
    except (ValueError, RecursionError):
        return {}, (f"{path}: not valid JSON: nested too deep, or a number too long",)
    return (value, ()) if isinstance(value, dict) else ({}, (f"{path}: not a JSON object",))


def _evidence(source: str, path: str, text: str, key: str, value: str) -> Evidence:
    """Where the key stands; the line is that of the first key of this name with a value."""
    at = text.find(f'"{key}"')
    line = text.count("\n", 0, at) + 1 if at >= 0 else None
    return Evidence(source, path, line, quote=clean(f"{key}: {value}"), locator=key)
