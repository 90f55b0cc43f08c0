"""Checks a manifest against its JSON Schema and says what is wrong in the words of the manifest.

Importing jsonschema takes longer than the whole check, so a manifest is first held against the schema by `accepts`,
which knows the keywords that the schema uses; only one that it refuses goes to jsonschema, which words the complaints.
A test holds the two against each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from licheck.errors import Problem
from licheck.strict_yaml import Loaded, show

MAX_ERRORS = 200  # one use is enough to correct a generator by
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}
_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
}


@cache
def schema() -> dict[str, Any]:
    """Return the schema of licheck.yaml."""
    data: dict[str, Any] = json.loads(Path(__file__).with_name("manifest.schema.json").read_text("utf-8"))
    return data


def complaints(loaded: Loaded, name: str) -> list[Problem]:
    """Return everything in a loaded manifest that its schema does not allow."""
    if accepts(loaded.value, schema()):
        return []
    from jsonschema import Draft202012Validator

    errors = islice(Draft202012Validator(schema()).iter_errors(loaded.value), MAX_ERRORS)
    found = (problem for error in errors for problem in _problems(error, loaded, name))
    return list(islice(found, MAX_ERRORS))


def accepts(value: Any, rule: dict[str, Any]) -> bool:
    """Whether the schema surely allows the value."""
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rsplit("/", 1)[1]]
    if "oneOf" in rule:
        return sum(accepts(value, option) for option in rule["oneOf"]) == 1
    if "const" in rule:
        return bool(value == rule["const"]) and type(value) is type(rule["const"])
    if "enum" in rule:
        return any(value == option and type(value) is type(option) for option in rule["enum"])
    types = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    if not any(isinstance(value, _TYPES[t]) and (t == "boolean") == isinstance(value, bool) for t in types):
        return False
    if isinstance(value, dict):
        known = rule["properties"]
        return set(rule.get("required", ())) <= set(value) and all(
            k in known and accepts(v, known[k]) for k, v in value.items()
        )
    if isinstance(value, list):
        return len(value) >= rule.get("minItems", 0) and all(accepts(item, rule["items"]) for item in value)
    if isinstance(value, str):
        return len(value) >= rule.get("minLength", 0) and (
            "pattern" not in rule or re.search(rule["pattern"], value) is not None
        )
    return bool(value >= rule.get("minimum", value))


def _problems(error: Any, loaded: Loaded, name: str) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    if error.validator == "oneOf":
        # The branch for the kind of value that stands there says it best.
        branch = 1 if isinstance(error.instance, list) else 0
        for inner in error.context:
            if inner.schema_path[0] == branch:
                yield from _problems(inner, loaded, name)
    elif error.validator == "additionalProperties":
        for key in error.instance:
            if key not in error.schema["properties"]:
                here = (*path, key)
                yield Problem(
                    name, loaded.line(here), show(here), "unknown key", _suggest(key, error.schema["properties"])
                )
    elif error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance:
                where = show(path) or "the file"
                yield Problem(name, loaded.line(path) or 1, show((*path, key)), f"missing from {where}", _example(key))
        return
    else:
        yield Problem(name, loaded.line(path) or 1, show(path), *_say(error))


def _say(error: Any) -> tuple[str, str]:
    """What is wrong with a value, and what to write instead."""
    value, kind, wanted = error.instance, error.validator, error.validator_value
    written = json.dumps(value, ensure_ascii=False, default=str)
    written = written if len(written) <= 60 else written[:57] + "…"
    if kind == "type":
        names = " or ".join(_NAMES[t] for t in (wanted if isinstance(wanted, list) else [wanted]))
        return f"{written} is not {names}", f"write {names}" if error.absolute_path else _example("licheck")
    if kind == "enum":
        options = [str(option) for option in wanted if not isinstance(option, bool)]
        return f"unknown value {written}", _suggest(str(value), options)
    if kind == "const":
        return f"{written} is not a version of this form", f"write {wanted}"
    if kind == "minimum":
        return f"{written} is below {wanted}", f"write {wanted} or a greater number"
    if kind in ("minItems", "minLength"):
        return "is empty" if not value else f"{written} is too short", "write something or remove the key"
    return f"{written} does not have the right form", _form(wanted)


def _form(pattern: str) -> str:
    if "[0-9a-f]{64}" in pattern:
        return "write the 64 hex digits that sha256sum prints"
    if "[0-9]{4}" in pattern:
        return "write a day like 2027-01-31"
    if "[A-Z]{2}" in pattern:
        return "write two capital letters (ISO 3166-1), like DE or US" + (", or EEA" if "EEA" in pattern else "")
    return "write lower-case words joined by hyphens, like customer-support"


def _suggest(word: str, options: Any) -> str:
    close = get_close_matches(word.lower(), list(options), 1, 0.6)
    listing = ", ".join(options)
    return f"did you mean {close[0]!r}? known: {listing}" if close else f"known: {listing}"


def _example(key: str) -> str:
    examples = {
        "licheck": "begin the file with `licheck: 1`",
        "project": "write `project:` with at least a `name:`",
        "uses": "list what you use, each with `of:` and `how:`; `uses: []` if nothing",
        "name": "write `name: org/model`",
        "of": "write `of: hf:org/name` or another route",
        "how": "write `how: finetune` or another use",
        "reason": "write why, and who decided",
        "because": "write `because: {path: …, sha256: …}`, the file that proves it",
    }
    return examples.get(key, f"write `{key}: …`")
