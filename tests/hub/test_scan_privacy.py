"""Whom a scan asks, how often, with which token, what it keeps, and that a part is never taken for the whole."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hub_server import HubServer
from test_scan_faults import (
    ADAPTER,
    BASE,
    CARD,
    CHILD,
    GGUF,
    MERGE,
    ROOT_MODEL,
    TEXT,
    cache,
    lineage,
    scan,
    wrong,
)

__all__ = ["cache", "lineage"]  # fixtures
pytest_plugins = ["hub_fixtures"]

FORMS = ("text", "json", "markdown")
SECRET = "hf_good"  # the one that the fake Hub admits


def by_repo(hub: HubServer) -> Counter[str]:
    """How often each repository was asked for."""
    found = [re.match(r"(?:/api/models|/api|)/((?:datasets/)?[^/]+/[^/?]+)", request.path) for request in hub.requests]
    return Counter(match[1] if match else "other" for match in found)


def files(hub: HubServer) -> list[str]:
    return sorted(request.path for request in hub.requests if "/resolve/" in request.path)


@pytest.fixture
def foreign() -> Iterator[HubServer]:
    """Another host, which has everything and is not to be asked."""
    with HubServer() as server:
        yield server
    assert server.requests == []


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch, hub: HubServer) -> str:
    from huggingface_hub import constants

    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    return SECRET


# ---- how often


def test_a_hop_costs_four_requests_cold_and_one_warm(lineage: HubServer, cache: Any) -> None:
    cold = scan(GGUF)
    assert cold.code == 0
    counts = by_repo(lineage)
    assert counts[GGUF] <= 4
    assert max(counts.values()) <= 4
    assert len(files(lineage)) == len(set(files(lineage)))
    lineage.clear()
    assert scan(GGUF).out == cold.out
    assert files(lineage) == []
    assert set(by_repo(lineage).values()) == {1}


def test_another_commit_costs_its_files_again_and_no_others(lineage: HubServer, cache: Any) -> None:
    scan(GGUF)
    lineage.clear()
    lineage.model(ROOT_MODEL, {"LICENSE": TEXT}, card=CARD)
    assert scan(GGUF).code == 0
    assert [path.split("/resolve")[0] for path in files(lineage)] == [f"/{ROOT_MODEL}"]


def test_what_is_reached_twice_is_read_once(lineage: HubServer, cache: Any) -> None:
    names = ["acme/new-name", "acme/old-name", "Acme/Clean-Base", BASE]
    for side in ("left", "right"):
        lineage.model(f"acme/{side}", {"LICENSE": TEXT}, card={**CARD, "base_model": names})
    lineage.rename("Acme/Clean-Base", BASE)
    lineage.model("acme/top", {"LICENSE": TEXT}, card={**CARD, "base_model": ["acme/left", "acme/right"]})
    ran = scan("acme/top", "acme/left")
    assert ran.code == 0
    ids = [artifact["id"] for artifact in json.loads(ran.out)["artifacts"]]
    assert len(ids) == len(set(ids)) == 6
    assert [path for path, times in Counter(files(lineage)).items() if times > 1] == []
    counts = by_repo(lineage)
    assert (counts[ROOT_MODEL], counts["acme/right"]) == (2, 2)


@pytest.mark.parametrize("bases", [["a"], ["b", "a"], ["b", "c", "a"], ["A"], ["former-a"]], ids="-".join)
def test_circles_end(lineage: HubServer, cache: Any, bases: list[str]) -> None:
    ring = dict(zip(["a", *bases], bases, strict=False))
    for name, base in ring.items():
        if name.islower() and not name.startswith("former"):
            lineage.model(f"acme/{name}", {"LICENSE": TEXT}, card={**CARD, "base_model": f"acme/{base}"})
    lineage.rename("acme/A", "acme/a")
    lineage.rename("acme/former-a", "acme/a")
    ran = scan("acme/a")
    assert (ran.code, json.loads(ran.out)["verdict"]) == (0, "pass")
    asked = Counter(request.path for request in lineage.requests)
    assert max(asked.values()) == (2 if "former-a" in bases else 1)  # the Hub leads from a former name to the new one


def test_a_long_chain_ends_and_what_is_left_out_is_not_clean(lineage: HubServer, cache: Any) -> None:
    for place in range(30):
        lineage.model(f"acme/c{place}", {"LICENSE": TEXT}, card={**CARD, "base_model": f"acme/c{place + 1}"})
    lineage.model("acme/c30", {"LICENSE": TEXT}, card=CARD)
    assert wrong(scan("acme/c0"), None, 30, "limit") == ""
    lineage.clear()
    ran = scan("acme/c0", "--max-depth", "30")
    assert (ran.code, len(json.loads(ran.out)["artifacts"])) == (0, 31)
    assert max(by_repo(lineage).values()) == 1 or len(by_repo(lineage)) == 31
    for limit in (["--max-depth", "0"], ["--max-depth", "1"], ["--max-nodes", "1"], ["--max-nodes", "3"]):
        assert wrong(scan(CHILD, *limit), None, 30, "limit") == "", limit


# ---- offline


@pytest.mark.parametrize("target", [CHILD, ADAPTER, MERGE, GGUF])
def test_offline_afterwards_gives_the_same_bytes(lineage: HubServer, cache: Any, target: str) -> None:
    lineage.fault("no-siblings", match=r"/acme/clean-root\?")
    online = [scan(target, form=form) for form in FORMS]
    lineage.clear()
    assert [(ran.code, ran.out) for ran in online] == [(0, ran.out) for ran in online]
    assert [scan(target, "--offline", form=form).out for form in FORMS] == [ran.out for ran in online]
    assert lineage.requests == []


def test_offline_gives_the_same_bytes_for_what_a_token_opened(lineage: HubServer, cache: Any, token: str) -> None:
    lineage.model("acme/gated", {"LICENSE": TEXT}, card=CARD, gated="manual")
    lineage.model("acme/open", {"LICENSE": TEXT}, card={**CARD, "base_model": "acme/gated"})
    online = scan("acme/open")
    lineage.clear()
    assert scan("acme/open", "--offline").out == online.out
    assert lineage.requests == []


@pytest.mark.parametrize("what", ["status 404", "status 401 GatedRepo", "status 403 disabled"])
def test_offline_repeats_what_will_be_the_same_tomorrow(lineage: HubServer, cache: Any, what: str) -> None:
    code, error = int(what.split()[1]), "GatedRepo" if "Gated" in what else ""
    message = "Access to this resource is disabled." if "disabled" in what else ""
    lineage.fault("status", match=rf"/models/{BASE}\?", code=code, error_code=error, message=message)
    online = scan(CHILD)
    assert (online.code, scan(CHILD, "--offline").out) == (3, online.out)


def test_offline_without_having_read_anything(lineage: HubServer, cache: Any) -> None:
    assert wrong(scan(CHILD, "--offline"), None, 2, "offline") == ""
    scan(BASE)
    lineage.clear()
    assert wrong(scan(CHILD, "--offline"), None, 2, "offline") == ""
    assert lineage.requests == []


@pytest.mark.parametrize("how", ["cut", "turned", "empty"])
def test_a_damaged_cache_is_not_believed(lineage: HubServer, cache: Any, how: str) -> None:
    folder = cache()
    clean = scan(BASE)
    kept = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(kept) == 5
    for path in kept:
        data = path.read_bytes()
        turned = data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]
        path.write_bytes({"cut": data[: len(data) * 2 // 3], "turned": turned, "empty": b""}[how])
        assert wrong(scan(BASE, "--offline"), None, 5, "offline") == "", path.name
        assert (scan(BASE).out, path.read_bytes()) == (clean.out, data)


# ---- whom


def test_no_redirect_leads_to_another_host(
    lineage: HubServer, foreign: HubServer, cache: Any, token: str, naps: list[float]
) -> None:
    foreign.repos, here, there = lineage.repos, lineage.endpoint, foreign.endpoint
    away, home = there.removeprefix("http://"), here.removeprefix("http://")
    places = [f"{there}{{target}}", f"//{away}{{target}}", f"http://{home}@{away}/", f"http://{away}\\@{home}/"]
    places += [f"\t{there}/", f"http:\\\\{away}/", f"/\\{away}/", f"///{away}/", f"http:{away}", f"{there}#@{home}/"]
    places += [f"HTTP://{away}/", f"http://localhost:{lineage.port}/", "file:///etc/passwd", "http://[", "ftp://x/"]
    for place in places:
        for match in (rf"/models/{BASE}\?", f"/{BASE}/resolve/.*/LICENSE"):
            cache()
            lineage.clear()
            lineage.fault("redirect", match=match, to=place)
            assert wrong(scan(BASE, "--time-limit", "3"), None, 3) == "", place
            assert {request.headers["host"] for request in lineage.requests} == {home}


def test_nothing_in_a_repository_leads_to_another_host(lineage: HubServer, foreign: HubServer, cache: Any) -> None:
    away = foreign.endpoint
    foreign.model("acme/x", {"LICENSE": TEXT}, card=CARD)
    links = {"license": "other", "license_name": "x", "license_link": f"{away}/acme/x/resolve/main/LICENSE"}
    origin = {"base_model": f"{away}/acme/x", "datasets": [f"{away}/datasets/acme/x"], "new_version": f"{away}/acme/x"}
    config = json.dumps({"base_model_name_or_path": f"{away}/acme/x", "_name_or_path": f"{away}/acme/x"})
    merge = f"models:\n- model: {away}/acme/x\n- model: //{away.removeprefix('http://')}/acme/x\n"
    texts = {"LICENSE": TEXT, "adapter_config.json": config, "config.json": config, "mergekit_config.yml": merge}
    lineage.model("acme/leads-away", texts, card={**links, **origin})
    lineage.model("acme/below", {"LICENSE": TEXT}, card={**CARD, "base_model": "acme/leads-away"})
    for target in ("acme/leads-away", "acme/below"):
        assert scan(target).code in (1, 3)


def test_a_file_in_other_storage_is_not_clean(lineage: HubServer, cache: Any) -> None:
    lineage.model(BASE, {"LICENSE": TEXT}, card=CARD, lfs=["LICENSE"])
    assert wrong(scan(BASE), None, 5, "refused") == ""
    assert [request.path for request in lineage.requests if "_lfs" in request.path] == []


def test_only_the_hub_s_api_and_files_are_asked_for(lineage: HubServer, tmp_path: Path) -> None:
    """In a process of its own, since the client reads its settings when it is imported."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("HF_")} | lineage.env(tmp_path)
    del env["HF_HUB_DISABLE_TELEMETRY"]
    command = [sys.executable, "-m", "licheck", "scan", BASE]
    done = subprocess.run(command, env={**env, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    strange = [r.path for r in lineage.requests if not re.match(rf"/api/models/acme/|/({BASE}|{ROOT_MODEL})/", r.path)]
    assert strange == []


# ---- with which token


def test_the_token_goes_to_the_hub_and_nowhere_else(lineage: HubServer, cache: Any, token: str) -> None:
    folder = cache()
    lineage.model("acme/private", {"LICENSE": TEXT}, card={**CARD, "base_model": "acme/old-name"}, private=True)
    online = [scan("acme/private", form=form) for form in FORMS]
    assert [ran.code for ran in online] == [0, 0, 0]
    assert {request.headers.get("authorization") for request in lineage.requests} == {f"Bearer {token}"}
    kept = [path for path in folder.rglob("*") if path.is_file()]
    assert kept
    assert [path for path in kept if token.encode() in path.read_bytes()] == []
    assert [ran for ran in online if token in ran.out + ran.err] == []


def test_without_a_token_none_is_sent(lineage: HubServer, cache: Any) -> None:
    scan(CHILD)
    assert [request for request in lineage.requests if "authorization" in request.headers] == []


@pytest.mark.parametrize(
    "secret", ["hf_wrong", "hf_se\x01cret", "hf_sécret", "hf_se cret", "hf_sec\tret", "hf_x\r\ny: z"]
)
def test_a_token_that_is_none_is_told_without_its_letters(
    lineage: HubServer, cache: Any, token: str, monkeypatch: pytest.MonkeyPatch, naps: list[float], secret: str
) -> None:
    folder = cache()
    monkeypatch.setenv("HF_TOKEN", secret)
    for form in FORMS:
        ran = scan(CHILD, "--time-limit", "3", form=form)
        assert ran.code == 3
        assert [part for part in (secret, *re.findall(r"\w{4,}", secret)[:1]) if part in ran.out + ran.err] == []
    assert [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()] == []


def test_a_hub_that_repeats_the_token_does_not_get_it_printed(lineage: HubServer, cache: Any, token: str) -> None:
    folder = cache()
    lineage.fault("status", match=BASE, code=400, message=f"Bearer {token} may not")
    for form in FORMS:
        ran = scan(CHILD, form=form)
        assert (ran.code, token in ran.out + ran.err) == (3, False)
    assert [path for path in folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()] == []


# ---- a part for the whole


@pytest.mark.parametrize("listed", [[], [{"name": "LICENSE"}], [{"rfilename": 5}], [{"rfilename": "README.md"}, {}]])
@pytest.mark.parametrize("target", [ROOT_MODEL, BASE])
def test_a_list_of_files_that_cannot_be_whole(lineage: HubServer, cache: Any, listed: Any, target: str) -> None:
    """Whoever has a card has a README.md; such an answer is asked for elsewhere (the tree), or not believed."""
    clean = scan(target)
    lineage.fault("bad-types", match=rf"/models/{ROOT_MODEL}\?", fields={"siblings": listed})
    cache()
    assert wrong(scan(target), clean, 5) == ""


@pytest.mark.parametrize("other", ["acme/free", f"evil/{ROOT_MODEL[5:]}"])
@pytest.mark.parametrize(("asked", "target"), [(ROOT_MODEL, ROOT_MODEL), (ROOT_MODEL, BASE), ("acme/new-name", MERGE)])
def test_an_answer_about_another_repository(
    lineage: HubServer, cache: Any, other: str, asked: str, target: str
) -> None:
    """Whole and in order, but of a repository that nobody asked for, nor was led to."""
    sha = lineage.model(other, {"LICENSE": TEXT}, card=CARD)
    lineage.fault("bad-types", match=rf"/models/{asked}\?", fields={"id": other, "sha": sha})
    assert wrong(scan(target), None, 5) == ""


@pytest.mark.parametrize("kind", ["status", "short", "garbage", "empty", "truncate", "loop"])
def test_a_tree_that_was_read_in_part(lineage: HubServer, cache: Any, naps: list[float], kind: str) -> None:
    lineage.page_size = 1
    for match in ("/tree/", "cursor=1"):
        cache()
        lineage.clear()
        lineage.fault("no-siblings", match=rf"/models/{ROOT_MODEL}\?")
        lineage.fault(kind, match=match)
        assert wrong(scan(BASE), None, 5) == "", match


@pytest.mark.parametrize("code", ["EntryNotFound", "GatedRepo"])
@pytest.mark.parametrize("target", ["acme/two-texts", "acme/below"])
def test_one_of_two_licences_was_not_read(lineage: HubServer, cache: Any, code: str, target: str) -> None:
    lineage.model("acme/two-texts", {"LICENSE": TEXT, "LICENSE-WEIGHTS": "Not for sale."}, card=CARD)
    lineage.model("acme/below", {"LICENSE": TEXT}, card={**CARD, "base_model": "acme/two-texts"})
    lineage.fault("status", match="LICENSE-WEIGHTS", code=404 if code[0] == "E" else 401, error_code=code)
    assert wrong(scan(target), None, 5) == ""


MANY = {
    "licences": {"LICENSE-weights.txt": "Not for sale.", **{f"LICENSE{number}": TEXT for number in range(7)}},
    "a policy": {"USE_POLICY.md": "Not for hospitals.", **{f"LICENSE{number}": TEXT for number in range(7)}},
    "configs": {
        "LICENSE": TEXT,
        "adapter_config.json": json.dumps({"base_model_name_or_path": ROOT_MODEL}),
        "mergekit_config.yml": "merge_method: linear\nmodels:\n- model: acme/nobody\n",
    },
}


@pytest.mark.parametrize("what", MANY)
def test_more_files_upstream_than_are_read(lineage: HubServer, cache: Any, what: str) -> None:
    lineage.model("acme/many", MANY[what], card=CARD)
    lineage.model("acme/below", {"LICENSE": TEXT}, card={**CARD, "base_model": "acme/many"})
    assert wrong(scan("acme/below"), None, 5) == ""


@pytest.mark.parametrize("text", ["{broken", "[]", "{}", "", '{"base_model_name_or_path": null}', "\xff\0"])
@pytest.mark.parametrize("path", ["adapter_config.json", "mergekit_config.yml"])
def test_a_config_that_names_no_origin(lineage: HubServer, cache: Any, path: str, text: str) -> None:
    """An adapter has a base and a merge has parts; where a file does not say which, nobody knows what binds it."""
    lineage.model("acme/odd", {"LICENSE": TEXT, path: text}, card=CARD)
    ran = scan("acme/odd")
    assert (ran.code in (1, 3), json.loads(ran.out)["verdict"]) == (True, "undetermined")


@pytest.mark.parametrize("revision", ["a b", "a\nb", "\ud800", "..", "../..", "x" * 5000, "@", "?x", "#x", "é"])
def test_a_revision_that_cannot_be(lineage: HubServer, cache: Any, revision: str) -> None:
    config = json.dumps({"base_model_name_or_path": BASE, "revision": revision})
    merge = f"models:\n- model: {{path: {BASE}, revision: {json.dumps(revision)}}}\n"
    for path, text in (("adapter_config.json", config), ("mergekit_config.yml", merge)):
        lineage.model("acme/pinned", {"LICENSE": TEXT, path: text}, card=CARD)
        ran = scan("acme/pinned")
        assert (ran.code in (1, 3), ran.err) == (True, ""), path


@pytest.mark.parametrize("fail_on", ["info", "review", "must-fix", "blocker"])
def test_no_threshold_makes_what_was_not_read_clean(lineage: HubServer, cache: Any, fail_on: str) -> None:
    lineage.fault("status", match=rf"/models/{BASE}\?", code=400)
    assert wrong(scan(CHILD, "--fail-on", fail_on), None, 5, "refused") == ""
