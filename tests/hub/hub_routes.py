"""What the fake Hub answers to each path; sections 1.4 and 1.7 of facts/hub-and-formats.md tell of the real one."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from hub_answers import Answer, Request, error, json_answer
from hub_repos import EXPANDABLE, Commit, Json, Repo, blob_id

if TYPE_CHECKING:
    from hub_server import HubServer

API = re.compile(
    r"/api/(?P<kind>models|datasets)/(?P<id>[^/]+?(?:/(?!(?:revision|tree)/|refs$)[^/]+)?)"
    r"(?:/(?P<what>revision|tree|refs)(?:/(?P<rev>[^/]+)(?:/(?P<path>.+?))?)?)?/?"
)
RESOLVE = re.compile(r"/(?P<kind>datasets/)?(?P<id>[^/]+(?:/[^/]+)?)/resolve/(?P<rev>[^/]+)/(?P<path>.+)")
STORAGE = re.compile(r"/_lfs/(?P<digest>[0-9a-f]{64})")


def bucket_of(path: str) -> str:
    """Say which of the Hub's three quotas a path counts against."""
    return "api" if path.startswith("/api/") else "resolvers" if RESOLVE.fullmatch(path) else "pages"


def answer(hub: HubServer, request: Request) -> Answer:
    """Answer a request as if nothing were wrong."""
    if request.method not in ("GET", "HEAD"):
        return error(405, "Method Not Allowed", Allow="GET, HEAD")
    if found := STORAGE.fullmatch(request.path):
        return _stored(hub, request, found["digest"])
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and token not in hub.tokens | hub.outsiders:
        return error(401, "Invalid credentials in Authorization header")
    if request.path == "/api/agent-harnesses":
        return json_answer({"standardEnvVars": [], "harnesses": {}})
    found = API.fullmatch(request.path) or RESOLVE.fullmatch(request.path)
    if not found:
        return error(404, "Not Found")
    kind = "datasets" if (found["kind"] or "").startswith("datasets") else "models"
    repo_id = unquote(found["id"])
    repo = hub.repos.get((kind, repo_id))
    if repo is None and (new := hub.renames.get((kind, repo_id))):
        place = request.target[: found.start("id")] + quote(new, safe="/") + request.target[found.end("id") :]
        text = f"Temporary Redirect. Redirecting to {place}"
        return Answer(307, text.encode(), {"Content-Type": "text/plain; charset=utf-8", "Location": place})
    if repo is None or (repo.now.get("private") and token not in hub.tokens):
        # To a stranger a private repository, a missing one and a misspelt one look the same.
        return error(404 if token else 401, "Repository not found", "RepoNotFound")
    if repo.now.get("disabled"):
        return error(403, "Access to this resource is disabled.")
    if found.re is RESOLVE:
        return _resolve(hub, request, repo, unquote(found["rev"]), unquote(found["path"]), token)
    return _api(hub, request, repo, found["what"], unquote(found["rev"] or "main"), unquote(found["path"] or ""))


def _api(hub: HubServer, request: Request, repo: Repo, what: str | None, revision: str, path: str) -> Answer:
    if what == "refs":
        branches = [{"name": n, "ref": f"refs/heads/{n}", "targetCommit": sha} for n, sha in repo.refs.items()]
        return json_answer({"branches": branches, "converts": [], "tags": []})
    commit = repo.find(revision)
    if commit is None:
        return error(404, f"Invalid rev id: {quote(revision, safe='')}", "RevisionNotFound")
    if what == "tree":
        return _tree(hub, request, commit, path)
    if path:
        return error(404, "Not Found")
    expand = request.query.get("expand", [])
    if unknown := sorted(set(expand) - EXPANDABLE[repo.kind]):
        return error(400, f"Invalid option for expand: {', '.join(unknown)}")
    return json_answer(repo.body(commit, expand, request.query.get("blobs") == ["true"]))


def _tree(hub: HubServer, request: Request, commit: Commit, folder: str) -> Answer:
    prefix = f"{folder.strip('/')}/" if folder else ""
    deep = request.query.get("recursive") == ["true"]
    entries: dict[str, Json] = {}
    for path in sorted(commit.files):
        if not path.startswith(prefix):
            continue
        parts = path.removeprefix(prefix).split("/")
        above = [prefix + "/".join(parts[:n]) for n in range(1, len(parts))]
        for name in above if deep else above[:1]:
            entries.setdefault(name, _folder(name))
        if deep or not above:
            entries[path] = commit.entry(path)
    if prefix and not entries:
        return error(404, f"{folder} does not exist on {commit.sha}", "EntryNotFound", X_Repo_Commit=commit.sha)
    start = int(request.query.get("cursor", ["0"])[0])
    end = start + hub.page_size
    page = json_answer(list(entries.values())[start:end])
    if end < len(entries):
        again = [(k, v) for k, values in request.query.items() if k != "cursor" for v in values]
        url = f"{hub.endpoint}{request.path}?{urlencode([*again, ('cursor', end)])}"
        page.headers["Link"] = f'<{url}>; rel="next"'
    return page


def _folder(path: str) -> Json:
    return {"type": "directory", "oid": hashlib.sha1(path.encode()).hexdigest(), "size": 0, "path": path}


def _resolve(hub: HubServer, request: Request, repo: Repo, revision: str, path: str, token: str) -> Answer:
    closed = repo.now.get("gated") and token not in hub.tokens
    if closed and (path != "README.md" or repo.readme_gated):
        return error(403 if token else 401, f"Access to {repo.kind[:-1]} {repo.id} is restricted", "GatedRepo")
    commit = repo.find(revision)
    if commit is None:
        return error(404, f"Invalid rev id: {quote(revision, safe='')}", "RevisionNotFound")
    data = commit.files.get(path)
    if data is None:
        return error(404, "Entry not found", "EntryNotFound", X_Repo_Commit=commit.sha)
    headers = {"X-Repo-Commit": commit.sha, "Accept-Ranges": "bytes"}
    if path in commit.lfs:
        digest = hashlib.sha256(data).hexdigest()
        headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data))}
        # By another name than the endpoint's, as the Hub's storage: the client follows redirects within a host,
        # and then would no longer see these headers.
        return Answer(302, b"", {**headers, "Location": f"http://localhost:{hub.port}/_lfs/{digest}"})
    kind = "application/json" if path.endswith(".json") else "text/plain; charset=utf-8"
    return _part(request, Answer(200, data, {**headers, "ETag": f'"{blob_id(data)}"', "X-Content-Type": kind}))


def _stored(hub: HubServer, request: Request, digest: str) -> Answer:
    for repo in list(hub.repos.values()):
        for commit in list(repo.commits.values()):
            for path in commit.lfs & commit.files.keys():
                if hashlib.sha256(commit.files[path]).hexdigest() == digest:
                    headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
                    return _part(request, Answer(200, commit.files[path], headers))
    return error(404, "no such object")


def _part(request: Request, whole: Answer) -> Answer:
    """Answer a request for a part of a file, which is how a client goes on with a broken download."""
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not asked:
        return whole
    size = len(whole.body)
    start, end = int(asked[1]), min(int(asked[2] or size), size - 1)
    if start > end:
        return Answer(416, b"", {"Content-Range": f"bytes */{size}"})
    headers = {**whole.headers, "Content-Range": f"bytes {start}-{end}/{size}"}
    return Answer(206, whole.body[start : end + 1], headers)
