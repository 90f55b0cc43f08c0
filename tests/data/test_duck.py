from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

from licheck.data.columns import detect
from licheck.data.duck import Duck
from licheck.errors import InputError, LicheckError, UnreadableError
from licheck.model.audit import Columns, Group, Key

OK = ("usable", "fine")


def lines(path: Path, rows: list[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def parquet(path: Path, sql: str) -> Path:
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path


def groups(path: Path | str, **columns: str) -> list[Group]:
    with Duck([str(path)]) as duck:
        return duck.groups(Columns(**columns))


def counts(path: Path | str, role: str, column: str) -> dict[Any, int]:
    return {getattr(group.key, role): group.rows for group in groups(path, **{role: column})}


def fails(kind: type[LicheckError], *paths: Path | str, **columns: str) -> str:
    with pytest.raises(kind) as error, Duck([*map(str, paths)]) as duck:
        duck.groups(Columns(**columns))
    return str(error.value)


LICENCES = ["mit", None, "", [], [""], ["b", "a", "b"], ["a", "b"], [None], ["a\x1fb"], "a"]
EXPECTED = {("mit",): 1, None: 1, ("",): 3, (): 1, ("a", "b"): 2, ("a\x1fb",): 1, ("a",): 1}


def test_null_empty_text_and_empty_list_are_groups_of_their_own(tmp_path: Path) -> None:
    assert counts(lines(tmp_path / "a.jsonl", [{"l": v} for v in LICENCES]), "license", "l") == EXPECTED


def test_lists_in_parquet(tmp_path: Path) -> None:
    values = "[['b','a','b'], ['a','b'], [], NULL, [''], [NULL], ['a'||chr(31)||'b']]"
    path = parquet(tmp_path / "a.parquet", f"SELECT unnest({values}) AS l")
    assert counts(path, "license", "l") == {("a", "b"): 3, (): 1, None: 1, ("",): 2}


def test_single_words_give_lists_of_one_and_null_is_not_empty(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", "SELECT unnest(['mit', '', NULL, 'mit', 'a'||chr(31)||'b']) AS l")
    assert counts(path, "license", "l") == {("mit",): 2, ("",): 1, None: 1, ("a\x1fb",): 1}


def test_counts_tokens_bytes_and_smallest_ids(tmp_path: Path) -> None:
    rows = [{"s": "x", "id": f"r{i}", "t": i, "b": str(i)} for i in (5, 3, 9, 1)] + [{"s": "y", "id": None}]
    found = groups(lines(tmp_path / "a.jsonl", rows), source="s", id="id", tokens="t", bytes="b")
    assert found == [
        Group(Key("x"), 4, 18, 18, ("r1",)),
        Group(Key("y"), 1, None, None, ()),
    ]


def test_whole_numbers_as_ids_go_by_size(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", "SELECT unnest([10, 9, 100, 8]) AS i, ['m'] AS l")
    assert groups(path, license="l", id="i")[0].examples == ("8",)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_field_in_a_list_of_structs_is_a_list(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    several = "[{'model': 'gpt-4', 'n': 1}, {'model': 'bard', 'n': 2}, {'model': 'gpt-4', 'n': 3}]"
    sql = f"SELECT unnest([{several}, [], NULL]) AS completions"
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT {'parquet' if suffix == 'parquet' else 'json'})")
    with Duck([str(path)]) as duck:
        columns, _ = detect(duck.schema())
    assert columns.generator == "completions[].model"
    assert counts(path, "generator", "completions[].model") == {("bard", "gpt-4"): 1, (): 1, None: 1}


def test_more_combinations_than_can_be_judged(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", "SELECT 'u' || i AS url, 'mit' AS l FROM range(1000001) r(i)")
    said = fails(InputError, path, source="url", license="l")
    assert "column 'url' has 1,000,001 distinct values" in said
    assert "source=" in said


def test_no_roles_give_one_group(tmp_path: Path) -> None:
    assert groups(lines(tmp_path / "a.jsonl", [{"a": 1}, {"a": 2}])) == [Group(Key(), 2)]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_nested_fields_and_names_with_dots(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    sql = "SELECT {'license': 'mit', 'deep': {'x.y': 1}} AS metadata, 'dot' AS \"a.b\", {'b': 'field'} AS a"
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT {'parquet' if suffix == 'parquet' else 'json'})")
    assert counts(path, "license", "metadata.license") == {("mit",): 1}
    assert counts(path, "source", "a.b") == {"dot": 1}
    with Duck([str(path)]) as duck:
        schema = duck.schema()
    assert schema["metadata.license"] == "VARCHAR"
    assert "metadata.deep.x.y" in schema


@pytest.mark.parametrize(
    "name", ['li"c', "li'c", "d", "v", "q", "rows", "k0", "licheck", "a;--", "x y", "é", "$.", "\\"]
)
def test_hostile_column_names(tmp_path: Path, name: str) -> None:
    path = lines(tmp_path / "a.jsonl", [{name: "mit", "o": {name: ["b"]}}, {name: "x", "o": {}}])
    quoted = '"' + name.replace('"', '""') + '"'
    other = parquet(tmp_path / "b.parquet", f"SELECT unnest(['mit', 'x']) AS {quoted}")
    for file in (path, other):
        assert counts(file, "source", name) == {"mit": 1, "x": 1}
        with Duck([str(file)]) as duck:
            target = tmp_path / "out.jsonl"
            assert duck.write(Columns(source=name), {Key("mit"): OK}, target, None) == (1, 1)
        assert json.loads(target.read_text())[name] == "mit"
    if "." not in name:
        assert counts(path, "generator", f"o.{name}") == {("b",): 1, None: 1}


def test_days_not_times_tell_groups_apart(tmp_path: Path) -> None:
    days = ["2024-01-02T03:04:05Z", "2024-01-02 05:00", "2024-01-02", "2024", None]
    path = lines(tmp_path / "a.jsonl", [{"d": day} for day in days])
    assert counts(path, "date", "d") == {"2024-01-02": 3, "2024": 1, None: 1}
    path = parquet(
        tmp_path / "a.parquet", "SELECT TIMESTAMP '2024-01-02 03:04:05' + INTERVAL (i) SECOND d FROM range(9) r(i)"
    )
    assert counts(path, "date", "d") == {"2024-01-02": 9}


def test_files_folders_patterns_and_packing(tmp_path: Path) -> None:
    lines(tmp_path / "d/a.jsonl", [{"s": "x"}])
    lines(tmp_path / "d/e/b.jsonl.gz", [{"s": "x"}, {"s": None}])
    lines(tmp_path / "d/.hidden/c.jsonl", [{"s": "no"}])
    lines(tmp_path / "d/k=v/[1].jsonl", [{"s": "literal"}])
    lines(tmp_path / "d/k=v/1.jsonl", [{"s": "one"}])
    duckdb.execute(f"COPY (SELECT 'z' AS s) TO '{tmp_path}/d/z.jsonl.zst' (FORMAT json, COMPRESSION zstd)")
    (tmp_path / "d/state.json").write_text("{}")
    assert counts(tmp_path / "d", "source", "s") == {"x": 2, None: 1, "literal": 1, "one": 1, "z": 1}
    assert counts(tmp_path / "d/*/*.gz", "source", "s") == {"x": 1, None: 1}
    assert counts(tmp_path / "d/k=v/[1].jsonl", "source", "s") == {"literal": 1}
    with Duck([str(tmp_path / "d/a.jsonl"), str(tmp_path / "d/*.jsonl")]) as duck:
        assert [group.rows for group in duck.groups(Columns(source="s"))] == [1]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz", "a.csv.zst"])
def test_text_files(tmp_path: Path, name: str) -> None:
    delim = "\t" if "tsv" in name else ","
    sql = "SELECT * FROM (VALUES ('x', '01'), ('', '2'), (NULL, 'l1\nl2')) t(s, i)"
    packed = {"gz": "gzip", "zst": "zstd"}.get(name.rpartition(".")[2], "none")
    options = f"FORMAT csv, HEADER true, DELIMITER '{delim}', COMPRESSION {packed}"
    duckdb.execute(f"COPY ({sql}) TO '{tmp_path / name}' ({options})")
    found = groups(tmp_path / name, source="s", id="i")
    assert {(g.key.source, g.examples) for g in found} == {("x", ("01",)), ("", ("2",)), (None, ("l1\nl2",))}


def test_json_arrays(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"s": "x"},\n {"s": ["y"]}]')
    assert counts(tmp_path / "a.json", "source", "s") == {"x": 1, '["y"]': 1}
    (tmp_path / "b.json").write_text('{"s": "x"}\n{"s": "z"}')
    assert counts(tmp_path / "b.json", "source", "s") == {"x": 1, "z": 1}


def test_a_column_that_a_sample_does_not_show(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"a": 1}] * 40_000 + [{"a": "text", "late": "x"}])
    assert counts(path, "source", "late") == {None: 40_000, "x": 1}
    with Duck([str(path)]) as duck:
        duck.write(Columns(), {}, None, tmp_path / "out.jsonl")
    assert json.loads((tmp_path / "out.jsonl").read_text().splitlines()[-1])["late"] == "x"


def test_an_empty_file_has_no_groups(tmp_path: Path) -> None:
    assert groups(lines(tmp_path / "a.jsonl", [])) == []


@pytest.mark.parametrize("out", ["parquet", "jsonl", "jsonl.gz"])
@pytest.mark.parametrize("source", ["parquet", "jsonl"])
def test_every_row_goes_to_exactly_one_file(tmp_path: Path, source: str, out: str) -> None:
    for seed in range(4):
        rnd = random.Random(seed)
        lists = [None, [], ["a"], ["b", "a"], ["a", "b"], [""], [None]]
        rows = [
            {"id": i, "s": rnd.choice(["x", "", None, "y"]), "m": {"l": rnd.choice(lists)}, "text": "é\n\"'" * (i % 3)}
            for i in range(500)
        ]
        path = lines(tmp_path / "in.jsonl", rows)
        if source == "parquet":
            path = parquet(tmp_path / "in.parquet", f"SELECT * FROM read_json('{path}')")
        columns = Columns(source="s", license="m.l")
        clean, flagged = tmp_path / f"clean.{out}", tmp_path / f"flagged.{out}"
        with Duck([str(path)]) as duck:
            found = duck.groups(columns)
            assert sum(group.rows for group in found) == 500
            verdicts = {g.key: (rnd.choice(["usable", "forbidden"]), f"it's {g.key}") for g in found[1:]}
            counted = duck.write(columns, verdicts, clean, flagged)
        usable = {key for key, (verdict, _) in verdicts.items() if verdict == "usable"}
        assert counted == (
            sum(g.rows for g in found if g.key in usable),
            sum(g.rows for g in found if g.key not in usable),
        )
        reader = "read_parquet" if out == "parquet" else "read_json"
        seen: dict[int, dict[str, Any]] = {}
        for file in (clean, flagged):
            relation = duckdb.sql(f"SELECT * FROM {reader}('{file}')")
            for values in relation.fetchall():
                row = dict(zip(relation.columns, values, strict=True))
                assert row["id"] not in seen
                said = row.pop("licheck")
                ls = row["m"]["l"]
                key = Key(row["s"], None if ls is None else tuple(sorted({v or "" for v in ls})))
                assert said == ": ".join(verdicts.get(key, ("unknown", "no verdict")))
                assert (file == clean) == (key in usable)
                seen[row["id"]] = row
        assert [seen[i] for i in range(500)] == rows


def test_values_in_json_lines_are_copied_as_they_are(tmp_path: Path) -> None:
    row = {
        "day": "2024-01-02",
        "in": {"t": ["2024-01-02T03:04:05Z"], "s": "x"},
        "big": 123456789012345678901234567890,
        "f": 1e300,
        "j": [1, "a", {"b": None}],
        "n": None,
    }
    path = lines(tmp_path / "a.jsonl", [row, {**row, "j": "text"}])
    with Duck([str(path)]) as duck:
        duck.write(Columns(), {Key(): OK}, tmp_path / "o.jsonl", None)
        duck.write(Columns(), {Key(): OK}, tmp_path / "o.parquet", None)
    out = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert out == [{**row, "licheck": "usable: fine"}, {**row, "j": "text", "licheck": "usable: fine"}]
    found = duckdb.sql(f'SELECT day, "in".t[1], "in".s FROM \'{tmp_path}/o.parquet\'').fetchall()
    assert found == [("2024-01-02", "2024-01-02T03:04:05Z", "x")] * 2


def test_the_added_column_gives_way(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"LiCheck": 1}])
    with Duck([str(path)]) as duck:
        duck.write(Columns(), {Key(): OK}, tmp_path / "o.jsonl", None)
    assert json.loads((tmp_path / "o.jsonl").read_text()) == {"LiCheck": 1, "licheck_verdict": "usable: fine"}


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    path = lines(tmp_path / "in/a.jsonl", [{"s": "x"}] * 50_000)
    out = tmp_path / "out"
    out.mkdir()
    (out / "clean.jsonl").write_text("old")
    with Duck([str(path)]) as duck:
        with path.open("a") as file:
            file.write("{not json\n")
        with pytest.raises(InputError, match=r"a\.jsonl:50001: not JSON"):
            duck.write(Columns(source="s"), {Key("x"): OK}, out / "clean.jsonl", out / "flagged.jsonl")
    assert [p.name for p in out.iterdir()] == ["clean.jsonl"]
    assert (out / "clean.jsonl").read_text() == "old"


