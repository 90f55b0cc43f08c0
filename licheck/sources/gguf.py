"""The key-value pairs of a GGUF file, in versions 1 to 3 and either byte order."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from licheck.sources.header import (
    MAX_DEPTH,
    MAX_ITEMS,
    MAX_KEPT,
    MAX_KEY,
    MAX_KEYS,
    MAX_STEPS,
    MAX_TEXT,
    BadHeaderError,
    Cursor,
)

# Type id → struct format; 8 is a text and 9 an array.
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9


def read(file: BinaryIO, size: int) -> dict[str, Any]:
    """The metadata by key; raises CutOffError and BadHeaderError."""
    cursor = Cursor(file, size)
    if cursor.take(min(4, size), "the magic number") != b"GGUF":
        raise BadHeaderError("is not a GGUF file: it does not begin with 'GGUF'")
    raw = cursor.take(4, "the version")
    # Version 3 may be big-endian; then its lower half, read as little-endian, is zero.
    order = ">" if raw[:2] == b"\0\0" else "<"
    version = struct.unpack(f"{order}I", raw)[0]
    if version not in (1, 2, 3):
        raise BadHeaderError(f"is GGUF of version {version:,}, and only 1 to 3 are known", "convert it with llama.cpp")
    return _Reader(cursor, order, wide=version > 1).pairs()


class _Reader:
    """Walks over the pairs; `wide` lengths have 8 bytes instead of version 1's 4."""

    def __init__(self, cursor: Cursor, order: str, wide: bool) -> None:
        self._cursor, self._order = cursor, order
        self._length = struct.Struct(f"{order}{'Q' if wide else 'I'}")
        self._kept = self._steps = 0

    def pairs(self) -> dict[str, Any]:
        self._int("the number of tensors")
        count = self._int("the number of keys")
        if count > MAX_KEYS:
            raise BadHeaderError(f"claims {count:,} keys, more than {MAX_KEYS:,}", "check where the file comes from")
        found: dict[str, Any] = {}
        seen = set()
        for number in range(count):
            length = self._int(f"the length of key {number}")
            if length > MAX_KEY:
                raise BadHeaderError(f"has a key of {length:,} bytes, more than {MAX_KEY:,}", "the file is damaged")
            key = self._cursor.take(length, f"the name of key {number}").decode("utf-8", "replace")
            if key in seen:
                raise BadHeaderError(f"has the key {key[:100]!r} twice", "check where the file comes from")
            seen.add(key)
            value = self._value(self._type(key), key, 0, keep=True)
            if value is not None:
                found[key] = value
        return found

    def _int(self, what: str) -> int:
        return int(self._length.unpack(self._cursor.take(self._length.size, what))[0])

    def _type(self, key: str) -> int:
        kind = int(struct.unpack(f"{self._order}I", self._cursor.take(4, f"the type of {key[:100]}"))[0])
        if kind not in _NUMBERS and kind not in (_TEXT, _ARRAY):
            raise BadHeaderError(f"has the unknown type {kind:,} at {key[:100]!r}", "the file is damaged")
        return kind

    def _value(self, kind: int, key: str, depth: int, keep: bool) -> Any:
        """The value at the cursor; None, and the cursor behind it, if it is too long or not to be kept."""
        what = f"the value of {key[:100]}"
        if kind == _TEXT:
            length = self._int(what)
            if length > MAX_TEXT or not keep:
                return self._cursor.skip(length, what)
            self._keep(length)
            return self._cursor.take(length, what).decode("utf-8", "replace")
        if kind == _ARRAY:
            return self._array(key, depth + 1, keep)
        one = struct.Struct(f"{self._order}{_NUMBERS[kind]}")
        return one.unpack(self._cursor.take(one.size, what))[0]

    def _array(self, key: str, depth: int, keep: bool) -> list[Any] | None:
        if depth > MAX_DEPTH:
            raise BadHeaderError(f"nests lists deeper than {MAX_DEPTH} at {key[:100]!r}", "the file is damaged")
        kind = self._type(key)
        what = f"the list {key[:100]}"
        count = self._int(what)
        keep = keep and count <= MAX_ITEMS
        if kind in _NUMBERS:
            width = struct.calcsize(f"{self._order}{_NUMBERS[kind]}")
            if not keep:
                self._cursor.skip(count * width, what)
                return None
            self._keep(count * 8)
            data = self._cursor.take(count * width, what)
            return list(struct.unpack(f"{self._order}{count}{_NUMBERS[kind]}", data))
        # Each item has a length of its own at least, so a count that the file cannot hold fails here.
        self._cursor.need(count * self._length.size, what)
        self._steps += count
        if self._steps > MAX_STEPS:
            raise BadHeaderError(f"holds more than {MAX_STEPS:,} items in lists", "check where the file comes from")
        items = []
        for _ in range(count):
            value = self._value(kind, key, depth, keep)
            if keep and value is not None:
                items.append(value)
        return items if keep else None

    def _keep(self, size: int) -> None:
        """Count what one value takes in memory, beside the object itself."""
        self._kept += size + 50
        if self._kept > MAX_KEPT:
            raise BadHeaderError(f"holds more than {MAX_KEPT:,} bytes of metadata", "check where the file comes from")
