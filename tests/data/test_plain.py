"""Python alone says of small text files what DuckDB says, and writes the same rows."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from licheck.data import collect, plain
from licheck.data.columns import detect
from licheck.data.duck import Duck
from licheck.data.engine import open_rows
from licheck.data.plain import Plain
from licheck.errors import InputError, LicheckError, UnreadableError
from licheck.model.audit import Columns, Key

OK = ("usable", "fine")
FEW = settings(deadline=None, max_examples=60)


def seen(engine: type[Duck] | type[Plain], path: Path, columns: Columns | None = None, skip: int = 0) -> Any:
    """All that an engine says of a file: types, groups, bad rows and the rows it writes; or its error."""
    out = [path.parent / f"{name}-{engine.__name__}.jsonl" for name in ("clean", "flagged")]
    with engine([str(path)], skip_bad_rows=skip) as rows:
        # DuckDB puts fields that are words of SQL in quotes. No role reads a MAP, whatever it holds.
        schema = {name: re.sub(r'"|(?<=^MAP).*', "", type_) for name, type_ in rows.schema().items()}
        columns = columns or detect(schema)[0]
        groups = rows.groups(columns)
        verdicts = {group.key: OK if i % 2 else ("restricted", f"it's\n{i}") for i, group in enumerate(groups[1:])}
        counts = rows.write(columns, verdicts, *out)
        return schema, columns, groups, rows.bad_rows, counts, [said(file) for file in out]


def tried(engine: type[Duck] | type[Plain], path: Path, columns: Columns | None, skip: int) -> Any:
    try:
        return seen(engine, path, columns, skip)
    except InputError as error:
        return (str(error),)


def said(file: Path) -> list[dict[str, Any]]:
    """The rows in a file, without nulls and sorted: DuckDB gives a row all columns, and its join can swap rows."""
    rows = map(json.loads, file.read_text("utf-8").split("\n")[:-1])
    told = [{name: value for name, value in row.items() if value is not None} for row in rows]
    return sorted(told, key=lambda row: json.dumps(row, sort_keys=True))


def same(path: Path, columns: Columns | None = None, skip: int = 0) -> Any:
    found, expected = (tried(engine, path, columns, skip) for engine in (Plain, Duck))
    for one, other in zip(found, expected, strict=True):
        assert one == other
    return found


def written(path: Path, data: str | bytes) -> Path:
    data = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def jsonl(rows: list[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


words = st.sampled_from(["mit", "", "a\x1fb", "é 😀", "\u2028", "\x00", '"', "gpt-4", "2024", "1", "null"]) | st.text(
    st.characters(codec="utf-8"), max_size=4
)
days = st.sampled_from(
    ["2024-01-02", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "2024-01-02T03:04:05.5", "01-02-2024", "Jan 2", ""]
)
ids = st.integers(-5, 12) | st.sampled_from([2**63, 2**64 - 1, 2**70, -(2**63)]) | words
kinds: dict[str, list[st.SearchStrategy[Any]]] = {
    "source": [words, days, words | st.none(), words | st.integers(0, 3), st.floats(0, 2), st.lists(words, max_size=2)],
    "license": [st.lists(words | st.none(), max_size=3) | st.none(), words | st.none(), st.none(), st.just([])],
    "metadata": [
        st.fixed_dictionaries({}, optional={"license": words | st.none(), "model": words, "a.b": words}) | st.none(),
        st.dictionaries(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), words, max_size=1),
    ],
    "completions": [
        st.lists(st.fixed_dictionaries({}, optional={"model": words | st.none(), "n": st.integers()}), max_size=2)
        | st.none(),
        st.lists(st.fixed_dictionaries({"model": st.integers() | words}) | words, max_size=2),
    ],
    "date": [days, st.just("2024-01-02T03:04:05Z"), st.just("2024-01-02"), days | st.none()],
    "id": [st.integers(-5, 12), words, ids, st.uuids().map(str), st.integers(0, 2**65)],
    "tokens": [st.integers(0, 99), st.sampled_from([1.5, 2.5, 2, 1e3, 0.4]) | st.none(), st.just("7")],
    "é.x y": [words, st.booleans(), st.none(), st.dictionaries(words, st.integers(), max_size=1)],
}


@st.composite
def tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    chosen = {name: draw(st.sampled_from(kinds[name])) for name in draw(st.sets(st.sampled_from([*kinds]), min_size=1))}
    row = st.fixed_dictionaries({"q": st.just(1)}, optional=chosen)
    return draw(st.lists(row, min_size=1, max_size=6))


@FEW
@given(tables())
def test_json_lines(rows: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        same(written(Path(folder, "a.jsonl"), jsonl(rows)), skip=99)


@settings(FEW, max_examples=20)
@given(tables(), st.sampled_from([None, 2]))
def test_json_arrays(rows: list[dict[str, Any]], indent: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        same(written(Path(folder, "a.json"), json.dumps(rows, indent=indent, ensure_ascii=False)))


cells = st.sampled_from(
    ["", '""', "mit", '"a,b"', '"l1\nl2"', '"x ""y"""', "é 😀", " x ", "2024-01-02 03:04:05", "\u2028", "7"]
)


