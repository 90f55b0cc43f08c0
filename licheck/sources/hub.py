"""Repositories of the Hub: what it knows of one, and single files of it by commit; from the network or the cache."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from licheck.sources.cache import Cache, Entry
from licheck.sources.http import Answer, Web, intact

# The client asks for telemetry settings at its first request; this is read when it is imported.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
MOST_INFO = 32_000_000  # bytes; repos with a hundred thousand files exist
MOST_FILE = 1_000_000
PAGES = 20
FINAL = {"read", "gated", "missing", "disabled"}
_MODEL = (
    *("cardData", "baseModels", "tags", "gated", "sha", "siblings", "lastModified", "createdAt", "disabled"),
    *("private", "config", "gguf", "library_name"),
)
_DATASET = ("cardData", "tags", "gated", "sha", "siblings", "lastModified", "createdAt", "disabled", "private")
_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?", re.ASCII)
_FOLDERS = {"model": "models", "dataset": "datasets"}


class Info(NamedTuple):
    """What the Hub says of a repo: the body of its API, the commit it is about, and all files if they are known.

    `state` is one of `ReadState`. `partial` says what is missing of an answer that was read.
    """

    state: str
    why: str = ""
    body: Mapping[str, Any] = {}
    commit: str | None = None
    files: tuple[str, ...] | None = None
    partial: str = ""


class File(NamedTuple):
    """Bytes of a file, or why there are none."""

    state: str
    why: str = ""
    data: bytes = b""


def default_endpoint() -> str:
    """The Hub that `huggingface_hub` is set to (`HF_ENDPOINT`)."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def token() -> bool:
    """Whether requests carry a token."""
    from huggingface_hub import get_token

    return bool(get_token())


class Hub:
    """One Hub; with `web` None only what was read before is known.

    `since` is when a run that is being gone on with began (seconds since 1970): what it read is not asked for again.
    """

    def __init__(self, endpoint: str, cache: Cache, web: Web | None, since: float | None = None) -> None:
        self.endpoint, self._cache, self._web, self._since = endpoint, cache, web, since
        self._locks: dict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)

    @property
    def online(self) -> bool:
        """Whether the Hub is asked at all."""
        return self._web is not None

    def info(self, kind: str, repo: str, revision: str | None = None) -> Info:
        """Return what the Hub says of a repo, in one request; an answer without the list of files costs one more."""
        key = (_FOLDERS[kind], repo, f"info {revision or ''}")
        if self._web is None:
            kept = self._cache.get(*key)
            offline = Info("offline", "it was not read before, and this run is offline")
            return _info(kept) if kept else _info_in_hub_cache(kind, repo, revision) or offline
        if self._since and (kept := self._cache.get(*key, since=self._since)):
            return _info(kept)
        expand = "&".join(f"expand={name}" for name in (_MODEL if kind == "model" else _DATASET))
        at = f"/revision/{quote(revision, safe='')}" if revision else ""
        path = f"/api/{_FOLDERS[kind]}/{quote(repo)}{at}?{expand}"
        answer = self._web.get(path, "api", MOST_INFO)
        entry = self._judged(kind, repo, answer)
        if entry.state == "truncated":  # once more: a broken line breaks elsewhere the next time
            entry = self._judged(kind, repo, self._web.get(path, "api", MOST_INFO))
        if entry.state in FINAL:
            self._cache.put(entry, *key)
        return _info(entry)

    def file(self, kind: str, repo: str, commit: str, path: str) -> File:
        """Return one file at a commit; bytes that do not fit their digest are not given out."""
        key = (_FOLDERS[kind], repo, commit, path)
        with self._locks[key]:  # a repo with two names is reached by two threads
            return self._file(kind, repo, commit, path, key)

    def _file(self, kind: str, repo: str, commit: str, path: str, key: tuple[str, ...]) -> File:
        kept = self._cache.get(*key)
        if kept and (kept.state == "read" or self._web is None):
            return File(kept.state, kept.why, kept.data)
        if self._web is None:
            local = _in_hub_cache(kind, repo, commit, path)
            return File("read", "", local) if local is not None else File("offline", "it was not read before")
        prefix = "" if kind == "model" else "/datasets"
        where = f"{prefix}/{quote(repo)}/resolve/{quote(commit, safe='')}/{quote(path)}"
        answer = self._web.get(where, "resolvers", MOST_FILE, plain=True)
        if answer.state == "read" and not intact(answer):  # once more: a broken line breaks elsewhere the next time
            answer = self._web.get(where, "resolvers", MOST_FILE, plain=True)
        if answer.state == "read":
            if not intact(answer):
                answer = Answer("truncated", "the bytes do not fit the digest that the Hub gives for them")
            elif answer.headers.get("x-repo-commit", commit) != commit:
                answer = Answer("refused", "the Hub gave another commit than the one asked for")
            elif "x-repo-commit" not in answer.headers:
                answer = Answer("refused", "the answer names no commit, so it is not one of the Hub")
        if answer.state in FINAL:
            self._cache.put(Entry(answer.state, answer.why, commit, answer.data), *key)
        return File(answer.state, answer.why, answer.data)

    def link(self, url: str) -> File:
        """Return what lies at an address of another host (pages of code hosts: the plain file behind them)."""
        key = ("links", url)
        kept = self._cache.get(*key)
        if self._web is None:
            return File(kept.state, kept.why, kept.data) if kept else File("offline", "it was not read before")
        answer = self._web.foreign(_plain(url), MOST_FILE)
        if answer.state in FINAL:
            self._cache.put(Entry(answer.state, answer.why, None, answer.data), *key)
        return File(answer.state, answer.why, answer.data)

    def _judged(self, kind: str, repo: str, answer: Answer) -> Entry:
        """What to keep of an answer of the API: only what is whole and about the repo that was asked for."""
        if answer.state != "read":
            return Entry(answer.state, answer.why, None, b"")
        try:
            body = json.loads(answer.data)
        except (ValueError, RecursionError):
            return Entry("truncated", "the Hub's answer is no whole JSON", None, b"")
        name = body.get("id") if isinstance(body, dict) else None
        if not isinstance(name, str) or not _ID.fullmatch(name):
            return Entry("truncated", "the Hub's answer names no repository", None, b"")
        if not _is(name, _led_to(answer.path) or repo):
            return Entry("refused", f"the Hub answered for {name!r} instead", None, b"")
        files = _names(body.get("siblings"))
        # A card without a file that it could stand in cannot be all there is.
        if (files is None or (not files and body.get("cardData"))) and isinstance(body.get("sha"), str):
            body["siblings"] = self._tree(kind, body["id"], body["sha"])
        return Entry("read", "", None, json.dumps(body).encode())

    def _tree(self, kind: str, repo: str, commit: str) -> list[dict[str, str]] | None:
        """List the files of a commit where the metadata did not; None if that could not be done to the end."""
        assert self._web is not None
        path = f"/api/{_FOLDERS[kind]}/{quote(repo)}/tree/{quote(commit, safe='')}?recursive=true&expand=false"
        found: list[dict[str, str]] = []
        for _ in range(PAGES):
            answer = self._web.get(path, "api", MOST_INFO)
            try:
                rows = json.loads(answer.data) if answer.state == "read" else None
            except (ValueError, RecursionError):
                return None
            if not isinstance(rows, list):
                return None
            if not all(isinstance(row, dict) and isinstance(row.get("path"), str) for row in rows):
                return None
            found += [{"rfilename": row["path"]} for row in rows]
            link = answer.headers.get("link", "")
            if 'rel="next"' not in link:
                return found
            path = link.partition("<")[2].partition(">")[0].removeprefix(self.endpoint.rstrip("/"))
            if not path.startswith("/api/"):
                return None
        return None