def test_targets_that_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"s": "x"}])
    (tmp_path / "link.jsonl").symlink_to(path)
    (tmp_path / "d.jsonl").mkdir()
    with Duck([str(path)]) as duck:
        for name in ("a.jsonl", "link.jsonl", "d.jsonl", "none/a.jsonl", "a.csv"):
            with pytest.raises(InputError, match=name):
                duck.write(Columns(), {}, None, tmp_path / name)
        with pytest.raises(InputError, match="both"):
            duck.write(Columns(), {}, tmp_path / "o.jsonl", tmp_path / "o.jsonl")
    assert path.read_text() == '{"s": "x"}\n'


BAD = b'{"s": "x"}\n{"s": "y\n\n[1]\n{"s": "\xff"}\n{"s": "\\ud800"}\n{"s": "x"}\n'


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", [{"s": "x"}])
    (tmp_path / "b.jsonl").write_bytes(BAD)
    assert f"{tmp_path / 'b.jsonl'}:2: not JSON" in fails(InputError, tmp_path, source="s")


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_bad_lines_are_skipped_and_counted_up_to_a_number(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(BAD) if name.endswith("gz") else BAD)
    with Duck([str(tmp_path / name)], skip_bad_rows=4) as duck:
        assert [(g.key.source, g.rows) for g in duck.groups(Columns(source="s"))] == [("x", 2)]
        assert [(bad.path, bad.row) for bad in duck.bad_rows] == [(str(tmp_path / name), n) for n in (2, 4, 5, 6)]
        assert duck.write(Columns(source="s"), {Key("x"): OK}, tmp_path / "o.jsonl", None) == (2, 0)
    with pytest.raises(InputError, match="6: more than 3 bad rows"):
        Duck([str(tmp_path / name)], skip_bad_rows=3)


