"""Copies of text files without their bad rows, which DuckDB reads in their place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from licheck.data import checks, files, lines, values
from licheck.errors import InputError, Problem
from licheck.model.audit import BadRow

Why = Callable[[values.Row], str]


class Copies:
    """Copies of files of one kind in a folder; `most` bad rows are passed over, `names` gives the columns of a text."""

    def __init__(
        self, of: Sequence[str], kind: str, folder: Path, most: int, names: Callable[[str], list[str]]
    ) -> None:
        self._files, self._kind, self._folder, self.most, self._names = of, kind, folder, most, names
        self._copy: dict[str, str] = {}
        self.bad_rows: tuple[BadRow, ...] = ()

    def read(self, file: str) -> str:
        """What to read in place of a file: itself, or a copy."""
        return self._copy.get(file, file)

    def by_line(self, file: str) -> bool:
        """Whether rows of a file can be left out: Python cannot unpack zstd."""
        return self._kind in ("CSV", "TSV", "JSON Lines") and not file.endswith(".zst")

    def clean(self, file: str, why: Why | None = None) -> bool:
        """Write a copy without bad rows, and those for which `why` says something; false if there are none.

        Raises InputError for more bad rows than may be passed over, UnreadableError for a file that is damaged.
        """
        copy = str(self._folder / f"{secrets.token_hex(8)}{''.join(Path(file).suffixes)}")
        bad = [row for row in self.bad_rows if row.path != file]
        others = len(bad)
        try:
            with files.opened(file) as source, files.opened(copy, "wb") as target:
                for line, number, wrong in self._lines(source):
                    if not wrong and why and (number > 1 or self._kind == "JSON Lines"):
                        wrong = why(self._row(file, line))
                    if wrong:
                        checks.allow(bad, self.most, BadRow(file, number, wrong))
                    else:
                        target.write(line)
        except files.DAMAGED as error:
            raise files.damaged(file, error) from error
        if len(bad) == others:
            return False
        self._copy[file] = copy
        self.bad_rows = tuple(sorted(bad, key=lambda row: (self._files.index(row.path), row.row)))
        return True

    def leave_out(self, row: BadRow) -> None:
        """Count a row that is left out in another way; raises InputError where it is one too many."""
        bad = list(self.bad_rows)
        checks.allow(bad, self.most, row)
        self.bad_rows = tuple(bad)

    def drop(self, why: Why) -> bool:
        """Leave out the rows for which `why` says something; false if no file has any. Raises as `clean` does."""
        before = len(self.bad_rows)
        for file in self._files:
            if self.by_line(file):
                self.clean(file, why)
            elif self._kind == "JSON" and not file.endswith(".zst"):
                with files.opened(file) as source, closing(lines.json_items(source)) as items:
                    for number, (row, _) in enumerate(items, 1):
                        if wrong := why(row):
                            raise InputError(Problem(file, number, "", wrong, "mend the file"))
        return len(self.bad_rows) > before

    def _lines(self, source: IO[bytes]) -> Iterator[tuple[bytes, int, str]]:
        return (
            lines.json_lines(source)
            if self._kind == "JSON Lines"
            else lines.csv_lines(source, files.delimiter(self._kind))
        )

    def _row(self, file: str, line: bytes) -> values.Row:
        if self._kind == "JSON Lines":
            return lines.json_row(line)
        fields = values.fields(line.decode().rstrip("\r\n"), files.delimiter(self._kind))
        return dict(zip(self._names(file), fields, strict=False))
