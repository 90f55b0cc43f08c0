"""Reads files of one kind with DuckDB as one table: its columns, its bad rows, and what is wrong with it."""

# ruff: noqa: S608 - names are quoted by licheck.data.query, and DuckDB may open nothing but the files given.

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from licheck.data import checks, collect, files, query
from licheck.data.columns import HOLDS
from licheck.data.copies import Copies
from licheck.data.fits import misfit
from licheck.data.watch import fetched
from licheck.errors import InputError, LicheckError, Problem, UnreadableError
from licheck.model.audit import BadRow, Columns, Key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

T = TypeVar("T")

CSV = "auto_detect=false, header=true, quote='\"', escape='\"', allow_quoted_nulls=false"


class Table:
    """Files of one kind, read as one table; close it, or use it in a with statement, to remove its temporary files."""

    def __init__(
        self,
        paths: Sequence[str],
        memory_limit: str = "1GB",
        skip_bad_rows: int = 0,
        tell: Callable[[int, int], None] = lambda percent, of: None,
    ) -> None:
        try:
            import duckdb
        except ImportError as error:
            help_ = 'pip install "licheck-models[data]"'
            raise InputError(Problem("duckdb", None, "", "is needed to read training data", help_)) from error
        self._duckdb = duckdb
        self._memory, self._tell = memory_limit, tell
        self._keys: dict[collect.Raw, Key] = {}
        self.files = files.find(paths)
        self.kind = files.one_kind(self.files)
        self._whole = False  # whether the schema comes from all rows and not from a sample
        self._temp = tempfile.TemporaryDirectory(prefix="licheck-", ignore_cleanup_errors=True)
        self._copies = Copies(self.files, self.kind, Path(self._temp.name), skip_bad_rows, self._header)
        self._unfit = ""  # which rows of Parquet are left out
        self._con: DuckDBPyConnection | None = None
        try:
            self._con = self._connect()
            self._top = self._retry(self._tops)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def bad_rows(self) -> tuple[BadRow, ...]:
        """Rows that were passed over."""
        return self._copies.bad_rows

    def close(self) -> None:
        """Remove everything temporary."""
        if self._con is not None:
            self._con.close()
        self._temp.cleanup()

    def schema(self) -> dict[str, str]:
        """Give columns with their types, and after each struct its fields, as dotted paths."""
        return checks.flat({name: dict(fields(name, type_)) for name, type_ in self._top.items()})

    # What is read.

    def _connect(self, *more: str, ordered: bool = False) -> DuckDBPyConnection:
        """Open a database in memory that can read and write the files given, its temporary folder, and nothing else."""
        con = self._duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
        paths = {p for file in (*self.files, *more) for p in (file, files.escaped(file))}
        settings = {
            "memory_limit": query.literal(self._memory),
            "temp_directory": query.literal(str(Path(self._temp.name, "spill"))),
            "preserve_insertion_order": str(ordered),
            # A join that swaps its sides would put the rows in another order.
            "disabled_optimizers": "'build_side_probe_side'" if ordered else "''",
            "enable_progress_bar": "true",
            "enable_progress_bar_print": "false",
            "TimeZone": "'UTC'",
            "allowed_paths": f"[{', '.join(map(query.literal, sorted(paths)))}]",
            "allowed_directories": f"[{query.literal(self._temp.name)}]",
            "enable_external_access": "false",
            "lock_configuration": "true",
        }
        try:
            for name, value in settings.items():
                con.execute(f"SET {name} = {value}")
        except self._duckdb.Error as error:
            con.close()
            raise InputError(Problem("duckdb", None, "", _first(error))) from error
        return con

    def _relation(self, which: Sequence[str] = (), numbered: bool = False) -> str:
        """What stands after FROM; JSON values stay as they are, and CSV is text. Rows of Parquet can be `numbered`."""
        if self.kind.startswith("JSON"):
            return self._json(f"records=true, columns={struct(self._top, 'JSON')}")
        names = self._names(which)
        if self.kind == "Parquet":
            return self._parquet(names, "file_row_number=true" if numbered else "")
        return f"read_csv([{names}], {CSV}, {self._delim()}, columns={struct(self._header(self.files[0]), 'VARCHAR')})"

    def _parquet(self, names: str, *more: str) -> str:
        reader = f"read_parquet({', '.join([f'[{names}]', 'hive_partitioning=false', *filter(None, more)])})"
        return f"(SELECT * FROM {reader} AS d WHERE NOT coalesce({self._unfit}, false))" if self._unfit else reader

    def _json(self, how: str) -> str:
        form = "array" if self.kind == "JSON" else "newline_delimited"
        return f"read_json([{self._names()}], format='{form}', hive_partitioning=false, {how})"

    def _names(self, which: Sequence[str] = ()) -> str:
        return ", ".join(query.literal(files.escaped(self._copies.read(file))) for file in which or self.files)

    def _tops(self) -> dict[str, Any]:
        """Columns of all files with DuckDB's types; refuses files that differ."""
        if self.kind.startswith("JSON"):
            sample = "sample_size=-1, maximum_sample_files=1000000" if self._whole else "maximum_sample_files=1000"
            sql = f"SELECT * FROM {self._json(f'{sample}, union_by_name=true')}"
            found = _columns(self._sql(sql))
            if [*found] == ["json"] and str(found["json"]).startswith("MAP") and not self._holds("json"):
                # Rows with few names in common are no map of a column that they do not have.
                found = _columns(self._sql(sql.replace(sample, f"{sample}, map_inference_threshold=-1")))
            if [*map(str, found.values())] == ["JSON"] and [*found] == ["json"] and not self._holds("json"):
                return {}
            # DuckDB renames the second of two names that differ in case only, and then finds nothing of that name.
            for name in found:
                base, _, number = name.rpartition("_")
                twice = number.isdecimal() and base.lower() in map(str.lower, found) and str(found[name]) != "JSON"
                if twice and not self._holds(name):
                    what = f"has {base!r} in more than one spelling"
                    raise InputError(Problem(self.files[0], None, "", what, "spell the name one way"))
            return found
        first: dict[str, Any] = {}
        for file in self._unlike():
            found = _columns(self._sql(f"SELECT * FROM {self._relation([file])}"))
            if self.kind != "Parquet":
                found = dict.fromkeys(self._header(file), next(iter(found.values())))
            first = first or found
            # Text files go by position, Parquet by name.
            same = found == first and (self.kind == "Parquet" or [*found] == [*first])
            if not same:
                raise checks.differ(self.files[0], first, file, found)
        return first

    def _holds(self, name: str) -> bool:
        """Whether a name is in a row of JSON, as far as that is not null."""
        relation = self._json(f"records=true, columns={struct([name], 'JSON')}")
        return bool(self._rows(f"SELECT 1 FROM {relation} WHERE {query.quote(name)} IS NOT NULL LIMIT 1"))

    def _unlike(self) -> Sequence[str]:
        """One file of each schema: looked up at once, because there may be thousands."""
        if self.kind != "Parquet" or len(self.files) == 1:
            return self.files
        leaf = "concat_ws(' ', name, type, num_children, converted_type, logical_type)"
        schema = f"string_agg({leaf}, chr(30) ORDER BY {leaf})"
        seen = f"SELECT file_name AS f, {schema} AS s FROM parquet_schema([{self._names()}]) GROUP BY 1"
        unlike = {row[0] for row in self._rows(f"SELECT min(f) FROM ({seen}) GROUP BY s")}
        return [self.files[0], *(file for file in self.files[1:] if file in unlike)]

    def _header(self, file: str) -> list[str]:
        """The column names of a text file; DuckDB reads them from a file that Python cannot unpack."""
        if file.endswith(".zst"):
            name = query.literal(files.escaped(file))
            return self._sql(f"SELECT * FROM read_csv({name}, header=true, all_varchar=true, {self._delim()})").columns
        with files.opened(file) as source:
            return checks.header(file, source, files.delimiter(self.kind))

    def _delim(self) -> str:
        return f"delim=chr({ord(files.delimiter(self.kind))})"

    def _types(self, columns: Columns) -> dict[str, str]:
        """The types the query needs; refuses columns that are not there."""
        missing = self._missing(columns)
        if missing and self.kind.startswith("JSON"):
            self._see_all()
            missing = self._missing(columns)
        if missing:
            raise checks.absent(self.files[0], *missing, self.schema())
        return dict.fromkeys(self._top, "JSON") if self.kind.startswith("JSON") else self.schema()

    def _missing(self, columns: Columns) -> tuple[str, str] | None:
        return checks.missing(columns, self.schema(), self.kind.startswith("JSON"))

    def _see_all(self) -> None:
        if not self._whole:
            self._whole = True
            self._top = self._top | self._retry(self._tops)  # which may find fewer: bad rows are left out by now

    # What goes wrong.

    def _sql(self, sql: str) -> DuckDBPyRelation:
        assert self._con is not None
        return self._con.sql(sql)

    def _rows(self, sql: str) -> list[Any]:
        assert self._con is not None
        return fetched(self._con, sql, self._tell)

    def _retry(self, run: Callable[[], T]) -> T:
        """Run, and if a file turns out to have bad rows run again on copies without them."""
        while True:
            try:
                return run()
            except self._duckdb.InterruptException as error:
                raise KeyboardInterrupt from error
            except self._duckdb.Error as error:
                self._mend(error)
            except RuntimeError as error:
                # What DuckDB makes of Ctrl-C.
                raise (KeyboardInterrupt if "interrupted" in str(error) else error) from error

    def _mend(self, error: Exception) -> None:
        """Put a copy without bad rows in the place of the file an error speaks of, or raise what is to be said."""
        text = str(error)
        named = [f for f in self.files if self._copies.read(f) in text or f in text]
        # The longest: one name may be the beginning of another.
        file = max(named, key=len) if named else self.files[0] if len(self.files) == 1 else ""
        if isinstance(error, self._duckdb.OutOfMemoryException):
            raise InputError(Problem("duckdb", None, "", _first(error), "allow more memory")) from error
        if isinstance(error, self._duckdb.ConversionException) and not named:
            raise collect.MisfitError(_first(error)) from error
        mended = self._copies.read(file) if file else ""
        if not file or not self._copies.by_line(file) or mended != file or not self._copies.clean(file):
            where = file or f"one of {self.files[0]} and {len(self.files) - 1:,} more"
            what = f"cannot be read: {_first(error)}"
            raise UnreadableError(Problem(where, None, "", what, "get it again")) from error

    def _drop(self, columns: Columns, error: collect.MisfitError) -> None:
        """Leave out rows that hold what their roles cannot read, or raise what is wrong with them."""
        if error.texts and self.kind == "Parquet" and not self._unfit:
            self._leave_out(columns, error.texts)
        elif not self._copies.drop(misfit(columns, self._types(columns))):
            raise checks.unfit(self.files[0], error) from error

    def _leave_out(self, columns: Columns, dates: Sequence[str]) -> None:
        """Leave out the rows of Parquet files with these dates, or raise which one is too many."""
        role = query.value("date", columns, self._types(columns))
        unfit = f"{role} IN ({', '.join(map(query.literal, dates))})"
        numbered = self._parquet(self._names(), "filename=true", "file_row_number=true")
        where = f"SELECT filename, file_row_number + 1, {role} FROM {numbered} AS d WHERE {unfit}"
        for file, row, text in self._rows(f"{where} ORDER BY 1, 2 LIMIT {self._copies.most + 1}"):
            self._copies.leave_out(BadRow(file, row, f"{columns.date} is {text[:40]!r}, not {HOLDS['date']}"))
        self._unfit = unfit


def _columns(found: DuckDBPyRelation) -> dict[str, Any]:
    return dict(zip(found.columns, found.types, strict=True))


def fields(name: str, type_: Any) -> Iterator[tuple[str, str]]:
    """A column of a type of DuckDB's, and after it the fields of structs, with their types."""
    yield name, str(type_)
    if type_.id == "struct":
        for field, inner in type_.children:
            yield from fields(f"{name}.{field}", inner)
    elif type_.id == "list" and (rows := type_.children[0][1]).id == "struct":
        for field, inner in rows.children:
            yield f"{name}[].{field}", f"{inner}[]"


def struct(names: Sequence[str] | Mapping[str, Any], type_: str) -> str:
    """Columns for a reader of JSON or CSV; DuckDB refuses none at all."""
    fields = ", ".join(f"{query.literal(name)}: '{type_}'" for name in names)
    return f"{{{fields or query.literal('json') + ': ' + query.literal(type_)}}}"


def _first(error: Exception) -> str:
    """The first line of what DuckDB says, without the class of the error."""
    text = str(error).strip().partition("\n")[0]
    head, colon, rest = text.partition("Error: ")
    return (rest if colon and len(head) < 30 else text).strip() or LicheckError.__name__
