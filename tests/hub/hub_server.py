"""A Hugging Face Hub on this machine for the real client: repositories, access, quotas, and faults on request."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Any, Self

from hub_answers import KINDS, Answer, Fault, Request, error
from hub_http import Listener
from hub_repos import Files, Json, Repo
from hub_routes import answer

__all__ = ["HubServer", "Request"]

# What the real Hub allows someone without a token in five minutes; told in headers also when nothing is enforced.
USUAL_QUOTAS = {"api": 500, "resolvers": 3000, "pages": 100}


class HubServer:
    """A Hub that runs while it is entered.

    Set `quotas` (bucket → requests per `window` seconds) to have them enforced. A token in `tokens` may read
    everything, one in `outsiders` is valid but not admitted to private and gated repositories, any other is refused.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.failures: list[str] = []  # tracebacks of the server's own mistakes; a fixture looks that there are none
        self.repos: dict[tuple[str, str], Repo] = {}
        self.renames: dict[tuple[str, str], str] = {}
        self.tokens = {"hf_good"}
        self.outsiders = {"hf_outsider"}
        self.quotas: dict[str, int] | None = None
        self.window = 300.0
        self.page_size = 1000
        self.closing = Event()
        self._faults: list[Fault] = []
        self._used: dict[str, tuple[float, int]] = {}  # bucket → start of its window, requests in it
        self._lock = RLock()
        self._listener = Listener(self)
        self.port: int = self._listener.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        # The interval is how long stopping may take.
        Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._listener.stop()

    def model(
        self,
        repo_id: str,
        files: Files | None = None,
        *,
        card: Mapping[str, Any] | None = None,
        branches: Mapping[str, Files] | None = None,
        lfs: Collection[str] = (),
        readme_gated: bool = False,
        exact: Mapping[str, Any] | None = None,
        **api: Any,
    ) -> str:
        """Add a model, or a commit to the one there is, and return the hash of the new commit on main.

        `card` is the front matter: read from README.md, or README.md is written from it. `lfs` names the files that
        come by a redirect. Anything in `api` replaces that field of the answer, `tags` too; `exact` replaces the
        whole plain answer, as it was recorded.
        """
        return self._add("models", repo_id, files, card, branches, lfs, readme_gated, exact, api)

    def dataset(
        self,
        repo_id: str,
        files: Files | None = None,
        *,
        card: Mapping[str, Any] | None = None,
        branches: Mapping[str, Files] | None = None,
        lfs: Collection[str] = (),
        readme_gated: bool = False,
        exact: Mapping[str, Any] | None = None,
        **api: Any,
    ) -> str:
        """Add a dataset, as `model` does a model."""
        return self._add("datasets", repo_id, files, card, branches, lfs, readme_gated, exact, api)

    def _add(
        self,
        kind: str,
        repo_id: str,
        files: Files | None,
        card: Mapping[str, Any] | None,
        branches: Mapping[str, Files] | None,
        lfs: Collection[str],
        readme_gated: bool,
        exact: Mapping[str, Any] | None,
        api: Json,
    ) -> str:
        with self._lock:
            repo = self.repos.get((kind, repo_id)) or Repo(kind, repo_id)
            repo.readme_gated = readme_gated
            sha = repo.add("main", files or {}, card, lfs, api, dict(exact) if exact is not None else None)
            for name, other in (branches or {}).items():
                repo.add(name, other, None, lfs, {k: v for k, v in api.items() if k != "sha"}, None)
            self.repos[kind, repo_id] = repo
            return sha

    def sha(self, repo_id: str, revision: str = "main", kind: str = "models") -> str:
        """Hash of the commit a branch is at."""
        return self.repos[kind, repo_id].refs[revision]

    def rename(self, old: str, new: str) -> None:
        """Move a repository, if there is one, and send who asks for the old name to the new one."""
        with self._lock:
            known = {kind for kind, name in self.repos if name in (old, new)} or {"models", "datasets"}
            for kind in known:
                if (kind, new) not in self.repos and (repo := self.repos.pop((kind, old), None)):
                    repo.id = new
                    self.repos[kind, new] = repo
                self.renames[kind, old] = new

    def fault(self, kind: str, *, match: str = "", times: int | None = None, method: str = "", **options: Any) -> None:
        """Make requests go wrong whose path and query contain `match`, or match it as a pattern; the first fault wins.

        `times` is how often, None for ever. The options are those of the kind's function in `hub_answers`.
        """
        if kind not in KINDS:
            raise ValueError(f"no fault {kind!r}; there are {', '.join(KINDS)}")
        with self._lock:
            self._faults.append(Fault(kind, match, times, method, options))

    def clear(self) -> None:
        """Forget requests, faults and what was counted against the quotas; repositories stay."""
        with self._lock:
            self.requests.clear()
            self._faults.clear()
            self._used.clear()

    def env(self, home: Path) -> dict[str, str]:
        """Environment in which a client in a process of its own uses this Hub and nothing else."""
        off = ("DISABLE_TELEMETRY", "DISABLE_XET", "DISABLE_PROGRESS_BARS", "DISABLE_IMPLICIT_TOKEN")
        alone = {"HF_ENDPOINT": self.endpoint, "HF_HOME": str(home), "NO_PROXY": "127.0.0.1,localhost"}
        return alone | {f"HF_HUB_{name}": "1" for name in off}

    def serve(self, request: Request) -> Answer:
        """Answer one request: count it, work out the answer, spoil it if a fault is due."""
        with self._lock:
            self.requests.append(request)
            within, headers = self._count(request.bucket)
        if not within:
            given = error(429, "too many requests")
        else:
            given = answer(self, request)
            with self._lock:
                fault = next((f for f in self._faults if f.meets(request, given)), None)
                given = fault.spoil(request, given) if fault else given
        return replace(given, headers={**headers, **given.headers})

    def _count(self, bucket: str) -> tuple[bool, dict[str, str]]:
        """Count a request in its window; say whether it is within the quota, and the headers that tell."""
        now = time.monotonic()
        start, used = self._used.get(bucket, (now, 0))
        if now - start >= self.window:
            start, used = now, 0
        quota = (self.quotas or {}).get(bucket)
        within = quota is None or used < quota
        self._used[bucket] = start, used + within
        told = USUAL_QUOTAS[bucket] if quota is None else quota
        # Never nothing left if nothing is enforced, lest a careful client waits.
        left = max(told - used - within, 1 if quota is None else 0)
        return within, {
            "RateLimit": f'"{bucket}";r={left};t={math.ceil(start + self.window - now)}',
            "RateLimit-Policy": f'"fixed window";"{bucket}";q={told};w={math.ceil(self.window)}',
        }
