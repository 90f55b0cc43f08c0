"""Every fault of the fake Hub, as the real client meets it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hub_answers import KINDS, WRONG_TYPES
from hub_server import HubServer
from huggingface_hub import HfApi, errors
from huggingface_hub.utils import get_session

pytest_plugins = ["hub_fixtures"]

TEXT = "Permission is granted. " * 100


@pytest.fixture
def api(hub: HubServer) -> HfApi:
    hub.model("acme/tiny", {"LICENSE": TEXT}, card={"license": "mit"})
    return HfApi(hub.endpoint, token=False)


def get(hub: HubServer, path: str = "/api/models/acme/tiny", **options: Any) -> httpx2.Response:
    return get_session().get(hub.endpoint + path, **options)


def test_a_fault_meets_what_matches_as_often_as_it_is_told(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/other")
    hub.fault("status", match="acme/tiny", times=2, code=503)
    hub.fault("status", match=r"/oth.r\?expand=tags$", code=500)
    hub.fault("status", match="resolve", method="HEAD", code=502)
    assert [get(hub).status_code for _ in range(3)] == [503, 503, 200]
    assert get(hub, "/api/models/acme/other").status_code == 200
    assert [get(hub, "/api/models/acme/other?expand=tags").status_code for _ in range(3)] == [500] * 3
    assert get(hub, "/acme/tiny/resolve/main/LICENSE").text == TEXT
    with pytest.raises(ValueError, match="no fault 'typo'"):
        hub.fault("typo")


@pytest.mark.parametrize("code", [400, 401, 403, 404, 429, 500, 502, 503, 504])
def test_status(hub: HubServer, api: HfApi, code: int) -> None:
    hub.fault("status", code=code, message="out of order")
    with pytest.raises(errors.HfHubHTTPError, match="out of order") as caught:
        api.model_info("acme/tiny")
    assert caught.value.response.status_code == code
    assert len(hub.requests) == 1, "model_info does not try again"


def test_status_with_a_code_and_a_time_to_retry(hub: HubServer, api: HfApi, naps: list[float]) -> None:
    hub.fault("status", code=404, error_code="RepoNotFound", times=1)
    with pytest.raises(errors.RepositoryNotFoundError):
        api.model_info("acme/tiny")
    hub.fault("status", code=503, retry_after=7, times=2)
    assert api.list_repo_files("acme/tiny") == ["LICENSE", "README.md"]
    assert naps == [8, 8]


def test_rate_limit(hub: HubServer, api: HfApi, naps: list[float]) -> None:
    hub.fault("rate-limit", t=55, times=1)
    with pytest.raises(errors.HfHubHTTPError, match="Retry after 55 seconds"):
        api.model_info("acme/tiny")
    hub.fault("rate-limit", t=3, times=2)
    path = api.hf_hub_download("acme/tiny", "LICENSE")
    # The first HEAD of a download is never tried again; a second round is, if the file is in no cache.
    assert (Path(path).read_text("utf-8"), naps) == (TEXT, [4])
    assert [request.method for request in hub.requests] == ["GET", "HEAD", "HEAD", "HEAD", "GET"]


def test_slow(hub: HubServer, api: HfApi) -> None:
    hub.fault("slow", seconds=0.3)
    start = time.monotonic()
    assert api.model_info("acme/tiny").id == "acme/tiny"
    assert time.monotonic() - start >= 0.3
    with pytest.raises(httpx2.ReadTimeout):
        api.model_info("acme/tiny", timeout=0.05)


def test_drip_never_times_out(hub: HubServer, api: HfApi) -> None:
    hub.model("acme/slow", {"LICENSE": "x" * 30})
    hub.fault("drip", seconds=0.02)
    start = time.monotonic()
    assert get(hub, "/acme/slow/resolve/main/LICENSE", timeout=0.3).text == "x" * 30
    assert time.monotonic() - start >= 0.6, "the timeout is for one read, not for the whole"


def test_truncate(hub: HubServer, api: HfApi, naps: list[float]) -> None:
    hub.fault("truncate", keep=10)
    with pytest.raises(httpx2.RemoteProtocolError, match=f"received 10 bytes, expected {len(TEXT)}"):
        get(hub, "/acme/tiny/resolve/main/LICENSE")
    hub.clear()
    hub.fault("truncate", times=1)
    assert Path(api.hf_hub_download("acme/tiny", "LICENSE")).read_text("utf-8") == TEXT
    # The client goes on where it was only after whole pieces of 10 MB.
    assert [request.method for request in hub.requests] == ["HEAD", "GET", "GET"]
    assert naps == [1]


def test_the_rest_of_a_file_can_be_asked_for(hub: HubServer, api: HfApi) -> None:
    path = "/acme/tiny/resolve/main/LICENSE"
    rest = get(hub, path, headers={"Range": "bytes=2200-"})
    assert (rest.status_code, rest.text) == (206, TEXT[2200:])
    assert rest.headers["Content-Range"] == "bytes 2200-2299/2300"
    assert get(hub, path, headers={"Range": "bytes=5-9"}).text == TEXT[5:10]
    assert get(hub, path, headers={"Range": "bytes=2300-"}).status_code == 416


def test_short_goes_unseen(hub: HubServer, api: HfApi) -> None:
    whole = get(hub, "/acme/tiny/resolve/main/LICENSE")
    hub.fault("short", match="resolve", keep=23)
    cut = get(hub, "/acme/tiny/resolve/main/LICENSE")
    assert (cut.text, cut.headers["Content-Length"], cut.headers["ETag"]) == (TEXT[:23], "23", whole.headers["ETag"])
    assert Path(api.hf_hub_download("acme/tiny", "LICENSE")).read_text("utf-8") == TEXT[:23]


def test_short_after_an_honest_head_is_noticed(hub: HubServer, api: HfApi) -> None:
    hub.fault("short", method="GET")
    with pytest.raises(OSError, match="Consistency check failed"):
        api.hf_hub_download("acme/tiny", "LICENSE")


def test_chop_json(hub: HubServer, api: HfApi) -> None:
    whole = get(hub).content
    hub.fault("chop-json")
    assert get(hub).content == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        api.model_info("acme/tiny")
    assert get(hub, "/acme/tiny/resolve/main/LICENSE").text == TEXT


def test_garbage(hub: HubServer, api: HfApi) -> None:
    hub.fault("garbage")
    assert get(hub).headers["Content-Type"].startswith("text/html")
    with pytest.raises(json.JSONDecodeError):
        api.model_info("acme/tiny")
    with pytest.raises(errors.LocalEntryNotFoundError) as caught:
        api.hf_hub_download("acme/tiny", "LICENSE")
    assert isinstance(caught.value.__cause__, errors.FileMetadataError)


@pytest.mark.parametrize(("hard", "error"), [(False, httpx2.RemoteProtocolError), (True, httpx2.ReadError)])
def test_reset(hub: HubServer, api: HfApi, hard: bool, error: type[Exception]) -> None:
    hub.fault("reset", hard=hard, times=1)
    with pytest.raises(error) as caught:
        api.model_info("acme/tiny")
    assert not isinstance(caught.value, OSError)
    assert api.model_info("acme/tiny").id == "acme/tiny"


def test_redirect_to_a_foreign_host(hub: HubServer, api: HfApi) -> None:
    with HubServer() as other:
        other.model("acme/tiny", {"LICENSE": "All rights are theirs. " * 100}, card={"license": "gpl-3.0"})
        hub.fault("redirect", to=other.endpoint + "{target}")
        info = HfApi(hub.endpoint, token="hf_good").model_info("acme/tiny")
        assert info.card_data is not None
        assert info.card_data.license == "gpl-3.0", "the client follows to any host"
        assert "authorization" in hub.requests[0].headers
        assert "authorization" not in other.requests[0].headers
        path = Path(api.hf_hub_download("acme/tiny", "LICENSE"))
        assert path.read_text("utf-8").startswith("All rights"), "it believes the ETag that came with the redirect"
        assert other.failures == []


def test_loop(hub: HubServer, api: HfApi) -> None:
    hub.fault("loop")
    with pytest.raises(httpx2.TooManyRedirects):
        api.model_info("acme/tiny")
    assert len(hub.requests) == 21
    with pytest.raises(httpx2.TooManyRedirects):
        api.hf_hub_download("acme/tiny", "LICENSE")


@pytest.mark.parametrize("chunked", [False, True])
def test_huge(hub: HubServer, api: HfApi, chunked: bool) -> None:
    hub.fault("huge", size=1_000_001, chunked=chunked)
    answer = get(hub, "/acme/tiny/resolve/main/LICENSE")
    assert answer.content == b"a" * 1_000_001
    assert ("Content-Length" in answer.headers) is not chunked


def test_huge_can_be_left_in_the_middle(hub: HubServer, api: HfApi) -> None:
    hub.fault("huge", size=10**12, times=1)
    with get_session().stream("GET", f"{hub.endpoint}/acme/tiny/resolve/main/LICENSE") as answer:
        assert len(next(answer.iter_bytes(1000))) == 1000
    assert api.model_info("acme/tiny").id == "acme/tiny"


def test_empty(hub: HubServer, api: HfApi) -> None:
    hub.fault("empty")
    assert (get(hub).status_code, get(hub).content) == (200, b"")
    with pytest.raises(json.JSONDecodeError):
        api.model_info("acme/tiny")
    assert Path(api.hf_hub_download("acme/tiny", "LICENSE")).read_bytes() == b""


def test_gzip_bomb(hub: HubServer, api: HfApi) -> None:
    hub.fault("gzip-bomb", size=5_000_000)
    answer = get(hub, "/acme/tiny/resolve/main/LICENSE")
    assert int(answer.headers["Content-Length"]) < 10_000
    assert answer.content == bytes(5_000_000)


def test_no_commit(hub: HubServer, api: HfApi) -> None:
    hub.fault("no-commit")
    with pytest.raises(errors.LocalEntryNotFoundError) as caught:
        api.hf_hub_download("acme/tiny", "LICENSE")
    assert isinstance(caught.value.__cause__, errors.FileMetadataError)


def test_fields_that_are_missing_or_wrong(hub: HubServer, api: HfApi) -> None:
    right = get(hub).json()
    hub.fault("no-sha", times=1)
    assert api.model_info("acme/tiny").sha is None
    hub.fault("no-siblings", times=1)
    assert api.model_info("acme/tiny").siblings is None
    hub.fault("other-id", times=1)
    assert api.model_info("acme/tiny").id == "someone/else"
    hub.fault("other-id", id="x/y", times=1)
    assert api.model_info("acme/tiny").id == "x/y"
    assert get(hub).json() == right


def test_bad_types(hub: HubServer, api: HfApi) -> None:
    hub.fault("bad-types", times=2)
    body = get(hub, "/api/models/acme/tiny?expand=tags&expand=cardData&expand=siblings").json()
    assert {key: body[key] for key in WRONG_TYPES if key in body} == {
        "tags": "license:mit", "cardData": ["license", "mit"], "siblings": {"README.md": {"rfilename": "README.md"}},
    }  # fmt: skip
    with pytest.raises((TypeError, ValueError, AttributeError)):
        api.model_info("acme/tiny")
    hub.fault("bad-types", fields={"tags": "mit", "gguf": 3})
    info = api.model_info("acme/tiny")
    assert (info.tags, info.gguf) == ("mit", 3)


def test_every_kind_is_tested() -> None:
    tests = Path(__file__).read_text("utf-8")
    assert {kind for kind in KINDS if f'hub.fault("{kind}"' not in tests} == set()


def test_stopping_does_not_wait_for_what_is_slow() -> None:
    with HubServer() as server:
        server.fault("slow", seconds=60)
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.get(f"{server.endpoint}/api/models/x", timeout=0.05)
        start = time.monotonic()
    assert time.monotonic() - start < 1
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(server.endpoint)
