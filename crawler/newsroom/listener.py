"""HTTP/1.1 on a loopback port: requests in, whole responses out, connections kept alive."""

import logging
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, cast

from typing_extensions import override

logger = logging.getLogger(__name__)

_CHUNK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked for."""

    site: str
    """The site whose port was asked; a request in proxy form may be for another."""
    method: str
    target: str
    headers: Mapping[str, str]
    """By name in lower case."""
    takes_chunks: bool = True
    """False for HTTP/1.0, which does not know them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as the newsroom saw it."""

    site: str | None
    """None where a proxy was asked for a host that the newsroom does not have."""
    method: str
    path: str
    headers: Mapping[str, str]
    """By name in lower case."""
    status: int
    at_s: float
    """Seconds of a monotonic clock when the request had been read."""
    sent_bytes: int
    """Length of the body that was sent."""


class Responder(Protocol):
    """Whoever answers the requests."""

    def respond(self, request: Request) -> Response:
        """Return the response to a request."""


class Listener(ThreadingHTTPServer):
    """One site's port."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, site: str, port: int, responder: Responder) -> None:
        self.site = site
        self.responder = responder
        self._open: set[Any] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Conversation)

    @property
    def base_url(self) -> str:
        """The address of the site without a slash at its end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @override
    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    @override
    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    @override
    def server_close(self) -> None:
        """Close the port and every connection; idle clients do not keep it waiting."""
        with self._lock:
            for connection in self._open:
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


class _Conversation(BaseHTTPRequestHandler):
    """The requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in one segment: a client would wait 40 ms for the second otherwise.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer one request; HEAD is the same without the body."""
        listener = cast("Listener", self.server)
        response = listener.responder.respond(
            Request(
                site=listener.site,
                method=self.command,
                target=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                takes_chunks=self.request_version != "HTTP/1.0",
            )
        )
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(response)

    do_HEAD = do_GET  # noqa: N815 - the name is the base class's protocol

    def _send_body(self, response: Response) -> None:
        if not response.chunked:
            self.wfile.write(response.body)
            return
        for start in range(0, len(response.body), _CHUNK):
            piece = response.body[start : start + _CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    @override
    def log_message(self, format: str, *args: Any) -> None:
        logger.debug("newsroom answered %s", format % args)
