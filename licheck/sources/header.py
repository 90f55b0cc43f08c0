"""What the readers of weight files share: limits, errors, and a cursor that never leaves the file."""

from __future__ import annotations

from typing import BinaryIO

MAX_KEYS = 100_000
MAX_KEY = 65_535  # GGUF's own limit for a key, in bytes
MAX_TEXT = 1_000_000  # bytes; longer texts are left out
MAX_ITEMS = 10_000  # longer lists are left out
MAX_KEPT = 32_000_000  # bytes of all texts and lists that are kept
MAX_STEPS = 2_000_000  # texts and lists that are walked over to get past a list
MAX_DEPTH = 4  # lists in lists
MAX_JSON = 100_000_000  # bytes of a safetensors header, the limit of the format's own library
MAX_METADATA = 10_000_000  # bytes of `__metadata__` in it
MAX_TENSORS = 1_000_000


class CutOffError(Exception):
    """The file ends before something that its header announces."""

    def __init__(self, size: int, what: str, needed: int) -> None:
        super().__init__(f"is cut off at byte {size:,}: {what} would run to byte {needed:,}")


class BadHeaderError(Exception):
    """The file is not of its format, or over a limit."""

    def __init__(self, message: str, help_: str = "name the weight file itself, not a page or pointer to it") -> None:
        super().__init__(message)
        self.help = help_


class Cursor:
    """A place in a file of known size."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self.size, self.at = file, size, 0

    def need(self, length: int, what: str) -> None:
        """Raise CutOffError if fewer than `length` bytes are left."""
        if length > self.size - self.at:
            raise CutOffError(self.size, what, self.at + length)

    def take(self, length: int, what: str) -> bytes:
        """The next bytes; `what` names them in the error."""
        self.need(length, what)
        data = self._file.read(length)
        self.at += length
        if len(data) != length:  # the file shrank meanwhile
            raise CutOffError(self.at - length + len(data), what, self.at)
        return data

    def skip(self, length: int, what: str) -> None:
        """Go on without reading."""
        self.need(length, what)
        self.at += length
        self._file.seek(self.at)
