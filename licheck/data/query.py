"""The one place that holds the queries over training data, as text in DuckDB's SQL."""

# ruff: noqa: S608 - every name is quoted, and no text of the data gets into a query.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from licheck.model.audit import Columns, Key

SEPARATOR = chr(31)  # "unit separator": taken out of the data before lists are joined with it
EXAMPLES = 3
LISTS = ("license", "generator")
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")


def groups(relation: str, columns: Columns, types: Mapping[str, str]) -> str:
    """Count the rows of every distinct combination: the roles of `columns.grouped`, rows, tokens, bytes, examples.

    `relation` stands after FROM; `types` maps columns and the fields of structs (with dots) to their types.
    """
    roles = columns.grouped
    lists = [role for role in roles if is_list(role, columns, types)]
    keys = [f"{_raw(role, columns, types)} AS {quote(role)}" for role in roles]
    sums = [f"{_sum(getattr(columns, role), types)} AS {quote(role)}" for role in ("tokens", "bytes")]
    ids = f"min({_id(columns.id, types)}, {EXAMPLES})" if columns.id else "NULL"
    sql = _select([*keys, 'count(*) AS "rows"', *sums, f'{ids} AS "examples"'], f"{relation} AS d", range(len(keys)))
    if lists:
        # Lists are put in order once for each distinct list, not once for each row.
        keys = [f"{_joined(_q(r), _type(r, columns, types)) if r in lists else _q(r)} AS {quote(r)}" for r in roles]
        sums = [f"sum(q.{quote(role)}) AS {quote(role)}" for role in ("rows", "tokens", "bytes")]
        merged = f"list_slice(list_sort(flatten(list(q.{quote('examples')}))), 1, {EXAMPLES})" if columns.id else "NULL"
        sql = _select([*keys, *sums, f'{merged} AS "examples"'], f"({sql}) AS q", range(len(keys)))
    order = ['"rows" DESC', *(f"{quote(role)} ASC NULLS FIRST" for role in roles)]
    return f"SELECT * FROM ({sql}) AS g ORDER BY {', '.join(order)}"


def judged(relation: str, columns: Columns, types: Mapping[str, str], output: Sequence[str], usable: bool) -> str:
    """Select `output` of every row that is usable, or of every other; `verdicts` holds k0, k1, ..., verdict and said.

    A row is `d`, its verdict `v`.
    """
    same = [f"{key(role, columns, types)} IS NOT DISTINCT FROM v.k{i}" for i, role in enumerate(columns.grouped)]
    joined = f"{relation} AS d LEFT JOIN verdicts AS v ON {' AND '.join(same) or '1 = 1'}"
    test = "=" if usable else "<>"
    return f"SELECT {', '.join(output)} FROM {joined} WHERE coalesce(v.verdict, 'none') {test} 'usable'"


def key(role: str, columns: Columns, types: Mapping[str, str]) -> str:
    """What `groups` gives for a role, for one row `d`."""
    raw = _raw(role, columns, types)
    return _joined(raw, _type(role, columns, types)) if is_list(role, columns, types) else raw


def encoder(columns: Columns, types: Mapping[str, str]) -> Callable[[Key], tuple[str | None, ...]]:
    """Make what writes a key the way `groups` gives it."""
    fields = [(Key._fields.index(role), is_list(role, columns, types)) for role in columns.grouped]

    def encode(key: Key) -> tuple[str | None, ...]:
        values: list[str | None] = []
        for at, many in fields:
            value = key[at]
            if isinstance(value, tuple):
                value = "".join(SEPARATOR + word for word in value) if many else SEPARATOR.join(value)
            values.append(value)
        return tuple(values)

    return encode


def decoder(columns: Columns, types: Mapping[str, str]) -> Callable[[Sequence[str | None]], Key]:
    """Make what reads a key from what `groups` gives."""
    fields = [(Key._fields.index(r), r in LISTS, is_list(r, columns, types)) for r in columns.grouped]

    def decode(values: Sequence[str | None]) -> Key:
        found: list[Any] = [None] * len(Key._fields)
        for value, (at, words, many) in zip(values, fields, strict=True):
            if words and value is not None:
                found[at] = tuple(value.split(SEPARATOR)[1:]) if many else (value,)
            else:
                found[at] = value
        return Key(*found)

    return decode


