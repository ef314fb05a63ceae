"""WARC/1.1 records: what they say of an exchange, as values.

The section numbers are those of WARC 1.1 (ISO 28500:2017); WARC-Protocol and WARC-Cipher-Suite are
adopted extensions of it. The block of a record is never touched: an exchange's bytes are its block.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from archive.digest import labelled_sha1
from archive.errors import CaptureError
from archive.exchange import Exchange
from archive.message import Message, parse_head, parse_message
from archive.received import Received, receive
from archive.rendering import CONVERSION, DOM_TYPE, Rendering

WARC_VERSION: Final = "WARC/1.1"

_CONFORMS_TO: Final = (
    "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
)
_RESPONSE_TYPE: Final = "application/http; msgtype=response"
_REQUEST_TYPE: Final = "application/http; msgtype=request"
FIELDS_TYPE: Final = "application/warc-fields"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What a reader may cut a line or a value at, and the brackets some readers take off.
_NOT_IN_A_URI: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>\ud800-\udfff]")
# What gains nothing from being compressed once more, besides a body with a Content-Encoding.
_PACKED_TYPES: Final = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/avif",
    "image/gif",
    "font/woff",
    "video/",
    "audio/",
    "application/font-woff",
    "application/zip",
    "application/gzip",
)

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record: its named fields, and the bytes they speak of."""

    fields: Fields
    """Every named field in the order written, Content-Type and Content-Length included."""
    block: bytes
    """Empty when it is spooled."""
    spooled: memoryview | None = None
    """The block, when it is too large to be held in memory; None for every record that was read."""
    is_packed: bool = False
    """Whether the payload is compressed already, as a browser gets it; False when nobody said."""

    def field(self, name: str) -> str | None:
        """Return the first value of a field, None when it is absent; names compare without case."""
        return next(iter(self.field_values(name)), None)

    def field_values(self, name: str) -> tuple[str, ...]:
        """Return every value of a field: WARC-Protocol and WARC-Concurrent-To may repeat."""
        return tuple(value for key, value in self.fields if key.lower() == name.lower())

    @property
    def type(self) -> str:
        """WARC-Type: response, revisit, conversion, request, metadata or warcinfo; empty when
        absent.
        """
        return self.field("WARC-Type") or ""

    @property
    def record_id(self) -> str:
        """WARC-Record-ID with its angle brackets; empty when absent."""
        return self.field("WARC-Record-ID") or ""

    @property
    def target_uri(self) -> str | None:
        """WARC-Target-URI; None for a warcinfo and for interim answers."""
        return self.field("WARC-Target-URI")

    @property
    def date(self) -> datetime | None:
        """WARC-Date in UTC; None when it cannot be read."""
        return parse_date(self.field("WARC-Date"))


