"""Fixtures for tests with the fake Hub: `pytest_plugins = ["hub_fixtures"]`.

Not a conftest: a second module of that name would stand in the way of `from conftest import ROOT`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub_server import HubServer


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub that runs; the client, in this process and in others started from it, knows no other, nor any token."""
    # Late, because the client reads its settings when it is imported and costs a quarter of a second.
    from huggingface_hub import constants
    from huggingface_hub.utils import close_session

    with HubServer() as server:
        home = tmp_path_factory.mktemp("hub-home")
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in server.env(home).items():
            monkeypatch.setenv(name, value)
        settings = {
            "ENDPOINT": server.endpoint,
            # Made from the endpoint when the client is imported; left alone, downloads would go to the real Hub.
            "HUGGINGFACE_CO_URL_TEMPLATE": server.endpoint + "/{repo_id}/resolve/{revision}/{filename}",
            "HF_HOME": str(home),
            "HF_HUB_CACHE": str(home / "hub"),
            "HF_TOKEN_PATH": str(home / "token"),
            "HF_HUB_OFFLINE": False,
            "HF_HUB_DISABLE_TELEMETRY": True,
            "HF_HUB_DISABLE_XET": True,
        }
        for name, setting in settings.items():
            monkeypatch.setattr(constants, name, setting)
        close_session()  # one made before would know of other proxies
        yield server
        close_session()
    assert server.failures == []


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client wanted to sleep between its attempts; it does not sleep."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept
