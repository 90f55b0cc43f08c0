"""The one place that holds the queries over training data.

They are written in DuckDB's SQL, as far as Ibis can say it in the words of other engines, and leave to `collect` what
engines do in different ways.
"""

# ruff: noqa: S608 - every name is quoted, and no text of the data gets into a query.

from __future__ import annotations

from collections.abc import Mapping, Sequence

from licheck.model.audit import Columns

BESIDE = chr(30)  # stands between the values of columns that play one role together
SEPARATOR = chr(31)  # "unit separator": stands between the words of a list
LISTS = ("license", "generator")
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
SOME_FILES, SOME_ROWS = 1_000, 100_000


def groups(relation: str, columns: Columns, types: Mapping[str, str], most: int, ids: bool = True) -> str:
    """Count the rows of every distinct combination: the roles of `columns.grouped`, rows, tokens, bytes, smallest id.

    `relation` stands after FROM; `types` maps columns and the fields of structs (with dots) to their types. At most
    `most` combinations are given. Without `ids` the last column is NULL.
    """
    sums = [f"{_sum(getattr(columns, role), types)} AS {quote(role)}" for role in ("tokens", "bytes")]
    example = f'{_example(columns.id if ids else "", types)} AS "example"'
    sql = _grouped(relation, columns, types, 'count(*) AS "rows"', *sums, example)
    return f"{sql} LIMIT {most}"


def examples(relation: str, columns: Columns, types: Mapping[str, str], first: int) -> str:
    """Give the smallest id of every combination among the `first` rows of each Parquet file.

    To read all ids would take longer than all the rest. The relation has a column `file_row_number`, from 0.
    """
    some = f"(SELECT * FROM {relation} AS r WHERE r.file_row_number < {first})"
    return _grouped(some, columns, types, f'{_example(columns.id, types)} AS "example"')


def sampled(files: Sequence[str]) -> tuple[Sequence[str], int]:
    """The files to take examples from, at most `SOME_FILES`, and how many rows of each.

    >>> sampled(["a", "b"])
    (['a', 'b'], 50000)
    """
    some = files[:: -(-len(files) // SOME_FILES)]
    return some, max(1, SOME_ROWS // len(some))


def distinct(relation: str, columns: Columns, types: Mapping[str, str]) -> str:
    """Count the distinct values of each role of `columns.grouped`."""
    counts = [f"count(DISTINCT {value(r, columns, types)}) AS {quote(r)}" for r in columns.grouped]
    return f"SELECT {', '.join(counts)} FROM {relation} AS d"


def judged(relation: str, columns: Columns, types: Mapping[str, str], output: Sequence[str], usable: bool) -> str:
    """Select `output` of every row that is usable, or of every other; `verdicts` holds k0, k1, ..., verdict and said.

    A row is `d`, its verdict `v`.
    """
    same = [f"{value(role, columns, types)} IS NOT DISTINCT FROM v.k{i}" for i, role in enumerate(columns.grouped)]
    joined = f"{relation} AS d LEFT JOIN verdicts AS v ON {' AND '.join(same) or '1 = 1'}"
    test = "=" if usable else "<>"
    return f"SELECT {', '.join(output)} FROM {joined} WHERE coalesce(v.verdict, 'none') {test} 'usable'"


def value(role: str, columns: Columns, types: Mapping[str, str]) -> str:
    """A role's value for one row `d`, as text; of a list all its words, of a JSON value that can be one its JSON."""
    parts = [_value(role, path, types) for path in columns.paths(role)]
    if len(parts) == 1:
        return parts[0]
    joined = f" || chr({ord(BESIDE)}) || ".join(f"coalesce({part}, '')" for part in parts)
    return f"CASE WHEN {' AND '.join(f'{part} IS NULL' for part in parts)} THEN NULL ELSE {joined} END"


def _value(role: str, path: str, types: Mapping[str, str]) -> str:
    place, type_ = column(path, types), types.get(path, "JSON")
    if role in LISTS and type_ == "JSON":
        return f"CAST({place} AS VARCHAR)"  # which tells a text from a number and a list
    if type_.endswith("]"):
        # With a separator before all of it [""] is not []. Engines differ in what they make of [null].
        joined = f"chr(31) || coalesce(array_to_string({place}, chr(31)), '')"
        return f"CASE WHEN {place} IS NULL THEN NULL WHEN array_length({place}) = 0 THEN '' ELSE {joined} END"
    if role != "date":
        return _text(place, type_)
    if type_.startswith("TIMESTAMP"):
        return f"CAST(CAST({place} AS DATE) AS VARCHAR)"
    # A time of day would make a group of every row, and no term changes within a day.
    text = _text(place, type_)
    timed = f"{text} LIKE '____-__-__T%' OR {text} LIKE '____-__-__ %'"
    return f"CASE WHEN {timed} THEN substr({text}, 1, 10) ELSE {text} END"


def quote(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


def column(path: str, types: Mapping[str, str]) -> str:
    """Refer to a column or, after dots, a field inside, of each struct where `[]` stands; a column's own name wins."""
    listed, brackets, rest = path.partition("[].")
    if brackets:
        if types.get(listed, "JSON") == "JSON":
            return f"to_json(json_extract({column(listed, types)}, {literal('$[*]' + _steps(rest))}))"
        return f"list_transform({column(listed, types)}, lambda x: CAST(x.{quote(rest)} AS VARCHAR))"
    inside = _inside(path, types)
    if not inside:
        return f"d.{quote(path)}"
    outer, inner = inside
    if types[outer] != "JSON":
        return f"{column(outer, types)}.{quote(inner)}"
    return f"json_extract({column(outer, types)}, {literal('$' + _steps(inner))})"


def _steps(path: str) -> str:
    return "".join('."' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in path.split("."))


def _inside(path: str, types: Mapping[str, str]) -> tuple[str, str] | None:
    """The innermost struct or JSON value that holds a path, and the rest of the path."""
    for at in (i for i in range(len(path) - 1, 0, -1) if path[i] == "."):
        type_ = types.get(path[:at], "")
        if (type_.startswith("STRUCT") and not type_.endswith("]")) or (type_ == "JSON" and path not in types):
            return path[:at], path[at + 1 :]
    return None


def _text(place: str, type_: str) -> str:
    if type_ == "VARCHAR":
        return place
    return f"json_extract_string({place}, '$')" if type_ == "JSON" else f"CAST({place} AS VARCHAR)"


def _example(path: str, types: Mapping[str, str]) -> str:
    """The smallest id, in the order of whole numbers or of text."""
    if not path:
        return "NULL"
    type_, place = types.get(path, "JSON"), column(path, types)
    return f"min({place if type_ in INTEGERS else _text(place, type_)})"


def _sum(path: str, types: Mapping[str, str]) -> str:
    if not path:
        return "NULL"
    type_, place = types.get(path, "JSON"), column(path, types)
    return f"sum({place if type_ in INTEGERS else f'CAST({_text(place, type_)} AS BIGINT)'})"


def _grouped(relation: str, columns: Columns, types: Mapping[str, str], *what: str) -> str:
    roles = columns.grouped
    selected = [*(f"{value(role, columns, types)} AS {quote(role)}" for role in roles), *what]
    by = f" GROUP BY {', '.join(str(i + 1) for i in range(len(roles)))}" if roles else ""
    return f"SELECT {', '.join(selected)} FROM {relation} AS d{by}"
