"""The fake Hub's HTTP: threads, connections, and sending answers whole, slowly, in part or not at all."""

from __future__ import annotations

import struct
import sys
import traceback
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, socket
from threading import Lock
from time import monotonic, sleep  # by name, so that a test may replace time.sleep for the client
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hub_answers import Answer, Request, error
from hub_routes import bucket_of

if TYPE_CHECKING:
    from hub_server import HubServer

BLOCK = 1 << 16


class Listener(ThreadingHTTPServer):
    """Accepts connections and knows those that are open, so that it can end them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, hub: HubServer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hub = hub
        self.open: set[socket] = set()
        self.lock = Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.lock:
            self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep a mistake for the test to see; a client that goes away in the middle is none."""
        if not isinstance(sys.exception(), OSError):
            self.hub.failures.append(traceback.format_exc())

    def stop(self) -> None:
        """Stop listening and end every connection; returns when the threads have let go of theirs."""
        self.shutdown()
        self.server_close()
        with self.lock:
            left = list(self.open)
        for connection in left:
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                continue  # the client was first
        deadline = monotonic() + 2
        while self.open and monotonic() < deadline:
            sleep(0.001)


class Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection, and sends what the Hub says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body in two packets would wait 40 ms for each other
    server: Listener

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))  # a body left unread would be the next request
        headers = {name.lower(): value for name, value in self.headers.items()}
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        request = Request(self.command, url.path, query, headers, bucket_of(url.path), self.path)
        try:
            answer = self.server.hub.serve(request)
        except Exception:  # a mistake in the server must be seen by a test, not be printed
            self.server.hub.failures.append(traceback.format_exc())
            answer = error(500, "the fake Hub failed, see its failures")
        self.send(answer)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815

    def send(self, answer: Answer) -> None:
        """Send an answer in the way it asks for."""
        closing = self.server.hub.closing
        if answer.wait:
            closing.wait(answer.wait)
        if answer.drop:
            self.close_connection = True
            if answer.drop == "reset":  # with no time to linger, closing sends RST
                self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            return
        size = answer.filler or len(answer.body)
        head = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head += ["Transfer-Encoding: chunked" if answer.chunked else f"Content-Length: {size}"]
        start = "\r\n".join([*head, "X-Powered-By: fake-hub", "X-Request-Id: Root=1-0-0", "", ""]).encode("latin-1")
        if self.command == "HEAD":
            self.wfile.write(start)
        elif answer.filler:
            self.wfile.write(start)
            self._fill(size, answer.chunked)
        elif answer.pause:
            self.wfile.write(start)
            for byte in answer.body:
                if closing.wait(answer.pause):
                    break
                self.wfile.write(bytes([byte]))
        elif answer.keep is not None:
            self.wfile.write(start + answer.body[: answer.keep])
            self.close_connection = True
        else:
            self.wfile.write(start + answer.body)

    def _fill(self, size: int, chunked: bool) -> None:
        """Send so many bytes of filling."""
        for done in range(0, size, BLOCK):
            if self.server.hub.closing.is_set():
                self.close_connection = True
                return
            block = b"a" * min(BLOCK, size - done)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