def test_bad_rows_of_csv(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'a,b\nx,y\n1,2,3\n"l1\nl2",z\nx\nx,\xff\nx,w\n')
    assert "a.csv:3: 3 fields, not 2" in fails(InputError, tmp_path / "a.csv", source="a")
    with Duck([str(tmp_path / "a.csv")], skip_bad_rows=9) as duck:
        assert {g.key.source: g.rows for g in duck.groups(Columns(source="a"))} == {"x": 2, "l1\nl2": 1}
        assert [bad.row for bad in duck.bad_rows] == [3, 6, 7]


def test_damaged_files_are_named(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", "SELECT i::VARCHAR AS s FROM range(100000) r(i)")
    data = path.read_bytes()
    parquet(tmp_path / "b.parquet", "SELECT 'x' AS s")
    for broken in (data[:1000], data[:2], b"", data[:4] + b"\0" * 5000 + data[5004:]):
        path.write_bytes(broken)
        assert "a.parquet" in fails(UnreadableError, tmp_path, source="s")
    path = lines(tmp_path / "c.jsonl.gz", [{"s": i} for i in range(1000)])
    path.write_bytes(path.read_bytes()[:-50])
    assert "c.jsonl.gz" in fails(UnreadableError, path, source="s")


def test_files_that_differ_are_named_with_their_columns(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", "SELECT 'x' AS s, 1 AS n, 2 AS same")
    parquet(tmp_path / "b.parquet", "SELECT 2 AS same, 'x' AS s, 1 AS n")
    assert counts(tmp_path, "source", "s") == {"x": 2}
    parquet(tmp_path / "c.parquet", "SELECT ['x'] AS s, 2 AS same")
    text = fails(InputError, tmp_path, source="s")
    assert "c.parquet" in text
    assert "a.parquet (n: INTEGER there, absent here; s: VARCHAR there, VARCHAR[] here)" in text
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("b,a\n1,2\n")
    assert "another order" in fails(InputError, tmp_path / "a.csv", tmp_path / "b.csv", source="a")


def test_columns_and_files_that_are_missing(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"s": "x", "m": {"l": 1}}])
    text = fails(InputError, path, license="m.x")
    assert "license column: no column 'm.x'" in text
    assert "there is: s, m, m.l" in text
    assert "does not exist" in fails(InputError, tmp_path / "none.jsonl")
    assert "no file matches" in fails(InputError, tmp_path / "*.parquet")
    (tmp_path / "empty").mkdir()
    assert "no data file" in fails(InputError, tmp_path / "empty")
    (tmp_path / "a.arrow").touch()
    assert "unknown kind" in fails(InputError, tmp_path / "a.arrow")


def test_mixed_kinds_are_refused_with_names(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", [{"s": "x"}])
    parquet(tmp_path / "b.parquet", "SELECT 'x' AS s")
    text = fails(InputError, tmp_path)
    assert "b.parquet: is Parquet, but" in text
    assert "a.jsonl is JSON Lines" in text


def test_tokens_that_are_no_numbers(tmp_path: Path) -> None:
    assert "n/a" in fails(InputError, lines(tmp_path / "a.jsonl", [{"t": "n/a"}]), tokens="t")


def test_names_that_differ_in_case_only_lose_nothing(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [{"License": "a", "license": "b"}])
    assert "more than one spelling" in fails(InputError, path)
    path = lines(tmp_path / "b.jsonl", [{"license": "a", "license_1": "b"}])
    assert counts(path, "license", "license_1") == {("b",): 1}
    assert counts(lines(tmp_path / "c.jsonl", [{"json": None}, {"json": [1]}]), "source", "json") == {None: 1, "[1]": 1}


def test_nothing_temporary_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lines(tmp_path / "a.jsonl", [{"s": "x"}])
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    with Duck([str(path)]) as duck:
        duck.write(Columns(source="s"), {Key("x"): OK}, tmp_path / "o.jsonl", None)
    assert not list(temp.iterdir())


def test_nothing_but_the_files_given_can_be_read(tmp_path: Path) -> None:
    other = lines(tmp_path / "secret.jsonl", [{"s": "secret"}])
    with Duck([str(lines(tmp_path / "a.jsonl", [{"s": "x"}]))]) as duck, pytest.raises(duckdb.PermissionException):
        duck._rows(f"SELECT * FROM read_json('{other}')")


def test_without_duckdb_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    with pytest.raises(InputError, match=r"licheck-models\[data\]"):
        Duck([str(tmp_path)])


def test_rows_with_few_names_in_common_keep_their_columns(tmp_path: Path) -> None:
    rows = [{f"k{i}": i} for i in range(250)] + [{"source": "a"}]
    path, out = lines(tmp_path / "a.jsonl", rows), tmp_path / "out.jsonl"
    assert counts(path, "source", "source") == {None: 250, "a": 1}
    with Duck([str(path)]) as duck:
        duck.write(Columns(source="source"), {}, None, out)
    written = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [{n: v for n, v in row.items() if v is not None and n != "licheck"} for row in written] == rows


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "parquet"])
def test_rows_are_written_in_their_order(tmp_path: Path, suffix: str) -> None:
    rows = [{"n": i, "source": f"s{i % 700}"} for i in range(5000)]
    path, out = lines(tmp_path / f"a.{suffix}".replace("parquet", "jsonl"), rows), tmp_path / "out.jsonl"
    if suffix == "parquet":
        path = parquet(tmp_path / "a.parquet", f"SELECT * FROM read_json('{path}')")
    with Duck([str(path)]) as duck:
        duck.write(Columns(source="source"), {}, None, out)
    assert [json.loads(line)["n"] for line in out.read_text("utf-8").splitlines()] == list(range(5000))
