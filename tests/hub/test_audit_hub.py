"""`licheck audit` on datasets of the Hub: their licence, their sources, their files, and what cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_runs import Ran, card, licheck
from hub_server import HubServer

pytest_plugins = ["hub_fixtures"]
ROWS = '{"text": "a"}\n{"text": "b"}\n'


@pytest.fixture(autouse=True)
def here(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the licheck.yaml of a commercial model, and a cache of its own."""
    monkeypatch.setenv("LICHECK_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.chdir(tmp_path)
    project = "  name: acme/model\n  distribution: [public-weights]\n  commercial: true\n  competes: true\n"
    (tmp_path / "licheck.yaml").write_text(f"licheck: 1\nproject:\n{project}uses: []\n", "utf-8")
    return tmp_path


def audit(*arguments: str) -> Ran:
    return licheck("audit", *arguments, "--format", "json")


def groups(ran: Ran) -> dict[str | None, str]:
    return {group["source"]: group["verdict"] for group in ran.data["groups"]}


def heavy(ran: Ran) -> list[tuple[str, str]]:
    found: list[Any] = [f for group in ran.data["groups"] for f in group["findings"] if f["severity"] != "info"]
    return sorted({(f["rule"], f["subject"]) for f in found})


def test_datasets_are_judged_by_their_cards(hub: HubServer) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit")})
    hub.dataset("acme/papers", {"README.md": card("license: cc-by-nc-4.0")})
    hub.dataset("acme/silent", {"README.md": card("language: en")})
    ran = audit("acme/free", "dataset:acme/papers", "https://huggingface.co/datasets/acme/silent")
    assert ran.code == 1
    assert groups(ran) == {"acme/papers": "restricted", "acme/silent": "undetermined", "acme/free": "usable"}
    assert ("unknown-license", "dataset:acme/silent") in heavy(ran)
    assert ran.data["notes"] == ["acme/free is no path here: taken for a dataset of the Hub"]
    assert audit("dataset:acme/free").code == 0


def test_what_a_dataset_was_made_from_binds_it_too(hub: HubServer) -> None:
    hub.dataset("acme/papers", {"README.md": card("license: cc-by-nc-4.0")})
    hub.dataset("acme/between", {"README.md": card("license: mit", "source_datasets: [acme/papers]")})
    hub.dataset("acme/mix", {"README.md": card("license: mit", "source_datasets: [extended|acme/between]")})
    ran = audit("acme/mix")
    assert groups(ran) == {"acme/mix": "restricted"}
    finding = next(f for f in ran.data["groups"][0]["findings"] if f["rule"] == "non-commercial")
    assert (finding["subject"], finding["via"]) == ("dataset:acme/papers", ["dataset:acme/between"])


def test_a_source_that_says_nothing_leaves_the_dataset_open(hub: HubServer) -> None:
    hub.dataset("acme/silent", {"README.md": card("language: en")})
    hub.dataset("acme/mix", {"README.md": card("license: mit", "source_datasets: [acme/silent, acme/gone]")})
    ran = audit("acme/mix")
    assert groups(ran) == {"acme/mix": "undetermined"}
    assert {s for rule, s in heavy(ran) if rule == "unknown-license"} == {"dataset:acme/silent", "dataset:acme/gone"}


@pytest.mark.parametrize("fault", ["status", "reset", "rate-limit", "garbage", "empty"])
def test_a_fault_of_the_network_clears_nothing(hub: HubServer, fault: str) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit")})
    hub.fault(fault, match="/api/datasets/acme/free", times=None)
    ran = audit("acme/free", "--time-limit", "3")
    assert (ran.code, groups(ran)) == (1, {"acme/free": "undetermined"})
    assert {rule for rule, _ in heavy(ran)} >= {"unread"}


def test_a_source_that_the_network_withholds_clears_nothing(hub: HubServer) -> None:
    hub.dataset("acme/base", {"README.md": card("license: mit")})
    hub.dataset("acme/mix", {"README.md": card("license: mit", "source_datasets: [acme/base]")})
    assert audit("acme/mix").code == 0
    hub.fault("status", match="acme/base", times=None)
    ran = audit("acme/mix", "--time-limit", "5")
    assert (ran.code, groups(ran)) == (1, {"acme/mix": "undetermined"})


def test_gated_missing_private_and_disabled_ones_clear_nothing(hub: HubServer) -> None:
    hub.dataset("acme/gated", {"README.md": card("license: mit"), "LICENSE": "secret"}, gated="manual")
    hub.dataset("acme/private", {"README.md": card("license: mit")}, private=True)
    hub.dataset("acme/disabled", {"README.md": card("license: mit")}, disabled=True)
    ran = audit("acme/gated", "acme/private", "acme/disabled", "acme/nowhere", "nosuchthing")
    assert set(groups(ran).values()) == {"undetermined"}
    assert len(ran.data["groups"]) == 5


@pytest.mark.corpus
def test_a_tag_over_another_licence_binds_by_both(hub: HubServer, text_of: Callable[[str], str]) -> None:
    hub.dataset("acme/odd", {"README.md": card("license: mit"), "LICENSE": text_of("fair-nc-2025-04-17")})
    ran = audit("acme/odd")
    assert groups(ran) == {"acme/odd": "restricted"}
    assert "tag-and-text" in {f["rule"] for f in ran.data["groups"][0]["findings"]}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("acronym_identification", "license: mit"),
        ("acronym_identification", "language: en"),
        ("tatsu-lab/alpaca", "license: cc-by-nc-4.0"),
        ("tatsu-lab/alpaca", "language: en"),
    ],
)
def test_the_catalogue_stands_beside_a_card_and_nothing_is_said_twice(hub: HubServer, name: str, line: str) -> None:
    hub.dataset(name, {"README.md": card(line)})
    ran = audit(f"dataset:{name}")
    assert groups(ran) == {name: "restricted"}
    told = [(f["rule"], f["clause"], f["license"], f["subject"]) for f in ran.data["groups"][0]["findings"]]
    assert len(told) == len(set(told)), told


