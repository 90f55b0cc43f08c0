"""Reads small text files of training data with Python alone, and gives what DuckDB would give."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import IO, Any, Self, cast

from licheck.data import checks, collect, files, infer, lines, targets, values
from licheck.data.fits import misfit
from licheck.errors import InputError, Problem, UnreadableError
from licheck.model.audit import BadRow, Columns, Group, Key

LIMIT = 256 << 20  # bytes of all files together, unpacked: what Python reads in a minute or two
DUCKDB = 'pip install "licheck-models[data]"'
Found = tuple[dict[str, Any], str, str, int]  # a row, its text where it is JSON, its file and line


class Plain:
    """JSON, JSON Lines, CSV or TSV files as groups of rows, read once for each thing asked."""

    def __init__(self, paths: Sequence[str], skip_bad_rows: int = 0) -> None:
        self.bad_rows: tuple[BadRow, ...] = ()
        self._skip = skip_bad_rows
        self._keys: dict[collect.Raw, Key] = {}
        self._misfit: Callable[[values.Row], str] = lambda row: ""
        self.files = files.find(paths)
        self.kind = files.one_kind(self.files)
        self._left = LIMIT
        for file in self.files:
            if self.kind == "Parquet" or file.lower().endswith(".zst"):
                what = "is needed to read Parquet" if self.kind == "Parquet" else "is needed to read .zst"
                raise InputError(Problem(file, None, "", f"DuckDB {what}", DUCKDB))
        if sum(Path(file).stat().st_size for file in self.files) > LIMIT:
            raise _large(self.files[0])
        self._by_json = self.kind.startswith("JSON")
        self._names = dict.fromkeys(self._seen() if self._by_json else self._header())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing temporary is left."""

    def schema(self) -> dict[str, str]:
        """Give columns with their types, and after each struct its fields, as dotted paths."""
        return infer.schema(self._shapes) if self._by_json else dict.fromkeys(self._names, "VARCHAR")

    def groups(self, columns: Columns) -> list[Group]:
        """Count the rows of every distinct combination in the grouped columns, largest group first."""
        types = self._types(columns)
        self._misfit = misfit(columns, types)
        read = values.key(columns, types)
        named = ((1, columns.tokens), (2, columns.bytes))
        sums = [(i, values.text(path, types)) for i, path in named if path]
        example = values.text(columns.id, types) if columns.id else None
        found: dict[collect.Raw, list[Any]] = {}
        for row, *_ in self._rows():
            if not row.keys() <= self._names.keys():
                self._names.update(dict.fromkeys(row))
            raw = read(row)
            group = found.get(raw)
            if group is None:
                if len(found) == collect.MOST:
                    raise InputError(collect.too_many(columns, self._distinct(columns, types)))
                group = found[raw] = [0, None, None, None]
            group[0] += 1
            for i, get in sums:
                if (text := get(row)) is not None:
                    group[i] = (group[i] or 0) + values.whole(text)
            if example and (id_ := example(row)) is not None and (group[3] is None or id_ < group[3]):
                group[3] = id_
        groups, self._keys = collect.read(((*raw, *group) for raw, group in found.items()), columns, types)
        return groups

    def write(
        self, columns: Columns, verdicts: Mapping[Key, tuple[str, str]], clean: Path | None, flagged: Path | None
    ) -> tuple[int, int]:
        """Write rows with the verdict "usable" to `clean`, all others to `flagged`, each with its verdict and reason.

        Returns how many rows are usable and how many are not. Both files appear together, or neither does.
        """
        named = [target for target in (clean, flagged) if target is not None]
        for target in named:
            _check(target)
        targets.refuse(named, self.files)
        types = self._types(columns)
        if not self._keys:
            self.groups(columns)
        self._one_spelling()
        read, name = values.key(columns, types), json.dumps(targets.added(self._names))
        counts = {True: 0, False: 0}
        with targets.together(named) as temps, ExitStack() as stack:
            outputs = {}
            for usable, path in ((True, clean), (False, flagged)):
                if path is not None:
                    outputs[usable] = stack.enter_context(_open(temps[path], path.suffix.lower() == ".gz"))
            for row, text, *_ in self._rows():
                key = self._keys.get(read(row))
                verdict, reason = verdicts.get(key, ("unknown", "no verdict")) if key else ("unknown", "no verdict")
                usable = verdict == "usable"
                counts[usable] += 1
                if usable in outputs:
                    said = values.dump(f"{verdict}: {reason}")
                    # The text of a row stays as it is, so that no number or name changes.
                    before = (text if self._by_json else values.dump(row)).strip().removesuffix("}").rstrip()
                    outputs[usable].write(f"{before}{',' if row else ''}{name}:{said}}}\n".encode())
        return counts[True], counts[False]

    # What is read.

    def _rows(self, most: int | None = None) -> Iterator[Found]:
        """Give good rows, at most `most` of each file, and remember the bad ones."""
        bad: list[BadRow] = []
        self._left = LIMIT
        for file in self.files:
            try:
                with self._opened(file) as source:
                    yield from islice(self._read(file, source, bad), most)
            except files.DAMAGED as error:
                raise files.damaged(file, error) from error
        self.bad_rows = tuple(bad)

    def _read(self, file: str, source: IO[bytes], bad: list[BadRow]) -> Iterator[Found]:
        if self.kind == "JSON":
            try:
                for number, (row, text) in enumerate(lines.json_items(source), 1):
                    if wrong := self._misfit(row):
                        raise InputError(Problem(file, number, "", wrong, "mend the file"))
                    yield row, text.replace("\n", " ").replace("\r", " "), file, number
            except (ValueError, RecursionError) as error:
                raise UnreadableError(Problem(file, None, "", f"cannot be read: {error}", "mend the file")) from error
        elif self.kind == "JSON Lines":
            for number, line in enumerate(source, 1):
                try:
                    row = lines.json_row(line)
                    wrong = self._misfit(row)
                except ValueError as error:
                    wrong = str(error)
                if wrong:
                    checks.allow(bad, self._skip, BadRow(file, number, wrong))
                elif line.strip():
                    yield row, line.decode(), file, number
        else:
            yield from self._text_rows(file, source, bad)

    def _text_rows(self, file: str, source: IO[bytes], bad: list[BadRow]) -> Iterator[Found]:
        names = [*self._names]
        for record, number, wrong in lines.csv_lines(source, files.delimiter(self.kind)):
            row: dict[str, Any] = {}
            if not wrong and number > 1 and (record.strip(b"\r\n") or len(names) == 1):
                # An empty line is a row of one column.
                fields = values.fields(record.decode().rstrip("\r\n"), files.delimiter(self.kind))
                row = dict(zip(names, fields, strict=True))
                wrong = self._misfit(row)
            if wrong:
                checks.allow(bad, self._skip, BadRow(file, number, wrong))
            elif row:
                yield row, "", file, number

    def _opened(self, file: str) -> IO[bytes]:
        return cast("IO[bytes]", io.BufferedReader(_Counted(files.opened(file), lambda size: self._take(file, size))))

    def _take(self, file: str, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _large(file)

    # What the columns are.

    def _seen(self) -> list[str]:
        """The names in the rows of JSON that types are inferred from."""
        self._shapes: dict[str, infer.Shape] = {}
        for row, *_ in self._rows(infer.SAMPLE):
            for name, value in row.items():
                if name not in self._shapes:
                    self._shapes[name] = infer.Shape()
                self._shapes[name].see(value)
        self._names = dict.fromkeys(self._shapes)
        self._one_spelling()
        return [*self._shapes]

    def _header(self) -> list[str]:
        first: list[str] = []
        for file in self.files:
            with self._opened(file) as source:
                names = checks.header(file, source, files.delimiter(self.kind))
            first = first or names
            if names != first:
                one, other = (dict.fromkeys(all_, "VARCHAR") for all_ in (first, names))
                raise checks.differ(self.files[0], one, file, other)
        return first

    def _one_spelling(self) -> None:
        lower: set[str] = set()
        for name in self._names:
            if name.lower() in lower:
                what = f"has {name!r} in more than one spelling"
                raise InputError(Problem(self.files[0], None, "", what, "spell the name one way"))
            lower.add(name.lower())

    def _types(self, columns: Columns) -> dict[str, str]:
        schema = self.schema()
        if found := checks.missing(columns, schema, self._by_json):
            raise checks.absent(self.files[0], *found, schema)
        return dict.fromkeys(self._shapes, "JSON") if self._by_json else schema

    def _distinct(self, columns: Columns, types: Mapping[str, str]) -> list[int]:
        read = values.key(columns, types)
        found: list[set[str | None]] = [set() for _ in columns.grouped]
        for row, *_ in self._rows():
            for seen, value in zip(found, read(row), strict=True):
                seen.add(value)
        return [len(seen - {None}) for seen in found]


class _Counted(io.RawIOBase):
    """Tells how much is read, before a small packed file fills the memory."""

    def __init__(self, source: IO[bytes], take: Callable[[int], None]) -> None:
        self._source, self._take = source, take

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        self._take(len(data))
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def _large(file: str) -> InputError:
    what = f"DuckDB is needed to read more than {LIMIT >> 20} MB"
    return InputError(Problem(file, None, "", what, DUCKDB))


def _check(target: Path) -> None:
    """Refuse a target that is no JSON Lines."""
    suffix = target.suffix.lower()
    if targets.kind(target) == "Parquet" or suffix == ".zst":
        raise InputError(Problem(str(target), None, "", f"DuckDB is needed to write {suffix}", DUCKDB))


def _open(path: Path, packed: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "wb") if packed else path.open("wb"))
