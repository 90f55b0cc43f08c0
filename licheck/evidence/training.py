"""Configs of trainers: axolotl, LLaMA-Factory, alignment-handbook and TRL, open-instruct, torchtune.

The keys are those of the examples of each project; names of the result (`hub_model_id`) and data for evaluation are
left out, for nothing was made from them.
"""

from __future__ import annotations

import re
from typing import Any

from licheck.evidence.ids import clean, parent
from licheck.evidence.training_data import DEFAULTS, NUMBER, named
from licheck.model.evidence import Evidence
from licheck.model.lineage import Parent
from licheck.strict_yaml import Loaded, Path, load, show

# Key path → how the result was made from the model there. OWN: the model that is trained on, as adapter or in full.
# A reward or reference model lends no weights, its outputs steer the training: `train`, as for data. A teacher's
# outputs are imitated: `distill`.
OWN = ""
_MODELS: dict[Path, str] = {
    **{(key,): OWN for key in ("base_model", "model_name_or_path", "model", "pretrained_model_name_or_path")},
    ("checkpointer", "checkpoint_dir"): OWN,
    **{(key,): "finetune" for key in ("lora_model_dir", "adapter_name_or_path", "adapter_model")},
    **{(key,): "distill" for key in ("teacher_model_name_or_path", "teacher_model", "kd_online_server_base_url")},
    ("teacher_checkpointer", "checkpoint_dir"): "distill",
    **{(key,): "train" for key in ("reward_model", "reward_model_path", "reward_model_name_or_path", "ref_model")},
    **{(f"{key}_checkpointer", "checkpoint_dir"): "train" for key in ("reward", "value", "ref", "ref_policy")},
    # Of a `base_model_config` only the settings are used, no weights.
    **{
        (key,): "tokenizer"
        for key in ("base_model_config", "tokenizer_config", "tokenizer_name", "tokenizer_name_or_path")
    },
    ("tokenizer", "path"): "tokenizer",
    ("tokenizer", "tokenizer_name_or_path"): "tokenizer",
}
_REVISIONS = {
    "base_model": "revision_of_model",
    "model_name_or_path": "model_revision",
    "teacher_model_name_or_path": "teacher_model_revision",
    "reward_model_path": "reward_model_revision",
}
_DATA = (
    *("datasets", "pretraining_dataset", "dataset", "train_dataset", "dataset_name", "dataset_mixture"),
    *("dataset_mixer", "dataset_mixer_list", "export_quantization_dataset"),
)
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_DOWNLOAD = re.compile(r"\btune download (?P<id>[^\s-]\S*)(?:[^\n]*?--output-dir[ =](?P<to>\S+))?")
MAX_FOUND = 20_000


def training(path: str, text: str) -> tuple[tuple[Parent, ...], tuple[str, ...]]:
    """The models and datasets that a training run starts from, each once, and what could not be read.

    What is no id of the Hub (a local path, an entry of a registry of datasets) is `name:…`.
    """
    loaded = load(text, path)
    problems = tuple(f"{p.path}:{p.line}: {p.message}" if p.line else f"{path}: {p.message}" for p in loaded.problems)
    if not isinstance(loaded.value, dict):
        return (), problems
    found: dict[tuple[str, str, str | None], Parent] = {}
    places: list[str] = []
    for keys, relation in _MODELS.items():
        value = _get(loaded.value, keys)
        if not isinstance(value, str) or NUMBER.fullmatch(value.strip() or "?"):
            continue  # axolotl's `reward_model: true` says what is trained
        variable = _VARIABLE.fullmatch(value)
        meant = str(loaded.value.get(variable[1], value)) if variable else value
        revision = _get(loaded.value, (_REVISIONS.get(str(keys[0]), ""),))
        for name in meant.split(",") if keys[0] == "adapter_name_or_path" else (meant,):
            evidence = _evidence(path, loaded, keys, value)
            new = parent(
                name, relation or _own(loaded.value), evidence, revision if isinstance(revision, str) else None
            )
            new = _downloaded(new, name, text, keys)
            known = any(of == new.of for of, *_ in found) or any(name.startswith(place) for place in places)
            if not (known and new.relation in ("tokenizer", "train")):
                found.setdefault((new.of, new.relation, new.revision), new)
            places.append(name.rstrip("/"))
    for key in _DATA:
        for keys, name, revision in named(loaded.value.get(key), (key,), key.startswith("dataset_mix")):
            meant = DEFAULTS.get(name.rpartition(".")[2], name) if keys[-1] == "_component_" else name
            new = parent(meant, "train", _evidence(path, loaded, keys, name), revision, "dataset")
            found.setdefault((new.of, new.relation, new.revision), new)
            if len(found) > MAX_FOUND:
                return tuple(found.values()), (
                    *problems,
                    f"{path}: more than {MAX_FOUND:,} inputs, the rest was not read",
                )
    return tuple(found.values()), problems


def _own(value: dict[str, Any]) -> str:
    """How the result relates to the model that is trained: `adapter` if only an adapter is kept, else `finetune`."""
    model, peft = value.get("model"), value.get("peft_config")
    component = str(model.get("_component_", "")) if isinstance(model, dict) else ""
    kept = (
        value.get("adapter")
        or value.get("finetuning_type") in ("lora", "oft", "dora")
        or value.get("use_peft") is True
        or value.get("use_lora") is True
        or (isinstance(peft, dict) and peft.get("name") not in (None, "freeze"))
        or any(value.get(key) for key in ("lora_model_dir", "adapter_name_or_path"))
        or "lora_" in component.rpartition(".")[2]
    )
    # LLaMA-Factory's export merges the adapter into the weights.
    return "adapter" if kept and not value.get("export_dir") else "finetune"


def _downloaded(found: Parent, name: str, text: str, keys: Path) -> Parent:
    """The same parent by its id, if a comment says from where its folder was downloaded (torchtune's examples do)."""
    if not found.of.startswith("name:") or keys[-1] not in ("checkpoint_dir", "path"):
        return found
    for match in _DOWNLOAD.finditer(text, 0, 20_000):
        base = match["id"].rpartition("/")[2]
        folder = (match["to"] or f"/tmp/{base}").rstrip("/")  # noqa: S108 torchtune's default
        if f"{name.rstrip('/')}/".startswith(f"{folder}/") or base in name.split("/"):
            line = text.count("\n", 0, match.start()) + 1
            evidence = found.evidence._replace(line=line, quote=clean(match[0]))
            return parent(match["id"], found.relation, evidence, found.revision)
    return found


def _get(value: Any, keys: Path) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _evidence(path: str, loaded: Loaded, keys: Path, value: str) -> Evidence:
    key = next((key for key in reversed(keys) if isinstance(key, str)), "")
    quote = clean(value if value == key else f"{key}: {value}")
    return Evidence("training config", path, loaded.line(keys), quote=quote, locator=show(keys))
