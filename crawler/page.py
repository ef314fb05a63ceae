"""What one visit brought: an answer from the web, or the same answer read back from its WARC."""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from archive.capture import Capture
from archive.digest import labelled_sha1
from archive.exchange import Location
from archive.journal.addresses import Address
from archive.message import Decoded, decode_beginning, decode_content, parse_message
from archive.rendering import DOM_TYPE
from archive.warc.records import Record
from crawler.extract.page import SourcePage
from crawler.fetch.keys import ADDRESS, CAPTURE, FAILURE, STARTED_AT

if TYPE_CHECKING:  # whoever reads stored pages does without it
    from scrapy import Request
    from scrapy.http import Response

LARGEST_BODY_BYTES = 32 * 1024 * 1024
"""Of a decoded body: a small answer may unpack to gigabytes."""
# Fields that speak of the bytes that were sent, and not of what a browser made of them.
_OF_THE_BODY: Final = frozenset(
    {"content-type", "content-encoding", "content-length", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer, or the lack of one, on its way to being read."""

    address: Address
    capture: "Future[Capture]"
    """Done once its record is committed."""
    fetched_at: datetime
    """UTC; when the request was sent."""
    status: int | None
    """None when no answer came."""
    headers: tuple[tuple[str, str], ...] = ()
    entity: bytes = b""
    """Without transfer coding, still content-encoded: what the payload digest is of."""
    failure: str | None = None
    """Why there is no whole answer; None when there is one."""
    is_left: bool = False
    """Whether a crawl was killed before it had read this: what the journal knows of the address may
    be this very answer."""
    is_rendered: bool = False
    """Whether it is what a browser made of the answer, and no answer itself."""

    @property
    def url(self) -> str:
        """The address asked for."""
        return self.address.url

    @property
    def digest(self) -> str:
        """The payload digest, as captures and rows give it."""
        return labelled_sha1(self.entity)

    def header(self, name: str) -> str | None:
        """Return the first value of a field; None when it is absent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str | None:
        """Content-Type without parameters, in lower case; None when it was not sent."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower() or None

    def decoded(self) -> Decoded:
        """Return the body without its content coding, and whether that breaks off.

        Raises ContentError when it cannot be decoded or unpacks to more than is kept.
        """
        encoding = self.header("Content-Encoding")
        return decode_content(self.entity, encoding, limit_bytes=LARGEST_BODY_BYTES)

    def body(self) -> bytes:
        """Return the decoded body; all else is as of `decoded`."""
        return self.decoded().body

    def beginning(self, limit_bytes: int) -> bytes:
        """Return what can be read of the first bytes of the body, whatever is wrong with it."""
        encoding = self.header("Content-Encoding")
        return decode_beginning(self.entity, encoding, limit_bytes=limit_bytes)

    def source(self, body: bytes, *, is_whole: bool = True, title: str | None = None) -> SourcePage:
        """Return what extraction reads; the title is that of the feed or sitemap that named it."""
        return SourcePage(
            url=self.url,
            body=body,
            content_type=self.header("Content-Type"),
            headers=self.headers,
            captured_at=self.fetched_at,
            status=self.status or 0,
            is_whole=is_whole,
            advertised_title=title,
        )

    def with_entity(self, record: Record) -> "Page":
        """Return the page with the entity that a revisit left out; its own headers speak of it."""
        return replace(self, entity=parse_message(record.block).entity())

    def rendered(self, dom: bytes, capture: "Future[Capture]", *, at: datetime) -> "Page":
        """Return the page as a browser made it of this answer, whose other fields still hold."""
        kept = tuple(each for each in self.headers if each[0].lower() not in _OF_THE_BODY)
        return replace(
            self,
            capture=capture,
            fetched_at=at,
            headers=(*kept, ("Content-Type", DOM_TYPE)),
            entity=dom,
            is_rendered=True,
        )

    def with_payload(self, record: Record) -> "Page":
        """Return the page with the payload it only refers to: that of a 304."""
        stored = parse_message(record.block)
        return replace(
            self, status=stored.status, headers=_decoded(stored.fields), entity=stored.entity()
        )


def page_of_response(response: "Response") -> Page:
    """Return what a download brought."""
    meta = response.meta
    fields = [(name, value) for name, values in response.headers.items() for value in values]
    return Page(
        address=meta[ADDRESS],
        capture=meta[CAPTURE],
        fetched_at=meta[STARTED_AT],
        status=response.status,
        headers=_decoded(tuple(fields)),
        entity=response.body,
        failure=meta[FAILURE],
    )


def page_without_response(request: "Request") -> Page:
    """Return what a download brought that failed."""
    meta = request.meta
    return Page(
        address=meta[ADDRESS],
        capture=meta[CAPTURE],
        fetched_at=meta[STARTED_AT],
        status=None,
        failure=meta[FAILURE],
    )


def page_of_record(address: Address, capture: Capture, record: Record | None) -> Page:
    """Return what a committed capture brought; the record is None when no answer came."""
    message = parse_message(record.block) if record else None
    done: Future[Capture] = Future()
    done.set_result(capture)
    return Page(
        address=address,
        capture=done,
        fetched_at=capture.fetch_time,
        status=capture.fetch_status,
        headers=_decoded(message.fields) if message else (),
        entity=message.entity() if message else b"",
        failure=capture.fetch_failure,
    )


def location_of(capture: Capture) -> Location:
    """Return where a capture's own record lies; the capture has one."""
    assert capture.warc_filename is not None
    assert capture.warc_record_offset is not None
    assert capture.warc_record_length is not None
    return Location(
        warc_filename=capture.warc_filename,
        offset=capture.warc_record_offset,
        length=capture.warc_record_length,
    )


def _decoded(fields: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[str, str], ...]:
    """Return fields as text: ISO 8859-1, which any byte is (RFC 9110 section 5.5)."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
