"""The fast check and jsonschema say the same of every manifest, and every refusal is put into words."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from helpers_input import FULL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from licheck.policy.schema import accepts, complaints, schema
from licheck.strict_yaml import Loaded, load

VALID = load(FULL, "f.yaml").value
VALIDATOR = Draft202012Validator(schema())
SHORT = [
    "a",
    "US",
    "us",
    "EEA",
    "yes",
    "NO",
    "finetune",
    "model",
    "2027-01-01",
    "2027-1-1",
    "a-b",
    "A b",
    "ok",
    "why",
    "US\n",
]
SCALARS = [None, True, False, 0, 1, 2, -1, 10**29, "", *SHORT, "0a" * 32, "0A" * 32]
ANY = st.recursive(
    st.sampled_from(SCALARS) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["of", "how", "name", "x"]), inner, max_size=3)
    ),
    max_leaves=4,
)
SETTINGS = settings(
    max_examples=500, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*at, key))


def put(value: Any, at: tuple[str | int, ...], new: Any) -> Any:
    if not at:
        return new
    holder = value
    for step in at[:-1]:
        holder = holder[step]
    holder[at[-1]] = new
    return value


def get(value: Any, at: tuple[str | int, ...]) -> Any:
    for step in at:
        value = value[step]
    return value


def generate(rule: dict[str, Any], draw: st.DrawFn) -> Any:
    """A value that a rule of the schema allows, made from the rule itself."""
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in rule:
        return generate(draw(st.sampled_from(rule["oneOf"])), draw)
    if "const" in rule:
        return rule["const"]
    if "enum" in rule:
        return draw(st.sampled_from(rule["enum"]))
    kind = draw(st.sampled_from(rule["type"])) if isinstance(rule["type"], list) else rule["type"]
    if kind == "object":
        wanted = [k for k in rule["properties"] if k in rule.get("required", ()) or draw(st.booleans())]
        return {key: generate(rule["properties"][key], draw) for key in wanted}
    if kind == "array":
        return [generate(rule["items"], draw) for _ in range(draw(st.integers(rule.get("minItems", 0), 2)))]
    if kind == "string":
        fallback = st.text(min_size=rule.get("minLength", 0), max_size=8)
        return draw(st.from_regex(rule["pattern"]) if "pattern" in rule else fallback)
    return draw(st.booleans() if kind == "boolean" else st.integers(min_value=rule.get("minimum")))


@st.composite
def valid_manifests(draw: st.DrawFn) -> Any:
    return generate(schema(), draw)


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """The full manifest, or another valid one, with one to three changes."""
    value = copy.deepcopy(VALID) if draw(st.booleans()) else draw(valid_manifests())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from(list(places(value))))
        old = get(value, at)
        change = draw(st.sampled_from(["replace", "drop", "add", "wrap", "empty", "swap"]))
        if change == "drop" and at:
            holder = get(value, at[:-1])
            del holder[at[-1]]
        elif change == "add" and isinstance(old, dict):
            old[draw(st.sampled_from(["x", "of", "name", "until", ""]))] = draw(ANY)
        elif change == "add" and isinstance(old, list):
            old.append(draw(ANY))
        elif change == "wrap":
            value = put(value, at, [old])
        elif change == "empty":
            value = put(value, at, type(old)())
        elif change == "swap":
            value = put(value, at, copy.deepcopy(get(value, draw(st.sampled_from(list(places(value)))))))
        else:
            value = put(value, at, draw(ANY))
    return value


def told(value: Any) -> list[str]:
    """Keys of the complaints about a value; each has words and a help."""
    problems = complaints(Loaded(value, {}, ()), "f.yaml")
    assert all(p.message and p.help and p.path == "f.yaml" for p in problems)
    return [p.key for p in problems]


def agree(value: Any) -> bool:
    fast = accepts(value, schema())
    assert fast == VALIDATOR.is_valid(value), value
    assert bool(told(value)) != fast, value
    return fast


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_fast_check_knows_every_keyword_that_the_schema_uses() -> None:
    known = {
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "additionalProperties",
        "required",
        "properties",
    }
    known |= {"const", "enum", "oneOf", "items", "pattern", "minLength", "minItems", "minimum"}
    rules: list[dict[str, Any]] = [schema()]
    for rule in rules:
        assert set(rule) <= known
        assert rule.get("type") != "object" or rule["additionalProperties"] is False
        assert not {"$ref", "oneOf", "const", "enum"} & set(rule) or not set(rule) & {
            "type",
            "pattern",
            "minimum",
            "items",
        }
        rules += [*rule.get("properties", {}).values(), *rule.get("$defs", {}).values(), *rule.get("oneOf", ())]
        rules += [rule["items"]] if "items" in rule else []
    assert len(rules) > 40


def test_a_manifest_with_every_key_is_accepted() -> None:
    assert agree(VALID)


@pytest.mark.parametrize("at", list(places(VALID)), ids=str)
def test_both_agree_on_every_place_with_every_kind_of_value(at: tuple[str | int, ...]) -> None:
    kinds = [*SCALARS, [], {}, [[]], [None], {"x": 1}, ["US"], ["finetune"], {"of": "a", "how": "run"}]
    answers = {agree(put(copy.deepcopy(VALID), at, kind)) for kind in kinds}
    assert False in answers


@pytest.mark.parametrize("at", [at for at in places(VALID) if at], ids=str)
def test_both_agree_when_a_key_or_item_is_gone(at: tuple[str | int, ...]) -> None:
    value = copy.deepcopy(VALID)
    del get(value, at[:-1])[at[-1]]
    agree(value)


@pytest.mark.parametrize("at", [at for at in places(VALID) if isinstance(get(VALID, at), dict)], ids=str)
def test_both_agree_that_no_mapping_takes_a_key_of_its_own(at: tuple[str | int, ...]) -> None:
    value = copy.deepcopy(VALID)
    get(value, at)["of_"] = 1
    assert not agree(value)


@SETTINGS
@given(valid_manifests())
def test_what_the_schema_describes_is_accepted_by_both(value: Any) -> None:
    assert agree(value)


@SETTINGS
@given(mutants())
def test_both_agree_on_broken_manifests(value: Any) -> None:
    agree(value)


@SETTINGS
@given(ANY)
def test_both_agree_on_anything(value: Any) -> None:
    agree(value)


def test_the_mutants_are_of_both_kinds() -> None:
    seen: list[bool] = []

    @settings(SETTINGS, max_examples=200)
    @given(mutants())
    def look(value: Any) -> None:
        seen.append(accepts(value, schema()))

    look()
    assert seen.count(True) > 3
    assert seen.count(False) > 50
