"""The fake Hub, seen through the real client: what it answers when nothing is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hub_server import HubServer
from huggingface_hub import HfApi, errors, try_to_load_from_cache
from huggingface_hub.utils import get_session, parse_ratelimit_headers

pytest_plugins = ["hub_fixtures"]

CARD = "---\nlicense: [mit, apache-2.0]\nbase_model: acme/base\ndatasets: squad\ntags: [tiny]\n---\n# Tiny\n"
WANTED: Any = ["cardData", "baseModels", "tags", "gated", "sha", "siblings"]


@pytest.fixture
def api(hub: HubServer) -> HfApi:
    return HfApi(hub.endpoint, token=False)


def test_a_model_is_what_its_files_say(hub: HubServer, api: HfApi) -> None:
    sha = hub.model("acme/tiny", {"README.md": CARD, "config.json": '{"model_type": "llama"}'}, downloads=7)
    info = api.model_info("acme/tiny")
    assert (info.sha, info.author, info.downloads, info.gated, info.private) == (sha, "acme", 7, False, False)
    assert info.card_data is not None
    assert info.card_data.license == ["mit", "apache-2.0"]
    assert info.config == {"model_type": "llama"}
    assert [file.rfilename for file in info.siblings or ()] == ["README.md", "config.json"]
    assert set(info.tags or ()) == {
        "tiny", "dataset:squad", "base_model:acme/base", "base_model:finetune:acme/base",
        "license:mit", "license:apache-2.0", "region:us",
    }  # fmt: skip
    assert info.base_models is None, "the Hub gives them only when asked"


def test_expand_gives_what_is_asked_for_and_no_more(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/tiny", {"README.md": CARD})
    body = get_session().get(f"{hub.endpoint}/api/models/acme/tiny?expand=cardData&expand=gguf").json()
    assert set(body) == {"_id", "id", "cardData"}
    info = api.model_info("acme/tiny", expand=WANTED)
    bases: Any = info.base_models
    assert (bases["relation"], [base["id"] for base in bases["models"]]) == ("finetune", ["acme/base"])
    assert info.downloads is None
    assert hub.requests[-1].query == {"expand": WANTED}
    with pytest.raises(errors.BadRequestError):
        api.model_info("acme/tiny", expand=["licence"])  # type: ignore[list-item]
    with pytest.raises(errors.BadRequestError):
        hub.dataset("acme/data")
        api.dataset_info("acme/data", expand=["baseModels"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("card", "files", "relation"),
    [
        ({"base_model": "a/b"}, {}, "finetune"),
        ({"base_model": ["a/b", "c/d"]}, {}, "merge"),
        ({"base_model": "a/b"}, {"adapter_config.json": "{}"}, "adapter"),
        ({"base_model": ["a/b", "c/d"]}, {"x.gguf": b""}, "quantized"),
        ({"base_model": "a/b", "base_model_relation": "merge"}, {"adapter_config.json": "{}"}, "merge"),
    ],
)
def test_the_relation_to_a_base(
    hub: HubServer, api: HfApi, card: dict[str, Any], files: dict[str, str | bytes], relation: str
) -> None:
    hub.model("acme/tiny", files, card=card)
    info = api.model_info("acme/tiny", expand=WANTED)
    bases: Any = info.base_models
    assert bases["relation"] == relation
    assert f"base_model:{relation}:a/b" in (info.tags or ())


def test_fields_can_be_given_instead_of_derived(hub: HubServer, api: HfApi) -> None:
    hub.model(
        "acme/tiny", {"README.md": CARD}, tags=["license:gpl-3.0"], gated="manual", createdAt="2020-01-01T00:00:00.000Z"
    )
    info = api.model_info("acme/tiny")
    assert (info.tags, info.gated, info.created_at and info.created_at.year) == (["license:gpl-3.0"], "manual", 2020)


def test_a_card_without_front_matter_is_no_card(hub: HubServer, api: HfApi) -> None:
    for name, text in {"none": "# Tiny", "broken": "---\nlicense: [mit\n---\n", "list": "---\n- mit\n---\n"}.items():
        hub.model(f"acme/{name}", {"README.md": text})
        assert "cardData" not in get_session().get(f"{hub.endpoint}/api/models/acme/{name}").json()
        assert api.model_info(f"acme/{name}").card_data is None


def test_a_dataset(hub: HubServer, api: HfApi) -> None:
    sha = hub.dataset("squad", {"data/train.csv": "a,b\n"}, card={"license": "cc-by-4.0", "language": ["en"]})
    info = api.dataset_info("squad")
    assert (info.sha, info.author) == (sha, None)
    assert {"license:cc-by-4.0", "language:en"} <= set(info.tags or ())
    assert api.list_repo_files("squad", repo_type="dataset") == ["README.md", "data/train.csv"]
    path = Path(api.hf_hub_download("squad", "README.md", repo_type="dataset"))
    assert "cc-by-4.0" in path.read_text("utf-8")
    with pytest.raises(errors.RepositoryNotFoundError):
        api.model_info("squad")


def test_a_second_commit_leaves_the_first_readable(hub: HubServer, api: HfApi) -> None:
    old = hub.model("acme/tiny", {"README.md": "---\nlicense: mit\n---\n"}, branches={"v1/x": {"LICENSE": "MIT"}})
    new = hub.model("acme/tiny", {"README.md": "---\nlicense: gpl-3.0\n---\n"}, gated="auto")
    assert old != new
    assert api.model_info("acme/tiny").sha == new
    info = api.model_info("acme/tiny", revision=old)
    assert info.card_data is not None
    assert (info.sha, info.card_data.license, info.gated) == (old, "mit", "auto")
    branch = api.model_info("acme/tiny", revision="v1/x")
    assert (branch.sha, branch.card_data) == (hub.sha("acme/tiny", "v1/x"), None)
    assert hub.requests[-1].path == "/api/models/acme/tiny/revision/v1%2Fx"
    path = Path(api.hf_hub_download("acme/tiny", "README.md", revision=old))
    assert ("license: mit" in path.read_text("utf-8"), path.parent.name) == (True, old)
    assert {branch.name for branch in api.list_repo_refs("acme/tiny").branches} == {"main", "v1/x"}
    with pytest.raises(errors.RevisionNotFoundError):
        api.model_info("acme/tiny", revision="v2")
    with pytest.raises(errors.RevisionNotFoundError):
        api.hf_hub_download("acme/tiny", "README.md", revision="0" * 40)


def test_a_download_is_cached_by_commit_and_blob(hub: HubServer, api: HfApi) -> None:
    sha = hub.model("acme/tiny", {"LICENSE": "x" * 1000})
    path = Path(api.hf_hub_download("acme/tiny", "LICENSE"))
    assert (path.read_text("utf-8"), path.parent.name) == ("x" * 1000, sha)
    assert [request.method for request in hub.requests] == ["HEAD", "GET"]
    assert [file.size for file in api.model_info("acme/tiny").siblings or ()] == [None]
    blobs = api.model_info("acme/tiny", files_metadata=True).siblings or []
    assert [(blob.size, blob.blob_id) for blob in blobs] == [(1000, path.resolve().name)]
    with pytest.raises(errors.RemoteEntryNotFoundError):
        api.hf_hub_download("acme/tiny", "NOTICE")
    known = try_to_load_from_cache("acme/tiny", "NOTICE", revision=sha)
    assert known is not None and not isinstance(known, str), "an answer with the commit makes absence known"


def test_a_large_file_comes_from_elsewhere(hub: HubServer, api: HfApi) -> None:
    sha = hub.model("acme/tiny", {"m.safetensors": b"\0" * 5000}, lfs={"m.safetensors"})
    path = Path(api.hf_hub_download("acme/tiny", "m.safetensors"))
    assert (path.read_bytes(), path.parent.name) == (b"\0" * 5000, sha)
    assert hub.requests[-1].path.startswith("/_lfs/")
    file = (api.model_info("acme/tiny", files_metadata=True).siblings or [])[0]
    assert file.lfs is not None
    assert (file.lfs.size, file.lfs.sha256) == (5000, path.resolve().name)


def test_a_snapshot_takes_the_files_asked_for(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/tiny", {"README.md": CARD, "LICENSE": "MIT", "sub/NOTICE": "n", "big.bin": b"1"})
    folder = Path(api.snapshot_download("acme/tiny", allow_patterns=["README.md", "LICENSE", "*NOTICE"]))
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == ["LICENSE", "README.md", "sub/NOTICE"]


def test_a_long_listing_comes_in_pages(hub: HubServer, api: HfApi) -> None:
    hub.page_size = 10
    hub.model("acme/tiny", {f"d/{n:02}.txt": "" for n in range(25)})
    assert api.list_repo_files("acme/tiny") == [f"d/{n:02}.txt" for n in range(25)]
    assert len(hub.requests) == 3
    hub.model("acme/tiny", {"a": "", "d/e/f": ""})
    assert [entry.path for entry in api.list_repo_tree("acme/tiny")] == ["a", "d"]
    assert [entry.path for entry in api.list_repo_tree("acme/tiny", recursive=True)] == ["a", "d", "d/e", "d/e/f"]
    assert [entry.path for entry in api.list_repo_tree("acme/tiny", "d")] == ["d/e"]
    with pytest.raises(errors.RemoteEntryNotFoundError):
        list(api.list_repo_tree("acme/tiny", path_in_repo="e"))


def test_a_renamed_repository(hub: HubServer, api: HfApi) -> None:
    hub.model("bert", {"README.md": CARD})
    hub.rename("bert", "google/bert")
    assert api.model_info("bert", expand=["tags"]).id == "google/bert"
    assert hub.requests[-1].query == {"expand": ["tags"]}
    assert Path(api.hf_hub_download("bert", "README.md")).read_text("utf-8") == CARD
    answer = get_session().get(f"{hub.endpoint}/bert/resolve/main/README.md", follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/google/bert/resolve/main/README.md")
    hub.model("bert", card={"license": "mit"})
    assert api.model_info("bert").id == "bert", "a new repository takes its name back"


def test_missing_and_private_look_the_same(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/secret", {"LICENSE": "x"}, private=True)
    for name in ("acme/secret", "acme/none"):
        for token, status in ((False, 401), ("hf_outsider", 404)):
            with pytest.raises(errors.RepositoryNotFoundError) as caught:
                api.model_info(name, token=token)
            assert caught.value.response.status_code == status
        with pytest.raises(errors.RepositoryNotFoundError):
            api.hf_hub_download(name, "LICENSE")
    assert api.model_info("acme/secret", token="hf_good").private
    with pytest.raises(errors.HfHubHTTPError, match="Invalid credentials") as wrong:
        api.model_info("acme/secret", token="hf_stale")
    assert not isinstance(wrong.value, errors.RepositoryNotFoundError)


def test_a_gated_repository_shows_its_metadata_and_card(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/gated", {"README.md": CARD, "LICENSE": "x"}, gated="manual")
    assert api.model_info("acme/gated").gated == "manual"
    assert api.list_repo_files("acme/gated") == ["LICENSE", "README.md"]
    assert Path(api.hf_hub_download("acme/gated", "README.md")).read_text("utf-8") == CARD
    for token, status in ((False, 401), ("hf_outsider", 403)):
        with pytest.raises(errors.GatedRepoError) as caught:
            api.hf_hub_download("acme/gated", "LICENSE", token=token)
        assert caught.value.response.status_code == status
    assert Path(api.hf_hub_download("acme/gated", "LICENSE", token="hf_good")).read_text("utf-8") == "x"


def test_a_gated_card_can_be_closed_too(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/gated", {"README.md": CARD}, gated="auto", readme_gated=True)
    with pytest.raises(errors.GatedRepoError):
        api.hf_hub_download("acme/gated", "README.md")


def test_a_disabled_repository(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/gone", {"LICENSE": "x"}, disabled=True)
    with pytest.raises(errors.DisabledRepoError):
        api.model_info("acme/gone")
    with pytest.raises(errors.LocalEntryNotFoundError) as caught:  # the client takes any 403 but a gated one for this
        api.hf_hub_download("acme/gone", "LICENSE")
    assert isinstance(caught.value.__cause__, errors.DisabledRepoError)


def test_every_answer_tells_what_is_left(hub: HubServer) -> None:
    hub.model("acme/tiny", {"LICENSE": "x"})
    get = get_session().get
    told = [get(hub.endpoint + path) for path in ("/api/models/acme/tiny", "/api/models/none", "/api/agent-harnesses")]
    assert [answer.headers["RateLimit"] for answer in told] == [f'"api";r={left};t=300' for left in (499, 498, 497)]
    limit = parse_ratelimit_headers(get(f"{hub.endpoint}/acme/tiny/resolve/main/LICENSE").headers)
    assert limit is not None
    assert (limit.resource_type, limit.remaining, limit.limit, limit.window_seconds) == ("resolvers", 2999, 3000, 300)


def test_quotas_hold_for_a_window(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/tiny", {"LICENSE": "x"})
    hub.quotas, hub.window = {"api": 2}, 0.4
    api.model_info("acme/tiny")
    api.model_info("acme/tiny")
    with pytest.raises(errors.HfHubHTTPError, match="reached your 'api' rate limit") as caught:
        api.model_info("acme/tiny")
    assert (caught.value.response.status_code, caught.value.response.headers["RateLimit"]) == (429, '"api";r=0;t=1')
    api.hf_hub_download("acme/tiny", "LICENSE")
    hub.closing.wait(0.45)
    api.model_info("acme/tiny")


def test_clear_forgets_requests_and_faults_but_no_repository(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/tiny")
    hub.fault("status", code=503)
    with pytest.raises(errors.HfHubHTTPError):
        api.model_info("acme/tiny")
    hub.clear()
    assert hub.requests == []
    assert api.model_info("acme/tiny").id == "acme/tiny"


def test_requests_are_recorded_as_they_came(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/tiny", {"a b.txt": "x"})
    HfApi(hub.endpoint, token="hf_good", library_name="licheck", library_version="1").model_info("acme/tiny")
    api.hf_hub_download("acme/tiny", "a b.txt")
    first, second, third = hub.requests
    assert (first.method, first.bucket, second.bucket) == ("GET", "api", "resolvers")
    assert first.headers["authorization"] == "Bearer hf_good"
    assert first.headers["user-agent"].startswith("licheck/1;")
    assert (second.method, third.path) == ("HEAD", "/acme/tiny/resolve/main/a%20b.txt")
    assert "authorization" not in third.headers


def test_many_ask_at_once(hub: HubServer, api: HfApi) -> None:
    shas = {f"acme/m{n}": hub.model(f"acme/m{n}", {"README.md": CARD}) for n in range(200)}
    with ThreadPoolExecutor(16) as pool:
        given = {info.id: info.sha for info in pool.map(api.model_info, shas)}
    assert given == shas
    assert len(hub.requests) == 200


def test_another_process_uses_it_through_its_environment(hub: HubServer, tmp_path: Path) -> None:
    sha = hub.model("acme/tiny", {"README.md": CARD})
    code = "from huggingface_hub import HfApi; print(HfApi().model_info('acme/tiny').sha)"
    env = {**os.environ, **hub.env(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sha
    assert [request.path for request in hub.requests] == ["/api/models/acme/tiny"]


@pytest.mark.parametrize("ask", [lambda s: s.post, lambda s: s.put, lambda s: s.delete])
def test_nothing_can_be_written(hub: HubServer, ask: Callable[[Any], Callable[[str], Any]]) -> None:
    assert ask(get_session())(f"{hub.endpoint}/api/models/acme/tiny").status_code == 405
