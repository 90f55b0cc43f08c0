"""The datasets that a config of a trainer names, in the ways in which trainers name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from licheck.strict_yaml import Path

# Readers of the datasets library: what they read stands in `data_files`.
_READERS = {"json", "jsonl", "csv", "parquet", "text", "arrow", "imagefolder", "audiofolder", "webdataset", "pandas"}
NUMBER = re.compile(r"[-+.\d]+(e[-+]?\d+)?|\?{3}|none|null", re.IGNORECASE)
# What torchtune's functions load when the config does not say (torchtune/datasets/, bd2a0fc).
DEFAULTS = {
    "alpaca_dataset": "tatsu-lab/alpaca",
    "alpaca_cleaned_dataset": "yahma/alpaca-cleaned",
    "gsm8k_dataset": "openai/gsm8k",
    "samsum_dataset": "Samsung/samsum",
    "slimorca_dataset": "Open-Orca/SlimOrca-Dedup",
    "stack_exchange_paired_dataset": "lvwerra/stack-exchange-paired",
    "the_cauldron_dataset": "HuggingFaceM4/the_cauldron",
}


def named(value: Any, at: Path, mixed: bool = False) -> Iterator[tuple[Path, str, str | None]]:
    """Datasets below a key: key path, name, revision; `mixed` where a mapping is of names to shares."""
    if isinstance(value, str):
        # LLaMA-Factory lists names with commas.
        names = (name.strip() for name in value.split(","))
        yield from ((at, name, None) for name in names if name and not NUMBER.fullmatch(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from named(item, (*at, index), mixed)
    elif isinstance(value, dict):
        key = next((k for k in ("path", "id", "source") if isinstance(value.get(k), str) and value[k].strip()), "")
        files, revision = value.get("data_files"), value.get("revision")
        if "datasets" in value:
            yield from named(value["datasets"], (*at, "datasets"))
        elif key and value[key].lower() in _READERS and files:
            listed = list(files.values()) if isinstance(files, dict) else files
            yield from named(listed, (*at, "data_files"))
        elif key:
            yield (*at, key), str(value[key]), revision if isinstance(revision, str) else None
        elif isinstance(value.get("_component_"), str):
            yield (*at, "_component_"), str(value["_component_"]), None
        elif mixed:
            yield from (((*at, name), name, None) for name in value)
