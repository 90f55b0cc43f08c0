"""Answers of the fake Hub as values, and the faults that spoil them."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple


class Request(NamedTuple):
    """One request as it came; `path` is as sent, without the query and not decoded."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    bucket: str  # "api", "resolvers" or "pages", as the Hub counts them
    target: str  # path and query as they were sent


@dataclass(frozen=True)
class Answer:
    """What is sent back, and how."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0  # seconds before the first byte
    pause: float = 0  # seconds between two bytes of the body
    keep: int | None = None  # bytes of the body after which the connection is closed
    filler: int = 0  # bytes of filling to send in place of the body
    chunked: bool = False
    drop: str = ""  # "close" or "reset" the connection without an answer

    @property
    def json(self) -> Any:
        """Body of an API answer; None for anything else."""
        return json.loads(self.body) if self.headers.get("Content-Type", "").startswith("application/json") else None

    def without(self, *names: str) -> Answer:
        """Return the answer with headers left out."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k not in names})


def json_answer(value: object, status: int = 200, **headers: str) -> Answer:
    """Make an API answer; header names are written with _ for -."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8", **named})


def error(status: int, message: str, code: str = "", **headers: str) -> Answer:
    """Make an error answer: the client goes by the code in the header, people by the message."""
    named = {"X_Error_Message": message} | ({"X_Error_Code": code} if code else {})
    return json_answer({"error": message}, status, **named, **headers)


@dataclass
class Fault:
    """Something that goes wrong with requests that match; `left` counts down, None is for ever."""

    kind: str
    match: str
    left: int | None
    method: str
    options: dict[str, Any]

    def meets(self, request: Request, answer: Answer) -> bool:
        """Whether this request is to go wrong; a fault that cannot show in the answer waits for another."""
        if self.left == 0 or self.method not in ("", request.method):
            return False
        if self.match not in request.target and not _search(self.match, request.target):
            return False
        if self.kind in ON_BODIES:
            return request.method != "HEAD" and bool(answer.body)
        if self.kind in ON_JSON:
            return request.method != "HEAD" and answer.status == 200 and isinstance(answer.json, dict)
        if self.kind == "chop-json":
            return request.method != "HEAD" and answer.status == 200 and answer.json is not None
        return self.kind != "no-commit" or "X-Repo-Commit" in answer.headers

    def spoil(self, request: Request, answer: Answer) -> Answer:
        """Return what is sent in place of the answer."""
        if self.left is not None:
            self.left -= 1
        return KINDS[self.kind](request, answer, **self.options)


def _search(pattern: str, text: str) -> bool:
    try:
        return bool(re.search(pattern, text))
    except re.error:  # a plain name with brackets or the like
        return False


def _status(
    _: Request,
    answer: Answer,
    code: int = 500,
    retry_after: float | None = None,
    message: str = "",
    error_code: str = "",
) -> Answer:
    after = {} if retry_after is None else {"Retry_After": f"{retry_after:g}"}
    return error(code, message or f"made to fail with {code}", error_code, **after)


def _rate_limit(request: Request, answer: Answer, t: int = 1) -> Answer:
    return error(429, "too many requests", RateLimit=f'"{request.bucket}";r=0;t={t}')


def _garbage(request: Request, answer: Answer) -> Answer:
    page = b"<!doctype html><html><title>Sign in</title><body>Accept the terms of this network.</body></html>"
    return Answer(200, page, {"Content-Type": "text/html; charset=utf-8"})


def _short(request: Request, answer: Answer, keep: int | None = None) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2 if keep is None else keep])


def _truncate(request: Request, answer: Answer, keep: int | None = None) -> Answer:
    return replace(answer, keep=len(answer.body) // 2 if keep is None else keep)


def _redirect(request: Request, answer: Answer, to: str = "", code: int = 302) -> Answer:
    # ETag and commit stay, as on the Hub's own redirects to its storage: a client believes them and goes there.
    place = to.replace("{target}", request.target)
    return replace(answer, status=code, body=b"", headers={**answer.headers, "Location": place})


def _huge(request: Request, answer: Answer, size: int = 50_000_000, chunked: bool = False) -> Answer:
    return replace(answer, filler=size, chunked=chunked)


def _gzip_bomb(request: Request, answer: Answer, size: int = 50_000_000) -> Answer:
    return replace(answer, body=_bomb(size), headers={**answer.headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=4)
def _bomb(size: int) -> bytes:
    """Compress so many zero bytes, without having them all at once."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    full, rest = divmod(size, len(block))
    return b"".join([*(packer.compress(block) for _ in range(full)), packer.compress(bytes(rest)), packer.flush()])


def _change(answer: Answer, **fields: Any) -> Answer:
    return replace(answer, body=json_answer({**answer.json, **fields}).body)


def _omit(name: str) -> Callable[..., Answer]:
    def omit(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=json_answer({k: v for k, v in answer.json.items() if k != name}).body)

    return omit


WRONG_TYPES: dict[str, Any] = {
    "cardData": ["license", "mit"],
    "tags": "license:mit",
    "siblings": {"README.md": {"rfilename": "README.md"}},
    "baseModels": "acme/base",
    "gated": ["auto"],
    "sha": 12345,
    "createdAt": 1704067200,
    "lastModified": ["2024"],
    "config": "config",
    "gguf": [],
}


def _bad_types(request: Request, answer: Answer, fields: dict[str, Any] | None = None) -> Answer:
    return _change(answer, **({k: v for k, v in WRONG_TYPES.items() if k in answer.json} if fields is None else fields))


def _other_id(request: Request, answer: Answer, id: str = "someone/else") -> Answer:  # noqa: A002
    return _change(answer, id=id)


# Faults that cannot show in an answer without a body, and those that need the body of an API answer about a repository.
ON_BODIES = {"drip", "truncate"}
ON_JSON = {"no-sha", "no-siblings", "bad-types", "other-id"}
KINDS: dict[str, Callable[..., Answer]] = {
    "status": _status,
    "rate-limit": _rate_limit,
    "slow": lambda request, answer, seconds=1.0: replace(answer, wait=seconds),
    "drip": lambda request, answer, seconds=0.1: replace(answer, pause=seconds),
    "truncate": _truncate,
    "short": _short,
    "chop-json": _short,
    "garbage": _garbage,
    "reset": lambda request, answer, hard=False: replace(answer, drop="reset" if hard else "close"),
    "redirect": _redirect,
    "loop": lambda request, answer: _redirect(request, answer, request.target, 307),
    "huge": _huge,
    "empty": lambda request, answer: replace(answer.without("Content-Type"), status=200, body=b""),
    "gzip-bomb": _gzip_bomb,
    "no-commit": lambda request, answer: answer.without("X-Repo-Commit"),
    "no-sha": _omit("sha"),
    "no-siblings": _omit("siblings"),
    "bad-types": _bad_types,
    "other-id": _other_id,
}
