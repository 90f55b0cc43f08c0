"""One request to the Hub, within bounds: through the session and headers of `huggingface_hub`, and to no other host.

The library's own metadata calls neither retry nor time out, and its session follows redirects anywhere; both are
decided here (seen in huggingface_hub 2.4).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import md5, sha1, sha256
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from licheck import __version__

PATIENCE = 30.0  # seconds for one answer, however slowly it drips
SILENCE = 10.0  # seconds without a byte
TRIES = 4
REDIRECTS = 5
AGAIN = {408, 425, 429, 500, 502, 503, 504}
_RATE = re.compile(r'"(?P<bucket>[\w-]+)"\s*;\s*r=(?P<left>\d+)\s*;\s*t=(?P<wait>\d+)')


class Answer(NamedTuple):
    """How a request ended: a state of `ReadState`, why, and the bytes and headers if there are any.

    `path` is the one that the Hub pointed to, if it did.
    """

    state: str
    why: str = ""
    data: bytes = b""
    headers: Mapping[str, str] = {}
    path: str = ""


class Web:
    """Asks one endpoint; shared by all threads of a run, which pause together when the Hub wants a pause.

    `deadline` is a moment of `time.monotonic`; `say` gets what is worth telling somebody who waits.
    """

    def __init__(self, endpoint: str, deadline: float, say: Callable[[str], None]) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._origin = _origin(self.endpoint)
        self._deadline, self._say = deadline, say
        self._resume: dict[str, float] = {}
        self._left: dict[str, int] = {}
        self._flying: dict[str, int] = {}
        self._blocked: dict[str, float] = {}
        self._lock = threading.Lock()
        self._told = 0.0
        self._down = ""
        self._answered = False

    def get(self, path: str, bucket: str, most: int, plain: bool = False) -> Answer:
        """Ask for a path of the endpoint, again where that helps; `most` is the number of bytes taken at most.

        `plain` wants the bytes as they lie on the Hub, without compression, so that their digest can be held against
        the ETag.
        """
        answer = Answer("unreachable")
        for attempt in range(TRIES):
            if self._down:
                return Answer("unreachable", self._down)
            while wait := self._take(bucket):
                if time.monotonic() + wait >= self._deadline:
                    return Answer("rate-limited", f"the Hub wants a pause of {wait:.0f} s, more than the time limit")
                self._tell_pause(wait)
                time.sleep(wait)
            if time.monotonic() >= self._deadline:
                self._give(bucket)
                return Answer("timed-out", "the time limit of the run was reached")
            answer = self._once(path, bucket, most, plain)
            self._give(bucket)
            if answer.state in ("read", "gated", "missing", "disabled", "refused", "offline"):
                self._answered = self._answered or answer.state != "offline"
                return answer
            if answer.state != "rate-limited" and attempt + 1 < TRIES:
                left = self._deadline - time.monotonic()
                time.sleep(max(0.0, min(0.4 * 2**attempt, left)))
        if answer.state == "unreachable" and not self._answered:
            self._down = answer.why  # nothing ever answered: do not knock a thousand times
        return answer

    def foreign(self, url: str, most: int) -> Answer:
        """Ask another host, once, without token or redirects to hosts of the local network."""
        from huggingface_hub import get_session

        session: Any = get_session()
        try:
            for _ in range(REDIRECTS + 1):
                if not url.startswith(("https://", "http://")) or not _public(url, self._origin[1]):
                    return Answer("refused", "it is no public address")
                limit = max(0.1, min(SILENCE, self._deadline - time.monotonic()))
                agent = {"user-agent": "licheck", "accept": "text/plain, text/html;q=0.5"}
                with session.stream("GET", url, headers=agent, timeout=limit, follow_redirects=False) as response:
                    told = {name.lower(): value for name, value in response.headers.items()}
                    if response.status_code in (301, 302, 303, 307, 308):
                        url = urljoin(url, told.get("location", ""))
                        continue
                    if response.status_code != 200:
                        return Answer("missing", f"it answered {response.status_code}")
                    return _body(response, most, time.monotonic() + PATIENCE)
            return Answer("unreachable", f"more than {REDIRECTS} redirects")
        except Exception as error:  # as below
            return _broken(error)

    def _take(self, bucket: str) -> float:
        """Take one of the requests that the Hub still allows, or return how long to wait for the next window."""
        with self._lock:
            now = time.monotonic()
            if self._blocked.get(bucket, 0.0) > now:
                return self._blocked[bucket] - now
            wait = self._resume.get(bucket, 0.0) - now
            if wait > 0 and self._left.get(bucket, 0) <= self._flying.get(bucket, 0):
                return wait
            self._flying[bucket] = self._flying.get(bucket, 0) + 1
            return 0.0

    def _give(self, bucket: str) -> None:
        with self._lock:
            self._flying[bucket] -= 1

    def _tell_pause(self, wait: float) -> None:
        """Tell of a pause once, not from every thread."""
        with self._lock:
            until = time.monotonic() + wait
            if until <= self._told + 1:
                return
            self._told = until
        self._say(f"the Hub takes no more requests for now; going on in {wait:.0f} s")

    def _once(self, path: str, bucket: str, most: int, plain: bool) -> Answer:
        from huggingface_hub.errors import OfflineModeIsEnabled

        url = f"{self.endpoint}{path}"
        try:
            for turn in range(REDIRECTS + 1):
                answer = self._request(url, bucket, most, plain)
                if answer.state != "redirect":
                    return answer._replace(path=url.removeprefix(self.endpoint) if turn else "")
                url = urljoin(url, answer.headers.get("location", ""))
                if _origin(url) != self._origin:
                    return Answer("refused", f"it leads to another host ({urlsplit(url).hostname}), which is not asked")
            return Answer("refused", f"more than {REDIRECTS} redirects")
        except OfflineModeIsEnabled:
            return Answer("offline", "huggingface_hub is set to offline")
        except Exception as error:  # the HTTP library's errors have no base that could be named without importing it
            return _broken(error)

    def _request(self, url: str, bucket: str, most: int, plain: bool) -> Answer:
        from huggingface_hub import get_session
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        headers = build_hf_headers(library_name="licheck", library_version=__version__)
        if plain:
            headers["Accept-Encoding"] = "identity"
        end = min(self._deadline, time.monotonic() + PATIENCE)
        limit = max(0.1, min(SILENCE, end - time.monotonic()))
        session: Any = get_session()
        with session.stream("GET", url, headers=headers, timeout=limit, follow_redirects=False) as response:
            told = {name.lower(): value for name, value in response.headers.items()}
            self._note(told, bucket, response.status_code)
            if response.status_code in (301, 302, 303, 307, 308):
                return Answer("redirect", "", b"", told)
            if response.status_code != 200:
                return _refused(response.status_code, told, bucket)
            return _body(response, most, end)._replace(headers=told)

    def _note(self, headers: Mapping[str, str], bucket: str, status: int) -> None:
        """Remember what the Hub says of its limits (draft-ietf-httpapi-ratelimit-headers, as the Hub documents it)."""
        now = time.monotonic()
        with self._lock:
            for match in _RATE.finditer(headers.get("ratelimit", "")):
                self._left[match["bucket"]] = int(match["left"])
                self._resume[match["bucket"]] = now + int(match["wait"]) + 0.5
            if status == 429:
                after = headers.get("retry-after", "")
                told = self._resume.get(bucket, 0.0) if self._left.get(bucket) == 0 else 0.0
                wait = float(after) if after.isdigit() else 1.0
                self._blocked[bucket] = max(self._blocked.get(bucket, 0.0), now + wait, told)


def _body(response: Any, most: int, end: float) -> Answer:
    """The bytes of an answer, as long as they are not too many and do not take too long."""
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > most:
            return Answer("refused", f"larger than {most:,} bytes")
        if time.monotonic() > end:
            return Answer("timed-out", "it came too slowly")
    return Answer("read", "", bytes(data))


def _public(url: str, own: str | None) -> bool:
    """Whether an address leads out to the public network; beside a Hub of one's own, its network counts as public."""
    import ipaddress
    import socket

    host = urlsplit(url).hostname or ""
    try:
        places = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    if own and own in ("localhost", "127.0.0.1", "::1"):
        return True
    return all(ipaddress.ip_address(place.partition("%")[0]).is_global for place in places)