class Profile(StrEnum):
    """Why a record stands for another (section 6.7)."""

    IDENTICAL_PAYLOAD_DIGEST = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    SERVER_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """The record a revisit stands for; it must be committed, and in the same store."""

    record_id: str
    target_uri: str
    date: datetime
    payload_digest: str | None
    """Never None with the profile of the identical digest."""
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who made a file, and with what: the content of its warcinfo."""

    software: str
    """With its version: Newsreel/0.1.0."""
    run_id: str
    operator: str | None = None
    """Whom to write to about the crawl; None when nobody was named."""
    user_agent: str | None = None
    robots: str | None = None
    """The robots policy obeyed: RFC 9309."""
    plan: str | None = None
    """What the run was asked for, as the journal keeps it."""
    run_began: datetime | None = None


def written_date(moment: datetime) -> str:
    """Return a moment as WARC-Date writes it: UTC, with microseconds (section 5.4)."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone: a WARC-Date is UTC")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_date(text: str | None) -> datetime | None:
    """Return a WARC-Date in UTC, to the microsecond; None when it is absent or no date."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def written_uri(url: str) -> str:
    """Return an address as WARC-Target-URI holds it, on one line whatever the address contains.

    White space, control characters, angle brackets and lone surrogates are percent-escaped rather
    than refused: addresses come from strangers, and one bad link must not stop a crawl.
    """
    return _NOT_IN_A_URI.sub(_percent_escape, url)


def _percent_escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def warcinfo_record(
    filename: str, *, provenance: Provenance, record_id: str, date: datetime
) -> Record:
    """Return the record a file begins with (section 6.2); white space in its texts is collapsed."""
    stated = {
        "software": provenance.software,
        "format": "WARC File Format 1.1",
        "conformsTo": _CONFORMS_TO,
        "isPartOf": provenance.run_id,
        "operator": provenance.operator,
        "http-header-user-agent": provenance.user_agent,
        "robots": provenance.robots,
        "run-plan": provenance.plan,
        "run-began": written_date(provenance.run_began) if provenance.run_began else None,
    }
    lines = [
        f"{name}: {_checked(name, ' '.join(text.split()))}\r\n"
        for name, text in stated.items()
        if text
    ]
    named = (
        ("WARC-Record-ID", record_id),
        ("WARC-Date", written_date(date)),
        ("WARC-Filename", filename),
    )
    return make_record("warcinfo", named, FIELDS_TYPE, "".join(lines).encode())


def exchange_records(
    exchange: Exchange, received: Received | None = None, *, refers_to: Referred | None = None
) -> tuple[Record, ...]:
    """Return the records of an exchange, the answer first when there is one, then the request.

    Who has taken the answer apart hands it in; otherwise it is done here.

    The answer is a response, or a revisit when it refers to another record. Interim 1xx answers
    become a metadata record: in front of the response, replay would take them for it. Without a
    final answer there is no response; without a byte in either direction there is nothing.

    Raises CaptureError when a revisit's payload is not the one it refers to.
    """
    received = received or receive(exchange.response)
    records = []
    if received.head and refers_to:
        records.append(_revisit(exchange, received, received.head, refers_to))
    elif received.head:
        records.append(_response(exchange, received, received.head))
    if exchange.request:
        records.append(_request(exchange, exchange.record_id if received.head else None))
    if received.interim:
        capture = exchange.record_id if received.head else exchange.request_record_id
        records.append(_interim(exchange, received.interim, capture))
    return tuple(records)


def _response(exchange: Exchange, received: Received, head: Message) -> Record:
    # Section 5.9 means the entity, most tools digest the chunks as they came, and each calls the
    # other's files damaged; so they do where they do not see one head. All accept the field's
    # absence; rows and indexes carry the digest.
    undisputed = received.payload_digest if head.has_undisputed_payload else None
    named = (
        *_of_exchange(exchange, exchange.record_id),
        ("WARC-Truncated", exchange.truncated),
        ("WARC-Payload-Digest", undisputed),
    )
    record = make_record(
        "response", named, _RESPONSE_TYPE, received.final, digest=received.block_digest
    )
    return replace(record, is_packed=_is_packed(head))


def _is_packed(head: Message) -> bool:
    is_encoded = head.field("Content-Encoding") is not None
    return is_encoded or (head.media_type or "").startswith(_PACKED_TYPES)


def _revisit(exchange: Exchange, received: Received, head: Message, referred: Referred) -> Record:
    is_identical = referred.profile is Profile.IDENTICAL_PAYLOAD_DIGEST
    if is_identical and referred.payload_digest != received.payload_digest:
        raise CaptureError(f"{exchange.url} is no revisit of {referred.record_id}: payloads differ")
    has_body = len(received.final) > head.head_length
    named = (
        *_of_exchange(exchange, exchange.record_id),
        ("WARC-Profile", referred.profile.value),
        ("WARC-Refers-To", referred.record_id),
        ("WARC-Refers-To-Target-URI", written_uri(referred.target_uri)),
        ("WARC-Refers-To-Date", written_date(referred.date)),
        # Section 6.7.2: leaving out the body is a truncation, and shall be marked so.
        ("WARC-Truncated", "length" if has_body else exchange.truncated),
        ("WARC-Payload-Digest", referred.payload_digest),
    )
    return make_record("revisit", named, _RESPONSE_TYPE, bytes(received.final[: head.head_length]))


def _request(exchange: Exchange, response_id: str | None) -> Record:
    asked = parse_head(exchange.request)
    body = exchange.request[asked.head_length :]
    named = (
        *_of_exchange(exchange, exchange.request_record_id),
        ("WARC-Concurrent-To", response_id),
        ("WARC-Payload-Digest", None if asked.is_chunked else labelled_sha1(body)),
    )
    return make_record("request", named, _REQUEST_TYPE, exchange.request)


def _interim(exchange: Exchange, interim: bytes, concurrent_to: str) -> Record:
    # The block is a run of whole HTTP answers, and its type says so (section 6.6 leaves the format
    # open). The id follows from the response's, so that writing an exchange takes no randomness.
    # A metadata record need not have a target, and indexers list each that has one as a page.
    record_id = f"<{uuid.uuid5(uuid.NAMESPACE_URL, exchange.record_id + '#interim').urn}>"
    shared = _of_exchange(exchange, record_id)
    named = (
        *((name, value) for name, value in shared if name != "WARC-Target-URI"),
        ("WARC-Concurrent-To", concurrent_to),
    )
    return make_record("metadata", named, _RESPONSE_TYPE, interim)


def conversion_record(rendering: Rendering) -> Record:
    """Return the record of what a browser made of an answer (section 6.9).

    Its date is that of the rendering: what it was made from has its own.
    """
    digest = labelled_sha1(rendering.dom)
    named = (
        ("WARC-Record-ID", rendering.record_id),
        ("WARC-Target-URI", written_uri(rendering.url)),
        ("WARC-Date", written_date(rendering.rendered_at)),
        ("WARC-Refers-To", rendering.source_record_id),
        ("WARC-Refers-To-Target-URI", written_uri(rendering.url)),
        ("WARC-Refers-To-Date", written_date(rendering.source_fetched_at)),
        ("WARC-Truncated", rendering.truncated),
        ("WARC-Payload-Digest", digest),
    )
    return make_record(CONVERSION, named, DOM_TYPE, rendering.dom, digest=digest)


def message_of(record: Record) -> Message:
    """Return a record's block taken apart; that of a conversion is all payload."""
    if record.type != CONVERSION:
        return parse_message(record.block)
    content_type = (record.field("Content-Type") or "").encode("latin-1", "replace")
    fields = ((b"Content-Type", content_type),)
    return Message(start_line=b"", fields=fields, head_length=0, body=record.block, is_plain=True)


