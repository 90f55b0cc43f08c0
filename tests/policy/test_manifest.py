"""licheck.yaml: every complaint at once, each with line, key and what to write; and the folder that it names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from helpers_input import FULL, GOOD, problems

from licheck.model.audit import Columns
from licheck.policy import manifest as manifests
from licheck.policy.schema import schema

SHA = "0a" * 32


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "licheck.yaml"


def changed(old: str, new: str) -> str:
    assert FULL.count(old) == 1, old
    return FULL.replace(old, new)


def the_problem(file: Path, manifest: str | bytes) -> tuple[int | None, str, str, str]:
    [problem] = problems(file, manifest)
    return problem.line, problem.key, problem.message, problem.help


def test_a_full_manifest_is_read_as_written(file: Path) -> None:
    assert problems(file, FULL) == []
    manifest = manifests.read(file)
    assert manifest.project.domicile == "NO"
    assert manifest.project.monthly_active_users == 40_000
    assert manifest.uses[0].revision == "0123"
    assert str(manifest.uses[2].when) == "2025-01-01 to 2025-12-31"
    assert manifest.lines["policy.clarify[0].because.sha256"] == len(FULL.splitlines())


@pytest.mark.parametrize("text", ["- a\n- b", "just words", "12", "true", "[]"])
def test_anything_but_a_mapping_at_the_top_is_refused(file: Path, text: str) -> None:
    line, key, message, help_ = the_problem(file, text)
    assert (line, key) == (1, "")
    assert "is not a mapping" in message
    assert "licheck: 1" in help_


@pytest.mark.parametrize(
    ("meant", "before", "key"),
    [
        ("policy", "\n", "policyy"),
        ("domicile", "  ", "project.domicil"),
        ("feature", "  ", "uses[1].Features"),
        ("plan", "{", "uses[1].account.plans"),
        ("fail_on", "  ", "policy.fail-on"),
        ("clause", ", ", "policy.exceptions[0].clauses"),
    ],
)
def test_unknown_keys_come_with_a_suggestion(file: Path, meant: str, before: str, key: str) -> None:
    written = key.rpartition(".")[2]
    text = changed(f"{before}{meant}:", f"{before}{written}:")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if f"{written}:" in row)
    found = the_problem(file, text)
    assert found[:3] == (line, key, "unknown key")
    assert found[3].startswith(f"did you mean '{meant}'? known: ")


def test_a_misspelt_key_that_must_be_there_is_unknown_and_missing(file: Path) -> None:
    for old, new, at, want in [
        (
            "    - of: dataset:acme/tickets\n      lic",
            "    - off: dataset:acme/tickets\n      lic",
            "policy.clarify[0]",
            "of",
        ),
        ("because: {path", "because: {paht", "policy.clarify[0].because", "path"),
        ("reason:", "reasons:", "policy.exceptions[0]", "reason"),
        ("  name:", "  nam:", "project", "name"),
    ]:
        messages = [(p.key, p.message) for p in problems(file, changed(old, new))]
        assert (f"{at}.{want}", f"missing from {at}") in messages
        assert "unknown key" in [message for _, message in messages]


def test_an_unknown_key_that_resembles_none_lists_the_known_ones(file: Path) -> None:
    assert the_problem(file, GOOD + "zzz: 1\n") == (
        6,
        "zzz",
        "unknown key",
        "known: licheck, project, uses, data, policy",
    )


# key → a value of the wrong kind, as written → part of the help
WRONG = {
    "licheck": [("2", "write 1"), ('"1"', "write 1"), ("true", "write 1"), ("1.0", "write 1"), ("", "write 1")],
    "project": [("", "a mapping"), ("acme", "a mapping"), ("[a]", "a mapping")],
    "project.name": [("12", "text"), ("", "text"), ("''", "write something"), ("[a]", "text"), ("true", "text")],
    "project.kind": [("modle", "did you mean 'model'?"), ("Model", "did you mean 'model'?"), ("3", "known: model")],
    "project.license": [("7", "text"), ("''", "remove the key"), ("[]", "remove the key"), ("{a: b}", "text")],
    "project.license[1]": [("[mit, '']", "remove the key"), ("[mit, 1]", "text")],
    "project.path": [("1", "text"), ("''", "remove the key"), ("[.]", "text")],
    "project.distribution": [("product", "a list"), ("[]", "remove the key"), ("", "a list")],
    "project.distribution[0]": [("[public]", "known: public-weights"), ("[Product]", "did you mean 'product'?")],
    "project.commercial": [("yes", "true or false"), ("1", "true or false"), ("'true'", "true or false")],
    "project.monthly_active_users": [
        ("-1", "0 or a greater"),
        ("1.5", "whole number"),
        ("40k", "whole"),
        ("true", "whole"),
    ],
    "project.annual_revenue_usd": [("-5", "0 or a greater"), ("1e6", "whole number"), ('"3"', "whole number")],
    "project.domicile": [("us", "two capital letters"), ("USA", "two capital letters"), ("false", "text")],
    "project.territories": [("US", "a list")],
    "project.territories[0]": [("[Europe]", "two capital letters"), ("[no]", "two capital letters"), ("[1]", "text")],
    "project.fields": [("support", "a list")],
    "project.fields[0]": [("[Customer Support]", "hyphens"), ("[1]", "text")],
    "project.competes": [("maybe", "known: yes, no, unknown"), ("NO", "did you mean 'no'?"), ("1", "known: yes")],
    "uses": [("", "a list"), ("{of: a}", "a list"), ("none", "a list")],
    "uses[0]": [("[hf:a/b]", "a mapping"), ("[null]", "a mapping")],
    "policy": [("", "a mapping"), ("strict", "a mapping"), ("[]", "a mapping")],
    "policy.fail_on": [
        ("warning", "known: blocker"),
        ("mustfix", "did you mean 'must-fix'?"),
        ("true", "known: blocker"),
    ],
    "data": [("[data.yaml]", "a mapping")],
    "data.manifests": [("''", "remove"), ("{a: b}", "text"), ("1", "text")],
    "data.manifests[0]": [("['']", "remove"), ("[{source: org/a}]", "text")],
    "data.columns": [("license", "a mapping"), ("[license]", "a mapping")],
    **{f"data.columns.{role}": [(f"{{{role}: 1}}", "text")] for role in Columns._fields},
    "data.own": [("maybe", "true or false")],
    "data.use": [("sell", "known: train, evaluate")],
    "policy.allow": [("MIT", "a list"), ("", "a list")],
    "policy.allow[0]": [("[1]", "text"), ("[null]", "text")],
    "policy.deny": [("{a: b}", "a list")],
    "policy.exceptions": [("", "a list"), ("{of: a}", "a list")],
    "policy.exceptions[0]": [("[hf:a/b]", "a mapping")],
    "policy.exceptions[0].reason": [("[{of: a, reason: ok}]", "write something"), ("[{of: a, reason: 1}]", "text")],
    "policy.exceptions[0].of": [("[{of: '', reason: why}]", "remove the key"), ("[{reason: why}]", "of:")],
    "policy.exceptions[0].clause": [("[{of: a, reason: why, clause: 1}]", "text")],
    "policy.exceptions[0].until": [
        (f"[{{of: a, reason: why, until: {day}}}]", "write a day like 2027-01-31")
        for day in ("soon", "2027-1-1", "2027-02-30", "2027-13-01", "0000-01-01", "31.01.2027")
    ],
    "policy.clarify": [("x", "a list")],
    "policy.clarify[0].because": [
        ("[{of: a, license: MIT}]", "sha256"),
        ("[{of: a, license: MIT, because: x}]", "a mapping"),
    ],
    "policy.clarify[0].because.sha256": [
        (f"[{{of: a, license: MIT, because: {{path: p, sha256: {digest}}}}}]", "64 hex digits")
        for digest in ("abc", SHA.upper(), SHA + "0")
    ],
    "uses[0].of": [
        (f"[{{how: finetune, of: {of}}}]", help_)
        for of, help_ in [
            ("''", "remove the key"),
            ("org/name", "write hf:org/name or dataset:org/name"),
            ("hub:org/name", "write one of hf:org/name, "),
            ("HF:org/name", "write one of hf:org/name, "),
            ('"hf:"', "write hf:org/name"),
            ("hf:org/name/extra", "write hf:org/name"),
            ("hf:/name", "write hf:org/name"),
            ("hf:org/", "write hf:org/name"),
            ("hf:../name", "write hf:org/name"),
            ("hf:or g/name", "write hf:org/name"),
            ("dataset:a/b/c", "write dataset:org/name"),
            ("api:/gpt-4o", "write api:provider/model"),
            ("host:/org/name", "write host:provider/org/name"),
            ("'a; b; c'", "write hf:a; b; c or"),
        ]
    ],
    "uses[0].how": [
        (f"[{{of: hf:a/b, how: {how}}}]", help_)
        for how, help_ in [
            ("finetun", "did you mean 'finetune'?"),
            ("xyzzy", "known: run, "),
            ("[]", "remove"),
            ("1", "known"),
        ]
    ]
    + [("[{of: dataset:a/b, how: finetune}]", "write `how: train`")],
    "uses[0].how[1]": [("[{of: hf:a/b, how: [merge, Merging]}]", "did you mean 'merge'?")],
    "uses[0].when": [
        (f"[{{of: hf:a/b, how: run, when: {when}}}]", help_)
        for when, help_ in [
            *[
                (w, "2025-07-14/2025-08")
                for w in ("last summer", "2025-13", "2025-02-30", "2025-7", "25", "-2025", "''")
            ],
            *[
                (w, "2025-07-14/2025-08")
                for w in ("2025-08/2025-07", "2025-07/", "/2025-07", "2025/2026/2027", "'a; b'")
            ],
            ("true", "text or a whole number"),
            ("[2025-07]", "text or a whole number"),
        ]
    ],
    "uses[0].revision": [("[{of: hf:a/b, how: run, revision: true}]", "text or a whole number")],
    "uses[0].account": [("[{of: api:a/b, how: run, account: team}]", "a mapping")],
    "uses[0].account.region": [("[{of: api:a/b, how: run, account: {region: 1}}]", "text")],
    "uses[0].obtained_by": [("[{of: api:a/b, how: run, obtained_by: third_party}]", "did you mean 'third-party'?")],
    "uses[0].feature": [("[{of: api:a/b, how: run, feature: [x]}]", "text")],
    "uses[0].license": [
        ("[{of: hf:a/b, how: run, license: 3}]", "text"),
        ("[{of: hf:a/b, how: run, license: ''}]", "remove"),
    ],
}


def broken(key: str, written: str) -> tuple[str, int]:
    """A small manifest with one key as written, and the line on which it stands."""
    steps = key.split("[")[0].split(".")
    top = {"licheck": "licheck: 1", "project": "project: {name: x}", "uses": "uses: []", "policy": "policy: {}"}
    if len(steps) == 1:
        top[steps[0]] = f"{steps[0]}: {written}"
    else:
        rest = "\n  name: x" if steps[0] == "project" and steps[1] != "name" else ""
        top[steps[0]] = f"{steps[0]}:{rest}\n  {steps[1]}: {written}"
    text = "\n".join(top.values()) + "\n"
    start = f"  {steps[1]}:" if len(steps) > 1 else f"{steps[0]}:"
    return text, next(i for i, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(("key", "written", "help_"), [(k, *case) for k, cases in WRONG.items() for case in cases])
def test_a_wrong_value_names_line_key_and_what_to_write(file: Path, key: str, written: str, help_: str) -> None:
    text, line = broken(key, written)
    found = problems(file, text)
    assert {(p.line, p.key.startswith(key)) for p in found} == {(line, True)}, found
    assert any(help_ in p.help or help_ in p.key for p in found), found


def test_every_key_of_the_form_has_a_wrong_value_above() -> None:
    def keys(rule: dict[str, Any], at: str) -> set[str]:
        inner = rule.get("properties") or rule.get("items", {}).get("properties") or {}
        return {at}.union(*(keys(sub, f"{at}.{name}".lstrip(".")) for name, sub in inner.items()))

    tried = {re.sub(r"\[[0-9]\]", "", key) for key in WRONG}
    alike = {"account.plan", "clarify.of", "clarify.license", "because.path"}  # like account.region, exceptions.of …
    assert {key for key in keys(schema(), "") - tried if key and not key.endswith(tuple(alike))} == set()


def test_every_problem_is_told_at_once_in_the_order_of_the_lines(file: Path) -> None:
    text = (
        changed("how: train", "how: trian")
        .replace("when: 2025\n", "when: 2026/2025\n")
        .replace("domicile: NO", "domicile: no")
    )
    text = text.replace("of: api:openai/gpt-4o", "of: api:/gpt-4o").replace(
        "competes: no", "competes: no\n  kind: dataset"
    )
    found = [(p.line, p.key) for p in problems(file, text + "extra: 1\n")]
    assert [key for _, key in found] == [
        *("project.domicile", "project.kind", "uses[1].of", "uses[2].how", "uses[2].when", "extra"),
    ]
    assert found == sorted(found)
    rows = text.splitlines()
    assert all(line and key.rpartition(".")[2] in [*rows, "extra"][line - 1] for line, key in found)