def is_list(role: str, columns: Columns, types: Mapping[str, str]) -> bool:
    """Whether a role's column can hold lists."""
    type_ = _type(role, columns, types)
    return role in LISTS and (type_.endswith("]") or type_.upper().startswith("LIST") or type_ == "JSON")


def quote(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text."""
    return "'" + text.replace("'", "''") + "'"


def column(path: str, types: Mapping[str, str]) -> str:
    """Refer to a column or, after dots, a field inside; a column whose name has the dots wins."""
    inside = _inside(path, types)
    if not inside:
        return f"d.{quote(path)}"
    outer, inner = inside
    if types[outer] != "JSON":
        return f"{column(outer, types)}.{quote(inner)}"
    steps = "".join('."' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in inner.split("."))
    return f"json_extract({column(outer, types)}, {literal('$' + steps)})"


def _inside(path: str, types: Mapping[str, str]) -> tuple[str, str] | None:
    """The innermost struct or JSON value that holds a path, and the rest of the path."""
    for at in (i for i in range(len(path) - 1, 0, -1) if path[i] == "."):
        type_ = types.get(path[:at], "")
        if (type_.startswith("STRUCT") and not type_.endswith("]")) or (type_ == "JSON" and path not in types):
            return path[:at], path[at + 1 :]
    return None


def _type(role: str, columns: Columns, types: Mapping[str, str]) -> str:
    return types.get(getattr(columns, role), "JSON")  # not listed: a value inside a JSON value


def _raw(role: str, columns: Columns, types: Mapping[str, str]) -> str:
    """A role's value as text, or as it is if it can be a list."""
    place, type_ = column(getattr(columns, role), types), _type(role, columns, types)
    if is_list(role, columns, types):
        return place
    if role != "date":
        return _text(place, type_)
    if type_.startswith("TIMESTAMP"):
        return f"CAST(CAST({place} AS DATE) AS VARCHAR)"
    # A time of day would make a group of every row, and no term changes within a day.
    text = _text(place, type_)
    timed = f"{text} LIKE '____-__-__T%' OR {text} LIKE '____-__-__ %'"
    return f"CASE WHEN {timed} THEN substr({text}, 1, 10) ELSE {text} END"


def _text(place: str, type_: str) -> str:
    if type_ == "VARCHAR":
        return place
    return f"json_extract_string({place}, '$')" if type_ == "JSON" else f"CAST({place} AS VARCHAR)"


def _id(path: str, types: Mapping[str, str]) -> str:
    """An id in its own order if it is a whole number, else as text."""
    type_ = types.get(path, "JSON")
    place = column(path, types)
    return place if type_ in _INTEGERS else _text(place, type_)


def _sum(path: str, types: Mapping[str, str]) -> str:
    if not path:
        return "NULL"
    type_, place = types.get(path, "JSON"), column(path, types)
    return f"sum({place if type_ in _INTEGERS else f'CAST({_text(place, type_)} AS BIGINT)'})"


def _joined(place: str, type_: str) -> str:
    """All handling of lists: sorted, without repetitions, each word after a separator, so that [] is not [""]."""
    if type_ == "JSON":
        many, one = f"json_extract_string({place}, '$[*]')", f"json_extract_string({place}, '$')"
        words = f"CASE WHEN json_type({place}) = 'ARRAY' THEN {many} ELSE [{one}] END"
        null = f"{one} IS NULL"  # JSON has a null of its own
    else:
        words, null = place, f"{place} IS NULL"
    word = "coalesce(replace(CAST(x AS VARCHAR), chr(31), ' '), '')"
    each = f"list_sort(list_distinct(list_transform({words}, lambda x: chr(31) || {word})))"
    return f"CASE WHEN {null} THEN NULL ELSE array_to_string({each}, '') END"


def _q(role: str) -> str:
    return f"q.{quote(role)}"


def _select(what: Sequence[str], source: str, keys: range) -> str:
    by = ", ".join(str(i + 1) for i in keys)
    return f"SELECT {', '.join(what)} FROM {source}" + (f" GROUP BY {by}" if by else "")
