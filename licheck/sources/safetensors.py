"""The `__metadata__` of a safetensors file: 8 bytes with the length of the header, then the header as JSON."""

from __future__ import annotations

import json
import re
from typing import Any, BinaryIO

from licheck.sources.header import (
    MAX_ITEMS,
    MAX_JSON,
    MAX_KEYS,
    MAX_METADATA,
    MAX_TENSORS,
    MAX_TEXT,
    BadHeaderError,
    Cursor,
)

# `"name":`, and the flat mapping that describes a tensor: passed over without building values.
_KEY = re.compile(rb'[\s,]*+"((?:[^"\\]++|\\.)*+)"\s*+:\s*+', re.DOTALL)
_TENSOR = re.compile(rb'\{[^{}"]*+(?:"(?:[^"\\]++|\\.)*+"[^{}"]*+)*+\}', re.DOTALL)


def read(file: BinaryIO, size: int) -> dict[str, Any]:
    """The metadata by key, the first where there are several; raises CutOffError and BadHeaderError."""
    cursor = Cursor(file, size)
    length = int.from_bytes(cursor.take(8, "the length of the header"), "little")
    # A text or a zip archive under this name also has eight first bytes, and they make a huge number.
    if length > MAX_JSON:
        what = f"is not safetensors, or its header is too large: {length:,} bytes, more than {MAX_JSON:,}"
        raise BadHeaderError(what)
    header = cursor.take(length, "the header")
    if not header.startswith(b"{"):
        raise BadHeaderError("is not safetensors: its header is not a JSON object")
    at = 1
    for _ in range(MAX_TENSORS):
        key = _KEY.match(header, at)
        if not key:
            if header[at:].strip() != b"}":
                raise BadHeaderError(f"is not safetensors: its header is no JSON from byte {at + 8:,} on")
            return {}
        if _name(key[1]) == "__metadata__":
            return _metadata(header[key.end() : key.end() + MAX_METADATA])
        tensor = _TENSOR.match(header, key.end())
        if not tensor:
            raise BadHeaderError(f"is not safetensors: byte {key.end() + 8:,} of its header describes no tensor")
        at = tensor.end()
    raise BadHeaderError(f"describes more than {MAX_TENSORS:,} tensors", "check where the file comes from")


def _name(key: bytes) -> str:
    if b"\\" not in key:
        return key.decode("utf-8", "replace")
    try:
        return str(json.loads(b'"' + key + b'"'))
    except ValueError:
        return ""


def _metadata(raw: bytes) -> dict[str, Any]:
    """The values that are texts, numbers, booleans or short lists, as the format asks for texts and not all comply."""
    try:
        value, _ = json.JSONDecoder().raw_decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        what = f"has a __metadata__ that is no JSON, or is larger than {MAX_METADATA:,} bytes"
        raise BadHeaderError(what, "the file is damaged") from error
    if not isinstance(value, dict):
        raise BadHeaderError("has a __metadata__ that is no JSON object", "the file is damaged")
    if len(value) > MAX_KEYS:
        raise BadHeaderError(f"has {len(value):,} keys, more than {MAX_KEYS:,}", "check where the file comes from")
    return {key: item for key, item in value.items() if _kept(item)}


def _kept(item: object) -> bool:
    if isinstance(item, str):
        return len(item) <= MAX_TEXT
    if isinstance(item, list):
        return len(item) <= MAX_ITEMS
    return isinstance(item, bool | int | float)