def test_old_names_and_revisions_are_followed(hub: HubServer) -> None:
    hub.dataset("acme/oldest", {"README.md": card("license: mit")})
    hub.rename("oldest", "acme/oldest")
    old = hub.dataset("acme/turned", {"README.md": card("license: cc-by-nc-4.0")})
    hub.dataset("acme/turned", {"README.md": card("license: mit")})
    assert groups(audit("dataset:oldest")) == {"oldest": "usable"}
    assert groups(audit("acme/turned", f"dataset:acme/turned@{old}")) == {
        "acme/turned": "usable",
        f"acme/turned@{old}": "restricted",
    }


def test_entries_of_a_list_are_looked_up_only_where_that_is_wanted(hub: HubServer, here: Path) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit")})
    (here / "data.yaml").write_text("- acme/free\n- {source: acme/free, license: cc-by-nc-4.0}\n", "utf-8")
    ran = audit("data.yaml")
    assert (hub.requests, sorted(g["verdict"] for g in ran.data["groups"])) == ([], ["restricted", "undetermined"])
    ran = audit("data.yaml", "--hub")
    assert sorted(g["verdict"] for g in ran.data["groups"]) == ["restricted", "usable"]
    assert hub.requests


def test_generators_that_entries_name_count_beside_the_card(hub: HubServer, here: Path) -> None:
    hub.dataset("acme/chats", {"README.md": card("license: mit")})
    (here / "data.yaml").write_text("- {source: acme/chats, generator: gpt-4o, date: 2025-03}\n", "utf-8")
    ran = audit("data.yaml", "--hub")
    assert groups(ran) == {"acme/chats": "undetermined"}
    assert {rule for rule, _ in heavy(ran)} == {"generator-reach"}
    (here / "data.yaml").write_text("- {source: acme/chats, generator: our-secret-model}\n", "utf-8")
    assert ("unknown-license", "dataset:acme/chats") in heavy(audit("data.yaml", "--hub"))


def test_what_was_read_once_can_be_read_offline(hub: HubServer) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit"), "data/a.jsonl": ROWS})
    arguments = ("acme/free", "hf://datasets/acme/free/data/a.jsonl")
    assert groups(audit("acme/free", "--offline")) == {"acme/free": "undetermined"}
    ran = audit(arguments[1], "--offline")
    assert (ran.code, ran.out, "offline" in ran.err) == (3, "", True)
    online = audit(*arguments)
    hub.clear()
    assert audit(*arguments, "--offline").data == online.data
    assert hub.requests == []


def test_rows_on_the_hub_are_under_the_licence_of_their_dataset(hub: HubServer) -> None:
    files = {
        "README.md": card("license: cc-by-nc-4.0"),
        "data/a.jsonl": ROWS,
        "data/sub/b.jsonl": ROWS,
        "x.csv": "a\n1\n",
    }
    hub.dataset("acme/papers", files, lfs=["data/a.jsonl"])
    for path, rows in (("data/a.jsonl", 2), ("data/*.jsonl", 2), ("**/*.jsonl", 4), ("data", 4), ("x.csv", 1)):
        ran = audit(f"hf://datasets/acme/papers/{path}")
        assert (ran.code, ran.data["rows"], groups(ran)) == (1, rows, {None: "restricted"}), path
    assert {finding["subject"] for finding in ran.data["groups"][0]["findings"]} == {"dataset:acme/papers"}