def _of_exchange(exchange: Exchange, record_id: str) -> tuple[tuple[str, str | None], ...]:
    """Return the fields that all records of one capture share (section 5.7)."""
    return (
        ("WARC-Record-ID", record_id),
        ("WARC-Target-URI", written_uri(exchange.url)),
        ("WARC-Date", written_date(exchange.started_at)),
        ("WARC-IP-Address", exchange.ip),
        *(("WARC-Protocol", protocol) for protocol in exchange.protocols),
        ("WARC-Cipher-Suite", exchange.cipher_suite),
    )


def make_record(
    kind: str,
    named: Iterable[tuple[str, str | None]],
    content_type: str,
    block: bytes | memoryview,
    *,
    digest: str | None = None,
) -> Record:
    """Return a record of these fields that are not None, with its block's digest and length.

    Who has digested the block hands that in. Raises CaptureError for a value with a control
    character in it.
    """
    fields = (
        ("WARC-Type", kind),
        *((name, _checked(name, value)) for name, value in named if value),
        ("WARC-Block-Digest", digest or labelled_sha1(block)),
        ("Content-Type", content_type),
        ("Content-Length", str(len(block))),
    )
    if isinstance(block, memoryview):
        return Record(fields=fields, block=b"", spooled=block)
    return Record(fields=fields, block=block)


def _checked(name: str, value: str) -> str:
    """Return the value, or refuse it: a line end in it would forge a field, two a record.

    Addresses are escaped before; all other values are our own, so one that fails is a fault of
    Newsreel, and going on would damage the file.
    """
    if _CONTROL.search(value):
        raise CaptureError(f"{name} cannot hold {value!r}: it has a control character")
    return value
