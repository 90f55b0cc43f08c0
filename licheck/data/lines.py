"""Tells good rows of text files from bad ones, by their lines."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Generator, Iterable, Iterator
from typing import IO, Any

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")


def csv_lines(source: IO[bytes], delimiter: str) -> Iterator[tuple[bytes, int, str]]:
    """Give the lines of each record, the number of the first, and what is wrong with it."""
    taken: list[bytes] = []

    def texts() -> Iterator[str]:
        for line in source:
            taken.append(line)
            yield line.decode("utf-8", "surrogateescape")

    reader = csv.reader(texts(), delimiter=delimiter, strict=True)
    csv.field_size_limit(1 << 30)
    number, width = 1, 0
    while True:
        why, row = "", []
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = str(error)
        width = width or len(row)
        text = b"".join(taken)
        if not why and row and len(row) != width:
            why = f"{len(row)} fields, not {width}"
        if not why and not _is_utf8(text):
            why = "not UTF-8"
        yield text, number, why
        number += len(taken)
        taken.clear()


def json_lines(source: Iterable[bytes]) -> Iterator[tuple[bytes, int, str]]:
    """Give each line, its number from 1, and what is wrong with it."""
    for number, line in enumerate(source, 1):
        why = ""
        try:
            json_row(line)
        except ValueError as error:
            why = str(error)
        yield line, number, why


def json_row(line: bytes) -> dict[str, Any]:
    """Read a line, which may be empty; raises ValueError that says what is wrong with it."""
    try:
        value = DECODER.decode(line.decode()) if line.strip() else {}
        if b"\\ud" in line or b"\\uD" in line:
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except UnicodeError as error:
        raise ValueError("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def json_items(source: IO[bytes]) -> Generator[tuple[dict[str, Any], str], None, None]:
    """Give each object in an array, and its text; null is an empty object. Raises ValueError for what is no such array.

    No more than one item and a chunk is held at a time.
    """
    data = io.TextIOWrapper(source, "utf-8-sig", newline="")
    try:
        text, at, sign, number = "", 0, "[", 0
        while True:
            text, at = _filled(data, text, at)
            if text[at : at + 1] == "]" and sign == ",":
                break
            if text[at : at + 1] != sign:
                raise ValueError(f"not JSON: no {sign!r} after item {number}")
            text, at = _filled(data, text, at + 1)
            if text[at : at + 1] == "]" and sign == "[":
                break
            sign, number = ",", number + 1
            while True:
                try:
                    value, end = DECODER.raw_decode(text, at)
                    break
                except json.JSONDecodeError as error:
                    more = data.read(max(_CHUNK, len(text) - at))
                    if not more:
                        raise ValueError(f"not JSON: item {number}: {error.msg}") from error
                    text, at = text[at:] + more, 0
            item = text[at:end]
            if "\\ud" in item.lower():
                json.dumps(value, ensure_ascii=False).encode()
            if value is not None and not isinstance(value, dict):
                raise ValueError(f"item {number} is not a JSON object")
            yield ({}, "{}") if value is None else (value, item)
            at = end
        if _filled(data, text, at + 1)[0]:
            raise ValueError("not JSON: something stands after the array")
    finally:
        data.detach()


def _filled(data: IO[str], text: str, at: int) -> tuple[str, int]:
    """Pass over white space, reading on where the text ends; gives a text and a place in it."""
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        if at < len(text):
            return text, at
        text, at = data.read(_CHUNK), 0
        if not text:
            return "", 0


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return found


DECODER = json.JSONDecoder(object_pairs_hook=_pairs)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
