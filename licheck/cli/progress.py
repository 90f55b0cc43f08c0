"""How far a long run is, on stderr: one line that is written over on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time

from licheck.cli.output import complain

FIRST = 1.0  # seconds before anything is said: short runs stay silent
TERMINAL, ELSEWHERE = 0.2, 15.0  # seconds between two lines


class Progress:
    """Tells what it is given, not too often."""

    def __init__(self, form: str = "read {:,} of {:,} repositories") -> None:
        self._form = form
        self._terminal = sys.stderr.isatty()
        self._started = time.monotonic()
        self._next = self._started + (FIRST if self._terminal else ELSEWHERE)
        self._written = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        self._clear()

    def say(self, line: str) -> None:
        """Tell a line at once."""
        self._clear()
        complain(line)

    def count(self, done: int, known: int) -> None:
        """Tell how many repositories are read, out of how many that are known of."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (TERMINAL if self._terminal else ELSEWHERE)
        text = self._form.format(done, known)
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._written = True
        else:
            complain(text)

    def _clear(self) -> None:
        if self._written:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._written = False
