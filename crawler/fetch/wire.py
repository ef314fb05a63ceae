"""A tap on Scrapy's HTTP/1.1 client: the bytes of each exchange, above TLS, untouched.

It sits below everything Scrapy makes of an answer, because a Scrapy `Response` has lost the status
line, the order and case of its fields and the transfer coding. The hooks are private names of
Scrapy 2.19 and Twisted 26: the conformance test (tests/fetch) is the canary for new versions.
"""

import contextvars
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web._newclient import Request as WireRequest
from twisted.web.client import HTTPConnectionPool
from typing_extensions import override

from crawler.fetch.spool import Spool

MOST_HEADER_BYTES: Final = 256 * 1024
"""A server may send fields for ever; Scrapy's own limits begin with the body."""


class Tap:
    """What crosses the wire for one download.

    A connection that was kept alive may be closed by the server just as it is used again; Twisted
    then asks once more on a new one. Each try begins the tap anew: only the last one is kept.
    """

    def __init__(self, clock: Callable[[], datetime], folder: Path | None = None) -> None:
        """Make a tap; what is too large for memory is kept in the folder, when there is one."""
        self._clock = clock
        self._folder = folder
        self.started_at: datetime | None = None
        """UTC; when the request was written. None: no connection came about."""
        self.ip: str | None = None
        self.tls: tuple[str, str] | None = None
        """Protocol version and cipher suite, as OpenSSL names them."""
        self.has_too_many_headers = False
        self.is_whole = False
        """Whether the answer's end was seen; a body that ends with the connection counts."""
        self._request: list[bytes] = []
        self._response = Spool(folder)
        self._surplus = 0

    def begin(self, transport: Any) -> None:
        """Note that the request is being written to this connection."""
        self.started_at = self._clock()
        self._response.close()
        self._request, self._response, self._surplus = [], Spool(self._folder), 0
        self.is_whole = False
        self.ip = getattr(transport.getPeer(), "host", None)
        handle: Any = getattr(transport, "getHandle", lambda: None)()
        if hasattr(handle, "get_cipher_name"):  # a TLS connection; a plain one hands out a socket
            self.tls = (handle.get_protocol_version_name(), handle.get_cipher_name())

    def sent(self, data: bytes) -> None:
        """Keep what was written."""
        self._request.append(data)

    def received(self, data: bytes) -> None:
        """Keep what was read."""
        self._response.write(data)

    def end(self, *, surplus: int, is_whole: bool) -> None:
        """Note the end of the answer; surplus bytes behind it belong to no message."""
        self._surplus, self.is_whole = surplus, is_whole

    @property
    def received_bytes(self) -> int:
        """How much was read so far."""
        return len(self._response)

    @property
    def request(self) -> bytes:
        """The request as written."""
        return b"".join(self._request)

    @property
    def response(self) -> bytes | memoryview:
        """The answer as read, without surplus bytes; a view of a file when it is large."""
        return self._response.view(len(self._response) - self._surplus)

    def close(self) -> None:
        """Take nothing more: the exchange is over, whatever still comes."""
        self._response.close()


CURRENT: contextvars.ContextVar[Tap | None] = contextvars.ContextVar("tap", default=None)
"""The tap of the download that is being started: the pool is asked for a connection within it."""


class _TappedTransport:
    """A transport that shows the tap what is written."""

    def __init__(self, transport: Any, tap: Tap) -> None:
        self._transport = transport
        self._tap = tap

    def write(self, data: bytes) -> None:
        self._tap.sent(data)
        self._transport.write(data)

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class WireProtocol(_LenientHTTP11ClientProtocol):
    """One connection; it carries one exchange at a time."""

    next_tap: Tap | None = None
    """The tap of the request about to be made."""
    _tap: Tap | None = None

    @override
    def request(self, request: WireRequest) -> "Deferred[Any]":
        """Make a request and show its tap what is written."""
        self._tap, self.next_tap = self.next_tap, None
        if (tap := self._tap) is not None:
            tap.begin(self.transport)
            # The class's own: when Twisted asks once more, this request has been tapped before.
            write_to: Any = type(request).writeTo
            tapped: Any = request
            tapped.writeTo = lambda to: write_to(request, _TappedTransport(to, tap))
        response: Deferred[Any] = super().request(request)
        # Twisted hangs up on a line beyond 16 KiB; preload and policy fields grow longer than that.
        parser: Any = self._parser
        parser.MAX_LENGTH = MOST_HEADER_BYTES
        return response

    @override
    def dataReceived(self, data: bytes) -> None:
        """Show the tap what came, before anything parses it."""
        if (tap := self._tap) is not None:
            tap.received(data)
            if tap.received_bytes > MOST_HEADER_BYTES and self._is_in_headers():
                tap.has_too_many_headers = True
                self.abort()
                return
        super().dataReceived(data)

    def _is_in_headers(self) -> bool:
        return getattr(self._parser, "state", None) in {"STATUS", "HEADER"}

    @override
    def _finishResponse(self, rest: bytes) -> None:
        self._end(surplus=len(rest or b""), is_whole=True)
        super()._finishResponse(rest)

    @override
    def _disconnectParser(self, reason: Failure) -> None:
        # A body without a length ends with the connection (RFC 9112 section 6.3), closed in order.
        decoder = getattr(self._parser, "bodyDecoder", None)
        has_no_length = decoder is not None and getattr(decoder, "contentLength", 0) is None
        self._end(surplus=0, is_whole=has_no_length and self._is_closed_by_server(reason))
        super()._disconnectParser(reason)

    def _is_closed_by_server(self, reason: Failure) -> bool:
        """Whether the server meant to end here: it did not reset, and it was not us."""
        if self._tap is not None and self._tap.tls:
            # Many servers leave the closing alert of TLS out, and browsers do not ask for it.
            return not reason.check(ConnectionAborted)
        return bool(reason.check(ConnectionDone))

    def _end(self, *, surplus: int, is_whole: bool) -> None:
        if self._tap is not None:
            self._tap.end(surplus=surplus, is_whole=is_whole)
            self._tap = None


class _WireFactory(_LenientHTTP11ClientFactory):
    """Makes tapped connections."""

    @override
    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:
        return WireProtocol(self._quiescentCallback)


class WirePool(HTTPConnectionPool):
    """Gives the connection that a download gets to know the download's tap."""

    _factory = _WireFactory

    @override
    def getConnection(self, key: Any, endpoint: Any) -> "Deferred[Any]":
        """Return a connection, kept alive or new, with the current tap on it."""
        tap = CURRENT.get()
        connection: Deferred[Any] = super().getConnection(key, endpoint)
        return connection.addCallback(_put_on, tap)


def _put_on(protocol: Any, tap: Tap | None) -> Any:
    """Put a tap on a connection, and on the one that Twisted may open in its place."""
    inner = getattr(protocol, "_clientProtocol", None)
    if inner is None:
        protocol.next_tap = tap
        return protocol
    inner.next_tap = tap
    open_another = protocol._newConnection  # noqa: SLF001 - no public way to see the second try
    protocol._newConnection = lambda: open_another().addCallback(_put_on, tap)  # noqa: SLF001 - as above
    return protocol