def test_rows_that_name_their_sources_are_under_these_and_the_dataset(hub: HubServer, here: Path) -> None:
    rows = [
        {"source": "a", "license": "mit"},
        {"source": "b", "license": "cc-by-nc-4.0"},
        {"source": "c"},
        {"license": "mit"},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    hub.dataset("acme/mix", {"README.md": card("license: mit"), "a.jsonl": text})
    expected = {"a": "usable", "b": "restricted", "c": "undetermined", None: "usable"}
    ran = audit("hf://datasets/acme/mix/a.jsonl", "--write-clean", "clean.jsonl")
    assert groups(ran) == expected
    assert len((here / "clean.jsonl").read_text("utf-8").splitlines()) == 2
    hub.dataset("acme/mix", {"README.md": card("license: cc-by-nc-4.0"), "a.jsonl": text})
    ran = audit("hf://datasets/acme/mix/a.jsonl")
    assert set(groups(ran).values()) == {"restricted"}


def test_files_are_read_at_the_revision_named(hub: HubServer) -> None:
    old = hub.dataset("acme/free", {"README.md": card("license: mit"), "a.jsonl": ROWS * 5})
    hub.dataset("acme/free", {"README.md": card("license: mit"), "a.jsonl": ROWS})
    assert audit(f"hf://datasets/acme/free@{old}/a.jsonl").data["rows"] == 10
    assert audit("https://huggingface.co/datasets/acme/free/resolve/main/a.jsonl").data["rows"] == 2


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("acme/free/none.jsonl", "no file of that name"),
        ("acme/free/*.parquet", "no file of that name"),
        ("acme/gone/a.jsonl", "missing"),
        ("acme/free@none/a.jsonl", "missing"),
        ("acme/gated/a.jsonl", "gated"),
        ("acme/free/a.csv/../../../etc/passwd", "no file of that name"),
    ],
)
def test_files_that_cannot_be_had_end_the_run(hub: HubServer, here: Path, path: str, what: str) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit"), "a.jsonl": ROWS})
    hub.dataset("acme/gated", {"README.md": card("license: mit"), "a.jsonl": ROWS}, gated="auto")
    ran = audit(f"hf://datasets/{path}", "--write-clean", "clean.jsonl")
    assert (ran.code, ran.out) == (3, "")
    assert (what in ran.err, path.partition("/")[0] in ran.err, (here / "clean.jsonl").exists()) == (True, True, False)


def test_a_download_that_breaks_ends_the_run(hub: HubServer) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit"), "a.jsonl": ROWS * 100})
    hub.fault("status", match="/resolve/", times=None, code=403)
    ran = audit("hf://datasets/acme/free/a.jsonl")
    assert (ran.code, "hf://datasets/acme/free/a.jsonl" in ran.err) == (3, True)


def test_a_licheck_yaml_says_what_is_read(hub: HubServer, here: Path) -> None:
    hub.dataset("acme/free", {"README.md": card("license: mit")})
    (here / "rows.csv").write_text("text,terms\na,cc-by-nc-4.0\n", "utf-8")
    text = (here / "licheck.yaml").read_text("utf-8")
    data = "data:\n  manifests: [acme/free, rows.csv]\n  columns: {license: terms}\n"
    (here / "licheck.yaml").write_text(text + data, "utf-8")
    for arguments in ((), ("licheck.yaml",), ("--project", "licheck.yaml")):
        ran = audit(*arguments)
        assert sorted(g["verdict"] for g in ran.data["groups"]) == ["restricted", "usable"], ran.err
    assert audit("--columns", "license=text").data["columns"]["license"] == "text"
    assert audit("rows.csv").data["columns"].get("license") is None
    (here / "licheck.yaml").write_text(text + "data:\n  manifest: [a]\n  columns: {licence: x}\n  use: sell\n", "utf-8")
    ran = audit()
    assert ran.code == 2
    assert [
        re.search(rf"licheck.yaml:{line}: data.{key}", ran.err) is not None
        for line, key in ((9, "manifest"), (10, "columns.licence"), (11, "use"))
    ] == [True] * 3
    (here / "licheck.yaml").write_text(text, "utf-8")
    ran = audit()
    assert (ran.code, "data.manifests" in ran.err) == (2, True)
    (here / "licheck.yaml").unlink()
    assert audit().code == 2


def test_no_token_goes_to_another_host(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    hub.dataset("acme/gated", {"README.md": card("license: mit"), "a.jsonl": ROWS}, gated="auto", lfs=["a.jsonl"])
    ran = audit("hf://datasets/acme/gated/a.jsonl")
    assert ran.data["rows"] == 2
    storage = [request for request in hub.requests if request.path.startswith("/_lfs/")]
    assert storage
    assert not [request for request in storage if "authorization" in request.headers]
