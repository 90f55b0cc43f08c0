"""Tells good rows of text files from bad ones, by their lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO


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


def json_lines(source: IO[bytes]) -> Iterator[tuple[bytes, int, str]]:
    """Give each line, its number from 1, and what is wrong with it."""
    for number, line in enumerate(source, 1):
        why = ""
        try:
            value = json.loads(line) if line.strip() else {}
            if "\\ud" in (text := line.decode().lower()) and text:
                json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
            if not isinstance(value, dict):
                why = "not a JSON object"
        except (ValueError, RecursionError) as error:
            why = "not UTF-8" if isinstance(error, UnicodeError) else f"not JSON: {error}"
        yield line, number, why


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
