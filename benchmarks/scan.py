"""How many requests and seconds `licheck scan` takes for many models, beside downloading the same files.

Usage: python benchmarks/scan.py [MODELS]     (run it with the Python of an environment that licheck is installed in)

A Hub on this machine answers (tests/hub). The alternative is what one would write with `huggingface_hub` alone: the
metadata of each model and of its base, and `snapshot_download` of their licence files. Prints requests a repository,
seconds, and the ratio; then the same scan warm, and offline.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "hub"))
os.environ |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1"}


def main(models: int) -> None:
    """Measure and print."""
    from hub_server import HubServer

    text = (ROOT / "LICENSE").read_text("utf-8")
    with HubServer() as hub, tempfile.TemporaryDirectory() as home:
        os.environ |= {"HF_ENDPOINT": hub.endpoint, "HF_HOME": home, "LICHECK_CACHE": f"{home}/licheck"}
        names = []
        for number in range(models):
            base = f"base/m{number}"
            hub.model(base, {"README.md": "---\nlicense: apache-2.0\n---\n", "LICENSE": text})
            card = f"---\nlicense: apache-2.0\nbase_model: {base}\n---\n"
            names.append(f"acme/m{number}")
            hub.model(names[-1], {"README.md": card, "LICENSE": text, "config.json": "{}"})
        repos = 2 * models
        first = measured("licheck scan, cold", hub, repos, lambda: scan(names))
        other = measured("huggingface_hub alone", hub, repos, lambda: downloads(names))
        print(f"{'ratio of seconds':28} {first / other:.2f}")
        measured("licheck scan, warm", hub, repos, lambda: scan(names))
        measured("licheck scan, offline", hub, repos, lambda: scan(names, offline=True))


def measured(what: str, hub: object, repos: int, run: object) -> float:
    """Seconds of a run; prints them with the requests that it made."""
    hub.clear()  # type: ignore[attr-defined]
    start = time.perf_counter()
    run()  # type: ignore[operator]
    seconds = time.perf_counter() - start
    asked = len(hub.requests)  # type: ignore[attr-defined]
    print(f"{what:28} {seconds:7.2f} s {asked / repos:6.2f} requests a repository")
    return seconds


def scan(names: list[str], offline: bool = False) -> None:
    """Scan them all in this process."""
    from datetime import date

    from licheck.lineage.targets import parse
    from licheck.scan import Options
    from licheck.scan import scan as run
    from licheck.upstream import Reading

    found = run(parse(names, ()), date(2026, 11, 21), Reading(offline), Options())
    assert found.verdict == "pass"


def downloads(names: list[str]) -> None:
    """Read metadata and licence files of the models and their bases, one after the other."""
    from huggingface_hub import HfApi, snapshot_download

    api = HfApi()
    wanted = ["LICENSE*", "NOTICE*", "README.md", "config.json", "adapter_config.json"]
    for name in names:
        for repo in (name, name.replace("acme/", "base/")):
            api.model_info(repo)
            snapshot_download(repo, allow_patterns=wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