@FEW
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_csv(rows: list[list[str]], tabs: bool, bom: bool) -> None:
    names, sign = ["source", "license", "date"], "\t" if tabs else ","
    text = "\ufeff" * bom + "".join(sign.join(row) + "\n" for row in (names, *rows))
    with tempfile.TemporaryDirectory() as folder:
        same(written(Path(folder, "a.tsv" if tabs else "a.csv"), text), skip=99)


@pytest.mark.parametrize(
    "text", ["a\n1\n\n2\n", 'a\n""\n\n', "a,b\n", "a,b\n1,2\n\n3,4", "a,b\r\n1,\r\n\r\n,2\r\n", "a\n\n"]
)
def test_lines_of_csv_that_are_empty(tmp_path: Path, text: str) -> None:
    same(written(tmp_path / "a.csv", text), Columns(source="a"))


LAYOUTS: dict[str, list[dict[str, Any]]] = {
    "Dolma": [{"id": str(i), "text": "x", "source": "pes2o", "created": "2020-01-01T00:00:00.000Z",
               "metadata": {"license": v}} for i, v in enumerate(["mit", None, "", "mit"])],
    "The Stack v1": [{"hexsha": "a" * 40, "size": 12, "avg_line_length": 1.5, "max_stars_repo_name": "a/b",
                      "max_stars_repo_licenses": v} for v in (["MIT"], [], ["MIT", "BSD"], ["BSD", "MIT"])],
    "The Pile": [{"text": "x", "meta": {"pile_set_name": "Books3"}}, {"text": "x", "meta": {}}],
    "UltraFeedback": [{"source": "s", "models": m, "completions": [{"model": "gpt-4", "n": {}}]}
                      for m in (["gpt-4", "bard"], ["bard", "gpt-4"], None)],
    "Magpie": [{"uuid": "123e4567-e89b-12d3-a456-426614174000", "model": "Qwen", "conversations": [{"from": "human"}]}],
    "OpenHermes 2.5": [{"source": None, "model_name": None, "model": "gpt-4", "hash": [1, -2], "views": 3.0},
                       {"source": "x", "model_name": "GPT-4", "model": None, "views": None}],
    "OpenAI batch": [{"id": "b1", "custom_id": "c", "response": {"body": {"model": "gpt-4o", "created": 17}},
                      "error": None}],
    "FineWeb": [{"text": "é", "id": "<urn:uuid:1>", "dump": "CC-MAIN", "date": "2013-05-18T05:48:54Z",
                 "token_count": 5}],
    "sparse map": [{"metadata": {f"k{i}": "v", "license": "mit"} if i % 9 == 0 else {f"k{i}": "v"}} for i in range(40)],
    "few fields": [{"metadata": {"license": None}}, *[{"metadata": {}}] * 10, {"metadata": {"license": "x"}}],
    "late column": [{"source": "a"}] * 20_480 + [{"source": 5, "license": "mit"}],
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("suffix", ["jsonl.gz", "json"])
def test_published_layouts(tmp_path: Path, name: str, suffix: str) -> None:
    rows = LAYOUTS[name]
    data = jsonl(rows) if suffix == "jsonl.gz" else json.dumps(rows)
    found = same(written(tmp_path / f"a.{suffix}", data))
    assert sum(group.rows for group in found[2]) == len(rows)


NESTED: list[Any] = [[{"m": "x"}, {"n": 1}, {"m": None}, {"m": ["q", "p"]}], [], None, [{"m": None}]]
ODD: list[Any] = ["x", {"m": 1}, [[{"m": 1}], 2], 1.5]


@pytest.mark.parametrize("column", ["c[].m", "r.c[].m"])
def test_values_inside(tmp_path: Path, column: str) -> None:
    """Also those in rows that no type is inferred from."""
    rows = [{"r": {"c": value}, "c": value} for value in NESTED]
    late = [{"r": {"c": value}, "c": value} for value in ODD]
    path = written(tmp_path / "a.jsonl", jsonl([*rows, {}, {"r": {}}, {"r": None}, *rows * 5120, *late]))
    columns = Columns(generator=column)
    with Plain([str(path)]) as found, Duck([str(path)]) as expected:
        assert found.groups(columns) == expected.groups(columns)


NUMBERS = [
    *("1.0", "1e16", "1e20", "1e21", "1e22", "1e-5", "1e-6", "1e-7", "1.50", "0.1", "-0.0", "-0", "1E5"),
    *("123456789.125e5", "12345678901234567890123", "1e300"),
]


@pytest.mark.parametrize("number", [*NUMBERS, "true", "NaN", "[1,2.50]", '{"b":"é\\n","a":[]}'])
def test_values_that_are_no_text_are_said_and_copied_as_they_are(tmp_path: Path, number: str) -> None:
    path = written(tmp_path / "a.jsonl", f'{{"s": "x"}}\n{{"s":{number}}}\n')
    columns = Columns(source="s", id="s")
    found, expected = seen(Plain, path, columns), seen(Duck, path, columns)
    assert found[2] == expected[2]
    assert f'{{"s":{number},"licheck":' in "".join(p.read_text() for p in tmp_path.glob("*Plain.jsonl"))


@pytest.mark.parametrize(
    "text", ["5.5", "4.5", "-4.5", "1e3", " 5 ", "+5", "1_000", "5.", ".5", "1e-3", "15e-1", "\t5\n"]
)
def test_numbers_in_text(tmp_path: Path, text: str) -> None:
    same(written(tmp_path / "a.jsonl", jsonl([{"t": text}])), Columns(tokens="t"))


@pytest.mark.parametrize(
    "text", ["", "n/a", "true", "1e400", "5,0", "NaN", "²", "1__0", "--5", "1e", "9223372036854775808"]
)
def test_numbers_that_are_none(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.jsonl", jsonl([{"t": 1}, {"t": text}]))
    for engine in (Duck, Plain):
        with pytest.raises(InputError), engine([str(path)]) as rows:
            rows.groups(Columns(tokens="t"))


BAD = b'{"s": "x"}\n{"s": "y\n\n[1]\n{"s": "\xff"}\n{"s": "\\ud800"}\n{"s": "x", "s": "y"}\n{"s": "x"}\n'


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_bad_rows(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, BAD)
    found = same(path, Columns(source="s"), skip=5)
    assert [bad.row for bad in found[3]] == [2, 4, 5, 6, 7]
    for skip in (0, 4):
        assert error(Plain, path, skip) == error(Duck, path, skip)


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_bad_rows_of_csv(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, b'a,b\nx,y\n1,2,3\n"l1\nl2",z\nx\nx,\xff\n"x"y,1\nx,w\n')
    assert [bad.row for bad in same(path, Columns(source="a"), skip=4)[3]] == [3, 6, 7, 8]
    for skip in (0, 3):
        assert error(Plain, path, skip) == error(Duck, path, skip)


def error(engine: type[Duck] | type[Plain], path: Path, skip: int = 0) -> tuple[type, str]:
    with pytest.raises(LicheckError) as caught:
        seen(engine, path, Columns(source="s" if "json" in path.name else "a"), skip)
    return type(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", ""),
        ("a.csv", "a,A\n1,2\n"),
        ("a.csv", "\na,b\n1,2\n"),
        ("a.jsonl", '{"License":1,"license":2}\n'),
        ("a.jsonl", '\ufeff{"s":1}\n'),
        ("a.jsonl", '{"t":1}\n'),
        ("a.json", '{"s":\n"x"}'),
    ],
)
def test_the_same_is_said_of_what_is_wrong(tmp_path: Path, name: str, data: str) -> None:
    path = written(tmp_path / name, data)
    assert error(Plain, path) == error(Duck, path)


NO_ARRAYS = ['[{"s":"x"},]', '[{"s":"x"}', '[{"s":"x"}] x', '[{"s":1}{"s":2}]', '[{"s":"\\ud800"}]', "["]


@pytest.mark.parametrize("text", [*NO_ARRAYS, '[{"s":1,"s":2}]', '[,{"s":1}]'])
def test_arrays_that_are_none(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.json", text)
    assert error(Plain, path)[0] is error(Duck, path)[0] is UnreadableError


def test_arrays_longer_than_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licheck.data.lines._CHUNK", 3)
    same(written(tmp_path / "a.json", json.dumps([{"s": "é" * n, "i": n} for n in range(9)], indent=1)))
    same(written(tmp_path / "b.json", " [ ] "))
    same(written(tmp_path / "c.json", '[null , {"s":"x"}]'), Columns(source="s"))


def test_files_that_cannot_be_read_to_the_end(tmp_path: Path) -> None:
    text = os.urandom(9000).hex()
    for name, whole in (("a.jsonl.gz", f'{{"s": "{text}"}}'), ("a.csv.gz", f"a,s\n{text}"), ("a.json.gz", f'["{text}')):
        data = gzip.compress(whole.encode())
        for broken in (data[:-9], data[:2000] + b"\0" * 99 + data[2099:], data[:12]):
            (tmp_path / name).write_bytes(broken)
            with pytest.raises(UnreadableError, match=name):
                seen(Plain, tmp_path / name, Columns())


def test_files_that_differ(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a.csv", "a,b\n1,2\n"), written(tmp_path / "b.csv", "b,a\n1,2\n")
    errors = []
    for engine in (Plain, Duck):
        with pytest.raises(InputError, match="another order") as caught:
            engine([str(one), str(other)])
        errors.append(str(caught.value))
    assert errors[0] == errors[1]
    written(tmp_path / "b.csv", "a,b\n3,2\n")
    with Plain([str(tmp_path)]) as rows:
        assert [(g.key.source, g.rows) for g in rows.groups(Columns(source="b"))] == [("2", 2)]


def test_what_needs_duckdb_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.parquet", "a.jsonl.zst"):
        with pytest.raises(InputError, match=r"licheck-models\[data\]"):
            Plain([str(written(tmp_path / name, "x"))])
    path = written(tmp_path / "a.jsonl", jsonl([{"s": "x"}]))
    with Plain([str(path)]) as rows:
        for name in ("o.parquet", "o.jsonl.zst"):
            with pytest.raises(InputError, match=r"licheck-models\[data\]"):
                rows.write(Columns(), {}, None, tmp_path / name)
    monkeypatch.setattr(plain, "LIMIT", 5000)
    with pytest.raises(InputError, match="more than"):
        Plain([str(written(tmp_path / "b.jsonl", jsonl([{"s": "x" * 5000}])))])


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz", "a.json.gz"])
def test_a_small_file_with_much_in_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(plain, "LIMIT", 1 << 20)
    path = written(tmp_path / name, b"[" + b" " * (9 << 20) if ".json." in name else b"a" * (9 << 20))
    with pytest.raises(InputError, match="more than 1 MB"):
        Plain([str(path)])


def test_more_combinations_than_can_be_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MOST", 3)
    path = written(tmp_path / "a.jsonl", jsonl([{"s": f"u{i}", "license": ["mit"]} for i in range(4)]))
    columns = Columns(source="s", license="license")
    errors = []
    for engine in (Plain, Duck):
        with pytest.raises(InputError, match="column 's' has 4 distinct values") as caught:
            seen(engine, path, columns)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]


def test_targets_that_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", jsonl([{"s": "x"}]))
    (tmp_path / "link.jsonl").symlink_to(path)
    (tmp_path / "d.jsonl").mkdir()
    with Plain([str(path)]) as rows:
        for name in ("a.jsonl", "link.jsonl", "d.jsonl", "none/a.jsonl", "a.csv"):
            with pytest.raises(InputError, match=name):
                rows.write(Columns(), {}, None, tmp_path / name)
        with pytest.raises(InputError, match="both"):
            rows.write(Columns(), {}, tmp_path / "o.jsonl", tmp_path / "o.jsonl")
    assert path.read_text() == '{"s": "x"}\n'


@pytest.mark.parametrize("name", ["clean.jsonl", "clean.jsonl.gz"])
def test_rows_keep_their_order_and_text(tmp_path: Path, name: str) -> None:
    lines = ['{ "s" : 1.0, "LiCheck": 1E400 }', "{}", '{"s": "}\\n", "b": {} } ']
    path = written(tmp_path / "a.jsonl", "\r\n".join(lines))
    with Plain([str(path)]) as rows:
        assert rows.write(Columns(), {Key(): OK}, tmp_path / name, None) == (3, 0)
    data = (tmp_path / name).read_bytes()
    said = '"licheck_verdict":"usable: fine"}'
    expected = [f'{{ "s" : 1.0, "LiCheck": 1E400,{said}', f"{{{said}", f'{{"s": "}}\\n", "b": {{}},{said}']
    assert (gzip.decompress(data) if name.endswith("gz") else data).decode().splitlines() == expected


@pytest.mark.parametrize("wrong", [KeyboardInterrupt, OSError, MemoryError])
def test_what_stops_it_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: type[BaseException]
) -> None:
    path = written(tmp_path / "a.jsonl", jsonl([{"s": str(i % 2)} for i in range(9)]))
    out = tmp_path / "out"
    out.mkdir()
    (out / "clean.jsonl").write_text("old")

    class Stops(dict[Key, tuple[str, str]]):
        def get(self, *_: Any) -> Any:
            assert len(list(out.iterdir())) == 3
            raise wrong

    with Plain([str(path)]) as rows, pytest.raises(InputError if wrong is OSError else wrong):
        rows.write(Columns(source="s"), Stops(), out / "clean.jsonl", out / "flagged.jsonl")
    assert [(p.name, p.read_text()) for p in out.iterdir()] == [("clean.jsonl", "old")]


def test_which_engine_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(written(tmp_path / "a.jsonl", jsonl([{"s": "x"}])))
    assert isinstance(open_rows([path], "python"), Plain)
    with open_rows([path]) as rows:
        assert isinstance(rows, Duck)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert isinstance(open_rows([path]), Plain)


ROWS = [
    {"id": "a", "source": "our/tickets", "license": ["cc0-1.0"], "tokens": 5},
    {"id": "c", "source": "our/papers", "license": ["cc-by-nc-4.0", "mit"], "tokens": 1},
    {"id": "d", "source": "our/chats", "license": ["mit"], "model": "gpt-4o", "tokens": 2.5},
    {"id": "e", "source": None, "license": [], "tokens": None, "created": "2024-01-02T03:04:05Z"},
]


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_report_is_the_same_without_duckdb(tmp_path: Path, form: str) -> None:
    """The command itself, in an environment where DuckDB cannot be imported."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "duckdb.py").write_text("raise ImportError('there is no DuckDB here')")
    written(tmp_path / "rows.jsonl.gz", jsonl(ROWS * 9) + "{bad\n")
    command = [sys.executable, "-m", "licheck", "audit", "rows.jsonl.gz", "-f", form, "--skip-bad-rows", "1"]
    command += ["--write-flagged", "flagged.jsonl"]
    reports, flagged = [], []
    for path in (str(ROOT), f"{hidden}{os.pathsep}{ROOT}"):
        env = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=env, check=False)
        assert done.returncode == 1, done.stderr.decode()
        reports.append(done.stdout)
        flagged.append(said(tmp_path / "flagged.jsonl"))
    assert reports[0] == reports[1]
    assert b"our/papers" in reports[0]
    assert flagged[0] == flagged[1]


MIXED = [
    {"source": "a", "license": "mit", "tokens": 5},
    {"source": "a", "license": ["mit", "bsd"], "tokens": "7"},
    {"source": "b", "license": None, "tokens": None},
    {"source": "b", "license": [None, ["mit"]]},
]
MISFITS: list[tuple[dict[str, Any], str]] = [
    ({"source": "a", "license": 3}, "license is a number, not text or a list of texts"),
    ({"source": "a", "license": ["mit", 3]}, "license is a list, not text or a list of texts"),
    ({"source": "a", "license": {"id": "mit"}}, "license is an object, not text or a list of texts"),
    ({"source": "a", "license": True}, "license is true or false, not text or a list of texts"),
    ({"source": "a", "license": "mit", "tokens": "many"}, "tokens is 'many', not a number"),
]


@pytest.mark.parametrize("engine", ["duckdb", "python"])
def test_texts_and_lists_in_one_column(tmp_path: Path, engine: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in MIXED * 3), "utf-8")
    with open_rows([str(path)], engine) as rows:
        columns, _ = detect(rows.schema())
        assert columns == Columns(source="source", license="license", tokens="tokens")
        found = {(g.key.source, g.key.license): (g.rows, g.tokens) for g in rows.groups(columns)}
    assert found == {
        ("a", ("mit",)): (3, 15),
        ("a", ("bsd", "mit")): (3, 21),
        ("b", None): (3, None),
        ("b", ("mit",)): (3, None),
    }


@pytest.mark.parametrize("engine", ["duckdb", "python"])
@pytest.mark.parametrize(("row", "why"), MISFITS)
def test_a_value_of_another_kind_makes_a_bad_row(tmp_path: Path, engine: str, row: dict[str, Any], why: str) -> None:
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        lines = [json.dumps(good) for good in MIXED]
        lines[2:2] = [json.dumps(row), "{nothing"] if path == paths[1] else []
        path.write_text("\n".join(lines) + "\n", "utf-8")
    columns = Columns(source="source", license="license", tokens="tokens")
    for most in (0, 1):
        with pytest.raises(InputError) as error, open_rows([*map(str, paths)], engine, skip_bad_rows=most) as rows:
            rows.groups(columns)
        assert "b.jsonl:" in str(error.value)
    with open_rows([*map(str, paths)], engine, skip_bad_rows=2) as rows:
        assert sum(group.rows for group in rows.groups(columns)) == 8
        assert [(bad.path, bad.row) for bad in rows.bad_rows] == [(str(paths[1]), 3), (str(paths[1]), 4)]
        assert rows.bad_rows[0].why == why
        rows.write(columns, {}, None, tmp_path / f"{engine}.jsonl")
    assert len((tmp_path / f"{engine}.jsonl").read_text("utf-8").splitlines()) == 8


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_a_date_that_is_none_makes_a_bad_row(tmp_path: Path, suffix: str) -> None:
    days = ["2024-01-02", "soon", "", None, "2024-13-01", "2024-01-02T10:00:00Z", "soon"]
    path = tmp_path / f"a.{suffix}"
    made = f"SELECT 'a' AS source, unnest({['' if d is None else d for d in days]}) AS created"
    how = {"jsonl": "json", "csv": "csv"}.get(suffix, suffix)
    duckdb.execute(f"COPY ({made}) TO '{path}' (FORMAT {how})")
    columns = Columns(source="source", date="created")
    rows_of = {"jsonl": [2, 5, 7], "csv": [3, 6, 8], "parquet": [2, 5, 7]}[suffix]
    for engine in ("duckdb", "python") if suffix != "parquet" else ("duckdb",):
        with pytest.raises(InputError) as error, open_rows([str(path)], engine) as rows:
            rows.groups(columns)
        assert f"a.{suffix}:{rows_of[0]}: created is 'soon', not a date" in str(error.value)
        with pytest.raises(InputError, match="more than 2 bad rows"), open_rows([str(path)], engine, "1GB", 2) as rows:
            rows.groups(columns)
        with open_rows([str(path)], engine, skip_bad_rows=3) as rows:
            assert sum(group.rows for group in rows.groups(columns)) == 4
            assert [bad.row for bad in rows.bad_rows] == rows_of
            assert sum(rows.write(columns, {}, None, tmp_path / f"{engine}-{suffix}.jsonl")) == 4


@pytest.mark.parametrize("engine", ["duckdb", "python"])
def test_misfits_in_text_and_in_an_array(tmp_path: Path, engine: str) -> None:
    csv, array = tmp_path / "a.csv", tmp_path / "a.json"
    csv.write_text("source,size\na,3\na,x\n,\n", "utf-8")
    array.write_text(json.dumps([*MIXED, {"license": 5}]), "utf-8")
    with open_rows([str(csv)], engine, skip_bad_rows=1) as rows:
        assert {g.key.source: g.bytes for g in rows.groups(Columns(source="source", bytes="size"))} == {
            "a": 3,
            None: None,
        }
        assert [(bad.row, bad.why) for bad in rows.bad_rows] == [(3, "size is 'x', not a number")]
    with pytest.raises(InputError, match=r"a\.json:5: license is a number"), open_rows([str(array)], engine) as rows:
        rows.groups(Columns(license="license"))
