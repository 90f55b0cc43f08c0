"""licheck.lock: what is pinned, that a check by it asks nobody, and what is told when upstream changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT
from hub_runs import card, licheck, project
from hub_server import HubServer

pytest_plugins = ["hub_fixtures"]
BASE, CHILD = "acme/base", "acme/child"
MIT = "MIT License\n\nsee the tag"


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHECK_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")


def fill(hub: HubServer) -> None:
    hub.model(BASE, {"README.md": card("license: apache-2.0")})
    hub.model(CHILD, {"README.md": card("license: apache-2.0", f"base_model: {BASE}")})


def locked(hub: HubServer, folder: Path, *uses: str) -> Path:
    fill(hub)
    project(folder, *(uses or (f"hf:{CHILD} finetune",)))
    assert licheck("lock", str(folder)).code == 0
    return folder / "licheck.lock"


def test_the_lock_fits_its_schema_and_holds_all_upstream(hub: HubServer, tmp_path: Path) -> None:
    data = json.loads(locked(hub, tmp_path).read_text("utf-8"))
    schema = json.loads((ROOT / "licheck/lock/lock.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(data)
    assert data["uses"] == {f"hf:{CHILD}": f"hf:{CHILD}"}
    assert set(data["upstreams"]) == {f"hf:{CHILD}", f"hf:{BASE}"}
    child = data["upstreams"][f"hf:{CHILD}"]
    assert child["revision"] == hub.sha(CHILD)
    assert child["parents"] == [{"id": f"hf:{BASE}", "relation": "finetune", "grade": "C"}]
    assert [layer["documents"] for layer in child["concluded"]] == [["Apache-2.0"]]
    assert child["concluded"][0]["grade"] == "C"


def test_a_check_by_the_lock_asks_nobody_and_says_so(hub: HubServer, tmp_path: Path) -> None:
    locked(hub, tmp_path)
    hub.clear()
    ran = licheck("check", str(tmp_path), "--format", "json", "--exit-zero")
    assert hub.requests == []
    assert ran.data["lock"] == {"state": "current", "notes": []}
    assert ran.data["artifacts"][1]["concluded"] == "Apache-2.0"


def test_without_a_lock_nothing_is_known_of_the_child(hub: HubServer, tmp_path: Path) -> None:
    project(tmp_path, f"hf:{CHILD} finetune")
    ran = licheck("check", str(tmp_path), "--format", "json", "--exit-zero")
    assert ran.data["lock"]["state"] == "absent"
    assert "unknown-license" in {finding["rule"] for finding in ran.data["findings"]}


def test_terms_of_the_base_of_a_base_bind_through_the_lock(hub: HubServer, tmp_path: Path) -> None:
    hub.model("far/base", {"README.md": card("license: llama3")})
    hub.model("near/base", {"README.md": card("license: apache-2.0", "base_model: far/base")})
    project(tmp_path, "hf:near/base finetune")
    licheck("lock", str(tmp_path))
    ran = licheck("check", str(tmp_path), "--format", "json", "--exit-zero")
    names = [f for f in ran.data["findings"] if f["clause"] == "naming-prefix-required"]
    assert [(f["license"], f["via"], f["state"]) for f in names] == [("llama3", ["hf:far/base"], "action-needed")]


CHANGES: dict[str, Callable[[HubServer], object]] = {
    "tag": lambda hub: hub.model(BASE, {"README.md": card("license: mit")}),
    "LICENSE": lambda hub: hub.model(BASE, {"README.md": card("license: apache-2.0"), "LICENSE": MIT}),
    "gating": lambda hub: hub.model(BASE, {"README.md": card("license: apache-2.0")}, gated="manual"),
    "made from": lambda hub: hub.model(BASE, {"README.md": card("license: apache-2.0", "base_model: acme/other")}),
    "state": lambda hub: hub.repos.pop(("models", BASE)),
    "extra_gated_prompt": lambda hub: hub.model(
        BASE, {"README.md": card("license: apache-2.0", "extra_gated_prompt: do not train on it")}
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_lock_check_tells_what_changed_upstream(hub: HubServer, tmp_path: Path, what: str) -> None:
    before = locked(hub, tmp_path).read_bytes()
    assert licheck("lock", str(tmp_path), "--check").code == 0
    CHANGES[what](hub)
    ran = licheck("lock", str(tmp_path), "--check")
    assert ran.code == 1
    assert any(what in line and f"hf:{BASE}" in line for line in ran.out.splitlines()), ran.out
    assert (tmp_path / "licheck.lock").read_bytes() == before


def test_a_new_commit_alone_is_told_and_does_not_fail(hub: HubServer, tmp_path: Path) -> None:
    locked(hub, tmp_path)
    hub.model(BASE, {"README.md": card("license: apache-2.0") + "more words\n"})
    ran = licheck("lock", str(tmp_path), "--check")
    assert (ran.code, "commit" in ran.out) == (0, True)


def test_locking_again_changes_nothing_and_upgrade_changes_one(hub: HubServer, tmp_path: Path) -> None:
    path = locked(hub, tmp_path, f"hf:{CHILD} finetune", "hf:acme/alone merge")
    hub.model("acme/alone", {"README.md": card("license: mit")})
    licheck("lock", str(tmp_path), "--upgrade", "acme/alone")
    before = path.read_bytes()
    hub.model(BASE, {"README.md": card("license: mit")})
    hub.model("acme/alone", {"README.md": card("license: bsd-3-clause")})
    assert "already" in licheck("lock", str(tmp_path)).out
    assert path.read_bytes() == before
    ran = licheck("lock", str(tmp_path), "--upgrade", "hf:acme/alone")
    assert "tag: mit → bsd-3-clause" in ran.out
    data = json.loads(path.read_text("utf-8"))["upstreams"]
    assert data[f"hf:{BASE}"]["declared"] == ["apache-2.0"]
    assert data["hf:acme/alone"]["declared"] == ["bsd-3-clause"]


def test_what_is_used_no_more_leaves_the_lock(hub: HubServer, tmp_path: Path) -> None:
    path = locked(hub, tmp_path)
    project(tmp_path, f"hf:{BASE} merge")
    ran = licheck("check", str(tmp_path), "--format", "json", "--exit-zero")
    assert ran.data["lock"]["state"] == "stale"
    assert {note.split()[0] for note in ran.data["lock"]["notes"]} == {f"hf:{BASE}", f"hf:{CHILD}", "run"}
    licheck("lock", str(tmp_path))
    assert set(json.loads(path.read_text("utf-8"))["upstreams"]) == {f"hf:{BASE}"}


def test_a_revision_in_the_manifest_pins_that_commit(hub: HubServer, tmp_path: Path) -> None:
    fill(hub)
    old = hub.sha(BASE)
    hub.model(BASE, {"README.md": card("license: mit")})
    project(tmp_path, f"hf:{BASE}@{old} finetune")
    licheck("lock", str(tmp_path))
    data = json.loads((tmp_path / "licheck.lock").read_text("utf-8"))
    pin = data["upstreams"][data["uses"][f"hf:{BASE}@{old}"]]
    assert (pin["revision"], pin["declared"]) == (old, ["apache-2.0"])
    assert licheck("check", str(tmp_path), "--format", "json", "--exit-zero").data["lock"]["state"] == "current"


@pytest.mark.parametrize("fault", [("status", {"code": 503}), ("rate-limit", {"t": 300}), ("reset", {})])
def test_nothing_is_written_while_something_cannot_be_read(
    hub: HubServer, tmp_path: Path, naps: list[float], fault: tuple[str, dict[str, int]]
) -> None:
    fill(hub)
    project(tmp_path, f"hf:{CHILD} finetune")
    hub.fault(fault[0], match=BASE, **fault[1])
    ran = licheck("lock", str(tmp_path), "--time-limit", "30")
    assert (ran.code, (tmp_path / "licheck.lock").exists()) == (3, False)
    assert f"hf:{BASE}" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ('{"lock": "licheck-lock/9"}', "licheck-lock/1"),
        ("<<<<<<< ours\n", "a merge of two branches"),
        (
            '{"lock": "licheck-lock/1", "database": {"version": "1", "sha256": "2"}, "uses": {"hf:a/b": "x"}}',
            "upstreams",
        ),
        ("[" * 100_000, "deeply"),
    ],
)
def test_a_damaged_lock_is_refused_with_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    project(tmp_path, "hf:acme/base merge")
    (tmp_path / "licheck.lock").write_text(text, "utf-8")
    ran = licheck("check", str(tmp_path))
    assert ran.code == 2
    assert message in ran.err
    assert "licheck lock" in ran.err


def test_an_upgrade_of_nothing_and_a_check_without_a_lock_are_refused(hub: HubServer, tmp_path: Path) -> None:
    assert licheck("lock", str(locked(hub, tmp_path).parent), "--upgrade", "acme/typo").code == 2
    (tmp_path / "licheck.lock").unlink()
    assert licheck("lock", str(tmp_path), "--check").code == 2
