"""The capture: one row an exchange, named as in Common Crawl's index."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from archive.address import registrable_domain
from archive.columns import column
from archive.exchange import Exchange
from archive.message import Message, address_said
from archive.received import Received
from archive.surt import surt_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What one request brought, and where its record is."""

    url_surtkey: str = column("The address in SURT form.", example="example,x)/2026/a-story")
    url: str = column("The address asked for.", example="https://x.example/2026/a-story/")
    url_host_registered_domain: str = column(
        "Registrable domain; the host where there is none.", example="x.example"
    )
    request_method: str = column("HTTP method.", example="GET", default="GET")
    fetch_time: datetime = column(
        "UTC; when the request was sent; of a conversion, when it was made.",
        example="2026-05-18T07:12:00.123456Z",
    )
    fetch_status: int | None = column(
        "HTTP status, of a conversion that of the answer it was made from; null when no answer "
        "came.",
        example=200,
        width=32,
        default=None,
    )
    fetch_redirect: str | None = column(
        "Where a redirect leads, absolute and without a password; null when it is none.",
        example="https://x.example/b",
        default=None,
    )
    fetch_failure: str | None = column(
        "Why there is no whole answer: timeout, refused, dns, reset, too_large, ...; null when "
        "there is one.",
        example="timeout",
        default=None,
    )
    elapsed_ms: int = column("Milliseconds from request to last byte.", example=410, default=0)
    waited_ms: int = column(
        "Milliseconds politeness held the request back.", example=2000, default=0
    )
    wait_reason: str | None = column(
        "Which rule asked for the wait: delay, crawl_delay, latency, address, retry_after, "
        "backoff, circuit, or by the site's file hours, budget; null: none.",
        example="delay",
        default=None,
    )
    content_digest: str | None = column(
        "Payload digest of the entity without its transfer coding; null without an answer.",
        example="sha1:7XX6VU3H...",
        default=None,
    )
    content_mime_type: str | None = column(
        "Content-Type without parameters, as sent; null when not sent.",
        example="text/html",
        default=None,
    )
    content_charset: str | None = column(
        "charset parameter of Content-Type, as sent; null when not sent.",
        example="utf-8",
        default=None,
    )
    content_length: int | None = column(
        "Bytes of the entity, still content-encoded; null without an answer.",
        example=21090,
        default=None,
    )
    content_truncated: str | None = column(
        "WARC-Truncated reason; null when the answer is whole.", example="length", default=None
    )
    record_type: str | None = column(
        "response or revisit; conversion for the document that a browser made of an answer; null "
        "without an answer.",
        example="response",
        default=None,
    )
    refers_to: str | None = column(
        "WARC-Record-ID a revisit stands for, or a conversion was made from; null for a response.",
        example="<urn:uuid:6f1c...>",
        default=None,
    )
    warc_filename: str | None = column(
        "File below the store's warc/; null when nothing was written.",
        example="newsreel-20261122T120000Z-00001.warc.gz",
        default=None,
    )
    warc_record_offset: int | None = column("Bytes from the start.", example=18234, default=None)
    warc_record_length: int | None = column("Compressed bytes.", example=21090, default=None)
    warc_record_id: str | None = column(
        "WARC-Record-ID of the record.", example="<urn:uuid:6f1c...>", default=None
    )
    address_kind: str = column(
        "Why it was asked for: robots, sitemap, feed, front, page, requisite.",
        example="page",
        default="page",
    )
    page_kind: str | None = column(
        "What the page turned out to be (PageKind); null when it was not read.",
        example="article",
        default=None,
    )
    run_id: str = column("The crawl run.", example="20261122T120000Z-9c41", default="")


def capture_of(exchange: Exchange, received: Received, *, run_id: str) -> Capture:
    """Return what an exchange brought; where it is kept is known only once it is written."""
    message = received.head
    return Capture(
        url_surtkey=surt_key(exchange.url),
        url=exchange.url,
        url_host_registered_domain=registrable_domain(exchange.url),
        request_method=exchange.method,
        fetch_time=exchange.started_at,
        fetch_status=message.status if message else None,
        fetch_redirect=_redirect(exchange.url, message) if message else None,
        fetch_failure=exchange.failure,
        elapsed_ms=exchange.elapsed_ms,
        waited_ms=exchange.waited_ms,
        wait_reason=exchange.wait_reason,
        content_digest=received.payload_digest,
        content_mime_type=message.media_type if message else None,
        content_charset=message.charset if message else None,
        content_length=received.payload_length if message else None,
        content_truncated=exchange.truncated,
        warc_record_id=exchange.record_id,
        run_id=run_id,
    )


def _redirect(url: str, message: Message) -> str | None:
    """Return where a redirect leads; None for every other answer and for a broken Location."""
    location = message.field("Location")
    if not location or message.status not in {301, 302, 303, 307, 308}:
        return None
    try:
        target = urljoin(url, address_said(location))
        parts = urlsplit(target)
    except ValueError:  # urllib: "Invalid IPv6 URL" for http://[bad
        return None
    if "@" not in parts.netloc:
        return target
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