def _plain(url: str) -> str:
    """The address of the file itself, where a code host shows it on a page."""
    url = re.sub(r"^https://github\.com/([^/]+/[^/]+)/blob/", r"https://raw.githubusercontent.com/\1/", url)
    return re.sub(r"^(https://(?:huggingface\.co|hf\.co)/.+?)/blob/", r"\1/resolve/", url)


def _info(entry: Entry) -> Info:
    if entry.state != "read":
        return Info(entry.state, entry.why)
    body = json.loads(entry.data)
    sha, files = body.get("sha"), _names(body.get("siblings"))
    missing = [] if isinstance(sha, str) and sha else ["the commit"]
    missing += [] if files is not None else ["the list of files"]
    partial = f"the Hub's answer lacks {' and '.join(missing)}" if missing else ""
    return Info("read", "", body, sha if isinstance(sha, str) and sha else None, files, partial)


def _names(siblings: Any) -> tuple[str, ...] | None:
    """The names in a list of files; None for anything that is no whole list."""
    if not isinstance(siblings, list):
        return None
    names = [item.get("rfilename") if isinstance(item, dict) else None for item in siblings]
    if not all(isinstance(name, str) and name and _written(name) for name in names):
        return None
    return tuple(map(str, names))


def _written(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:  # half a character
        return False


def _led_to(path: str) -> str:
    """The repo in the path of the API that a redirect led to; empty where there was none."""
    match = re.match(r"/api/(?:models|datasets)/([^?#]+?)(?:/revision/[^?#]*)?(?:[?#]|$)", path)
    return unquote(match[1]) if match else ""


def _is(name: str, asked: str) -> bool:
    """Whether an answer is about what was asked for; old repos without an organisation have got one since."""
    name, asked = name.lower(), asked.lower()
    return name == asked or ("/" not in asked and name.endswith(f"/{asked}"))


def _info_in_hub_cache(kind: str, repo: str, revision: str | None) -> Info | None:
    """What the cache of `huggingface_hub` holds of a repo: a commit and the files that were downloaded of it."""
    from huggingface_hub import constants

    folder = f"{constants.HF_HUB_CACHE}/{kind}s--{repo.replace('/', '--')}"
    if not os.path.isdir(folder):  # noqa: PTH112 (asked ten thousand times for a large merge)
        return None
    place = Path(folder)
    try:
        reference = place / "refs" / (revision or "main")
        commit = reference.read_text("utf-8").strip() if reference.is_file() else revision or ""
        snapshot = place / "snapshots" / commit
        if not commit or not snapshot.is_dir():
            return None
        names = tuple(sorted(path.name for path in snapshot.iterdir() if path.is_file()))
    except (OSError, ValueError):
        return None
    why = "the Hub was not asked: this is what was downloaded of it before"
    return Info("read", "", {"id": repo, "sha": commit}, commit, names, why)


def cached() -> list[str]:
    """References of all models and datasets in the cache of `huggingface_hub`, in order."""
    from huggingface_hub import CacheNotFound, scan_cache_dir

    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return []
    schemes = {"model": "hf", "dataset": "dataset"}
    return sorted(f"{schemes[repo.repo_type]}:{repo.repo_id}" for repo in repos if repo.repo_type in schemes)


def _in_hub_cache(kind: str, repo: str, commit: str, path: str) -> bytes | None:
    """A file that `huggingface_hub` itself has in its cache at that commit."""
    from huggingface_hub import try_to_load_from_cache

    try:
        place = try_to_load_from_cache(repo, path, revision=commit, repo_type=kind)
        if isinstance(place, str) and Path(place).stat().st_size <= MOST_FILE:
            return Path(place).read_bytes()
    except (OSError, ValueError):
        return None
    return None
