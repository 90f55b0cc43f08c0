"""YAML without surprises: what keeps its text, what is refused on which line, and that hostile input stays cheap."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from licheck.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, Loaded, load, show

SECONDS = 8.0  # of the processor: far over what any of these takes (2), far under what the quadratic one took (17)
TEXTS = (
    "NO no yes on Off y 2027-01-01 2025-07 2001-12-14t21:59:43.10-05:00 1.10 1.0 1e3 0123 007 0o17 0x1F 0b1 1__0 _1 1_ "
    "190:20:30 .inf .NaN 1,000 = << v1.0 truely nullable 9999999999999999999999999999999"
)


def value_of(text: str) -> Any:
    loaded = load(text, "f.yaml")
    assert loaded.problems == ()
    return loaded.value


def refused(text: str) -> tuple[int | None, str, str]:
    """Line, message and help of the one complaint about a text."""
    loaded = load(text, "f.yaml")
    assert loaded.value is None
    [problem] = loaded.problems
    assert problem.path == "f.yaml"
    assert problem.help
    return problem.line, problem.message, problem.help


@pytest.mark.parametrize("written", TEXTS.split())
def test_what_other_readers_turn_into_something_else_stays_text(written: str) -> None:
    assert value_of(f"a: {written}\nb: [{written if ',' not in written else 'x'}]")["a"] == written


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        *[
            ("true", True),
            ("True", True),
            ("FALSE", False),
            ("null", None),
            ("~", None),
            ("", None),
            ("0", 0),
            ("-0", 0),
        ],
        *[("12", 12), ("+12", 12), ("-7", -7), ("40_000", 40_000), ("1_000_000", 1_000_000), ("9" * 30, int("9" * 30))],
    ],
)
def test_only_truth_null_and_whole_numbers_have_a_type(written: str, wanted: object) -> None:
    found = value_of(f"a: {written}")["a"]
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize("quote", ["'{}'", '"{}"', "|-\n  {}", ">-\n  {}"])
@pytest.mark.parametrize("written", ["12", "true", "null", "~", "NO", "1.10"])
def test_quotes_and_blocks_make_text(quote: str, written: str) -> None:
    assert value_of("a: " + quote.format(written)) == {"a": written}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value_of("1: a\nno: b\nnull: c\n2025-07: d\n'': e") == {
        "1": "a",
        "no": "b",
        "null": "c",
        "2025-07": "d",
        "": "e",
    }


def test_a_merge_key_merges_nothing() -> None:
    assert value_of("a: {<<: {b: 1}, c: 2}") == {"a": {"<<": {"b": 1}, "c": 2}}


def test_the_second_key_does_not_win_and_both_lines_are_named() -> None:
    loaded = load("a: 1\nb:\n  - c: 1\n    d: 2\n    c: 3\na: 4\n'a': 5\n", "f.yaml")
    told = [(p.line, p.key, p.message) for p in loaded.problems]
    assert told == [
        (5, "b[0].c", "the key stands twice (first on line 3)"),
        (6, "a", "the key stands twice (first on line 1)"),
        (7, "a", "the key stands twice (first on line 1)"),
    ]


def test_a_number_and_its_text_are_one_key() -> None:
    assert load("1: a\n'1': b", "f.yaml").problems[0].line == 2


def test_duplicate_keys_are_told_even_if_the_syntax_breaks_later() -> None:
    told = load("a: 1\na: 2\nb: [\n", "f.yaml").problems
    assert [p.line for p in told] == [2, 3]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: &x 1\nb: *x", 2, "alias"),
        ("a: 1\n*x : 2", 2, "alias"),
        (
            "a: 1\nb: !!python/object/apply:os.system ['id']",
            2,
            "a tag (tag:yaml.org,2002:python/object/apply:os.system)",
        ),
        ("a: !!str 12", 1, "a tag (tag:yaml.org,2002:str)"),
        ("a:\n  - !Ref b", 2, "a tag (!Ref)"),
        ("- !!set {a, b}", 1, "a tag (tag:yaml.org,2002:set)"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: 1\n...\n---\nb: 2\n", 3, "second document"),
        ("a: 1\n...\nb: 2\n", 3, "not valid YAML"),
        ("a:\n\tb: 1", 2, "not valid YAML"),
        ("a:\n  b: 1\n\tc: 2", 3, "not valid YAML"),
        ("a: 1\nb: x\0y\n", 2, "U+0000"),
        ("\n\na: \x1b[31mred", 3, "U+001B"),
        ("a: \x7f", 1, "U+007F"),
        ("a: 1\nb: \ud800", 2, "U+D800"),
        ('a: "\\ud800"', 1, "not valid YAML"),
        ("a: hf: b", 1, "not valid YAML"),
        ("a: 1\nb: 'open", 2, "not valid YAML"),
        ("a: }", 1, "not valid YAML"),
        ("a: 1\n b: 2", 2, "not valid YAML"),
        ("a: 1\n? [b, c]\n: 2", 2, "where a key belongs"),
        ("a: 1\n{b: c}: 2", 2, "where a key belongs"),
        ("%YAML 3.0\n---\na: 1", 1, "not valid YAML"),
    ],
)
def test_what_is_refused_names_its_line(text: str, line: int, says: str) -> None:
    found, message, _ = refused(text)
    assert says in message
    assert found == line


def test_the_help_fits_the_fault() -> None:
    assert "not tabs" in refused("a:\n\tb: 1")[2]
    assert "UTF-8" in refused("a: \0")[2]
    assert "quote" in refused("a: hf: b")[2]
    assert "'---'" in refused("a: 1\n---\nb: 1")[2]


def test_an_anchor_that_nobody_uses_does_no_harm() -> None:
    assert value_of("a: &x 1\nb: &y [2]") == {"a": 1, "b": [2]}


def test_a_billion_laughs_stop_at_the_first() -> None:
    text = "a0: &a0 [lol]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    line, message, _ = refused(text)
    assert (line, "alias" in message) == (2, True)


@pytest.mark.parametrize("opening", ["[", "{a: ", "[{a: "])
def test_flow_nesting_has_a_bound(opening: str) -> None:
    levels = 2 if opening.startswith("[{") else 1
    closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(opening) if c in "[{")
    fits = MAX_DEPTH // levels
    value_of(opening * fits + closing * fits)
    assert "nested deeper" in refused(opening * (fits + 1) + closing * (fits + 1))[1]
    assert "nested deeper" in refused(opening * 50_000)[1]


def test_block_nesting_has_a_bound_and_names_the_line() -> None:
    text = "".join(f"{' ' * i}a:\n" for i in range(MAX_DEPTH))
    value_of(text)
    assert refused(text + " " * MAX_DEPTH + "a: 1")[:2] == (MAX_DEPTH + 1, f"nested deeper than {MAX_DEPTH} levels")
    assert "nested deeper" in refused("- " * 100_000)[1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(end: str) -> None:
    loaded = load("\ufeff" + end.join(["a: 1", "b:", "  - c", "  - |", "    d", "    e", ""]), "f.yaml")
    assert loaded.value == {"a": 1, "b": ["c", "d\ne\n"]}
    assert (loaded.lines[("a",)], loaded.lines[("b", 1)]) == (1, 4)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~", "---\n...\n"])
def test_nothing_is_nothing_and_no_error(text: str) -> None:
    assert load(text, "f.yaml") == Loaded(None, {}, ())


def test_a_scalar_or_list_at_the_top_is_a_value_like_any_other() -> None:
    assert value_of("NO") == "NO"
    assert value_of("- 1\n- [2]") == [1, [2]]


def test_lines_count_from_where_the_text_stands_in_its_file() -> None:
    loaded = load("a: 1\nb:\n- c: [x, y]\na: 2", "README.md", first_line=10)
    assert loaded.lines[("b", 0, "c", 1)] == 12
    assert loaded.line(("b", 0, "missing", "deeper")) == 12
    assert loaded.line(("missing",)) is None
    assert (loaded.problems[0].line, loaded.problems[0].message) == (13, "the key stands twice (first on line 10)")
    assert load("a: [", "README.md", first_line=10).problems[0].line == 10


def test_a_path_reads_as_people_say_it() -> None:
    assert show(()) == ""
    assert show(("policy", "exceptions", 12, "of")) == "policy.exceptions[12].of"
    assert len(show(("k" * 100_000, 0))) < 100


def _many_duplicates_under_long_keys() -> str:
    deep = "".join(f"{' ' * i}{'k' * 1000}:\n" for i in range(25))
    return deep + (" " * 30 + "a: 1\n") * 27_000


HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    "5 MB": (lambda: "a: " + "x" * 5_000_000, "larger than"),
    "just over the bound": (lambda: "a: " + "x" * MAX_BYTES, "larger than"),
    "a very long line": (lambda: "a: " + "x" * (MAX_BYTES - 10), ""),
    "an open quote": (lambda: 'a: "' + "x" * (MAX_BYTES - 10), "not valid YAML"),
    "blank lines": (lambda: "\n" * (MAX_BYTES - 10) + "a: 1", ""),
    "a comment": (lambda: "#" * (MAX_BYTES - 10) + "\na: 1", ""),
    "a list": (lambda: "- a\n" * 249_000, ""),
    "a flow list": (lambda: "[" + "a," * 490_000 + "]", ""),
    "open brackets": (lambda: "[" * 990_000, "nested deeper"),
    "question marks": (lambda: "? " * 490_000, "where a key belongs"),
    "colons": (lambda: "a: " * 330_000, "not valid YAML"),
    "a long anchor": (lambda: "a: &" + "x" * 990_000 + " 1", ""),
    "duplicate keys": (lambda: "a: 1\n" * 190_000, f"{MAX_PROBLEMS} keys stand twice"),
    "duplicates, long keys": (_many_duplicates_under_long_keys, f"{MAX_PROBLEMS} keys stand twice"),
    "tag directives": (lambda: "".join(f"%TAG !a{i}! x\n" for i in range(55_000)) + "---\na: 1", "directives"),
    "tag directives, CR": (lambda: "".join(f"%TAG !a{i}! x\r" for i in range(55_000)) + "---\ra: 1", "directives"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_costs_no_more_than_its_size(name: str) -> None:
    make, says = HOSTILE[name]
    text = make()
    start = time.process_time()
    loaded = load(text, "f.yaml")
    assert time.process_time() - start < SECONDS
    assert (says in loaded.problems[-1].message) if says else (loaded.problems == () and loaded.value is not None)
    assert sum(len(str(problem)) for problem in loaded.problems) < 1_000_000
