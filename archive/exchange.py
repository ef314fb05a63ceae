"""One HTTP exchange as it crossed the wire: what is captured and archived."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was asked and what was answered, byte for byte, above TLS."""

    url: str
    method: str = "GET"
    started_at: datetime
    """UTC; when the request was written, or tried."""
    request: bytes = b""
    """As handed to the transport; empty when no connection came about."""
    response: bytes | memoryview = b""
    """As received, interim 1xx answers in front; empty when nothing came back. A view of a file
    when it is too large to be held in memory."""
    record_id: str
    """WARC-Record-ID of the response, `<urn:uuid:...>`, known before anything is written."""
    request_record_id: str
    ip: str | None = None
    """The server's address; None through a proxy, where it is not ours to know."""
    protocols: tuple[str, ...] = ()
    """WARC-Protocol values, outermost last: `http/1.1`, `tls/1.3`."""
    cipher_suite: str | None = None
    truncated: str | None = None
    """Why the response stops short: length, time, disconnect, unspecified (WARC 1.1 5.15)."""
    failure: str | None = None
    """Why there is no whole response, in a stable word: timeout, refused, dns, reset, ...; None
    when there is one."""
    elapsed_ms: int = 0
    """From the request's first byte to the response's last."""
    waited_ms: int = 0
    """How long politeness held the request back."""
    wait_reason: str | None = None
    """Which rule asked for that wait: delay, crawl_delay, retry_after, ...; None when none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a record lies: a whole gzip member of a file below the store's `warc/`."""

    warc_filename: str
    offset: int
    """Bytes from the start of the file."""
    length: int
    """Compressed bytes."""