def intact(answer: Answer) -> bool:
    """Whether bytes fit the digest in their ETag; one that is no digest says nothing.

    For a plain file of a repo the Hub sends the id of the git blob, for others a SHA-256.
    """
    tag = answer.headers.get("etag", "").removeprefix("W/").strip('"').lower()
    if not re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", tag):
        return True
    data = answer.data
    blob = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    others = (f(data, usedforsecurity=False).hexdigest() for f in (sha1, md5))
    return tag == blob or tag == sha256(data).hexdigest() or tag in others


def _refused(status: int, headers: Mapping[str, str], bucket: str) -> Answer:
    """Name what a status means, as `huggingface_hub` does (its `hf_raise_for_status`)."""
    code, message = headers.get("x-error-code", ""), headers.get("x-error-message", "")
    if code == "GatedRepo":
        return Answer("gated", "access has to be asked for on the Hub")
    if message == "Access to this resource is disabled.":
        return Answer("disabled", "the Hub has disabled it")
    if status == 401 and message == "Invalid credentials in Authorization header":
        return Answer("refused", "the Hub does not accept the token")
    nowhere = status in (404, 410) or (status == 401 and bucket == "api")
    if code in ("RepoNotFound", "RevisionNotFound", "EntryNotFound") or nowhere:
        what = {"RevisionNotFound": "no such revision", "EntryNotFound": "no such file"}.get(code)
        return Answer("missing", what or "not on the Hub, or private", b"", headers)
    if status == 429:
        return Answer("rate-limited", "the Hub takes no more requests for now")
    if status in AGAIN or status >= 500:
        return Answer("unreachable", f"the Hub answered {status}")
    return Answer("refused", f"the Hub answered {status}")  # its own words may hold the token


def _broken(error: Exception) -> Answer:
    if isinstance(error, UnicodeError):
        return Answer("refused", "the token or the address holds characters that no request can")
    name, text = type(error).__name__, " ".join(str(error).split())[:200]
    if "Timeout" in name:
        return Answer("timed-out", f"no answer within {SILENCE:.0f} s")
    if name in ("RemoteProtocolError", "ReadError", "DecodingError") and "disconnected without" not in text:
        return Answer("truncated", "the answer ended early")
    return Answer("unreachable", text or name)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # no port that could be
        return parts.scheme, None, None
