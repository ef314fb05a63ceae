"""Exchanges and records with fixed ids and dates, for the tests of the WARC layer."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.exchange import Exchange, Location
from archive.warc.records import (
    Profile,
    Provenance,
    Record,
    Referred,
    exchange_records,
    warcinfo_record,
)
from archive.warc.writer import WarcWriter

MOMENT = datetime(2026, 5, 18, 7, 12, 0, 123456, tzinfo=UTC)
RESPONSE_ID = "<urn:uuid:00000000-0000-4000-8000-000000000001>"
REQUEST_ID = "<urn:uuid:00000000-0000-4000-8000-000000000002>"
WARCINFO_ID = "<urn:uuid:00000000-0000-4000-8000-000000000003>"

REQUEST = b"GET /a?b=1 HTTP/1.1\r\nHost: x.example\r\n\r\n"
PLAIN = (
    b"HTTP/1.1 200 Fine By Me\r\nserVer: tEst\r\nX-Lat: caf\xe9\r\nContent-Length: 5\r\n\r\nhello"
)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
# Answers whose head not every tool finds where we do.
ODD_HEADS = {
    "none": b"hello\n",
    "a_page_alone": b"<html>HTTP/1.1 200 OK\r\n\r\n",
    "another_protocol": b"ICY 200 OK\r\nServer: x\r\n\r\nbody",
    "bare_line_ends": b"HTTP/1.0 200 OK\nServer: x\n\nbody",
    "bare_last_line_end": b"HTTP/1.0 200 OK\r\nServer: x\r\n\nbody",
    "a_blank_line_in_front": b"\r\nHTTP/1.1 200 OK\r\nServer: x\r\n\r\nbody",
    "a_line_of_white_space": b"HTTP/1.1 200 OK\r\nServer: x\r\n \t\r\nB: c\r\n\r\nbody",
}
HELLO_DIGEST = "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"


def exchange(
    response: bytes | memoryview = PLAIN,
    request: bytes = REQUEST,
    *,
    number: int = 0,
    **fields: Any,
) -> Exchange:
    """Return an exchange; its ids follow from the number."""
    known: dict[str, Any] = {
        "url": "https://x.example/a?b=1",
        "started_at": MOMENT,
        "record_id": RESPONSE_ID.replace("0000-4", f"{number:04}-4", 1),
        "request_record_id": REQUEST_ID.replace("0000-4", f"{number:04}-4", 1),
    }
    return Exchange(request=request, response=response, **(known | fields))


def referred(profile: Profile, digest: str | None = HELLO_DIGEST) -> Referred:
    """Return a record that a revisit may stand for."""
    return Referred(
        record_id="<urn:uuid:00000000-0000-4000-8000-000000000009>",
        target_uri="https://x.example/first",
        date=datetime(2026, 5, 17, tzinfo=UTC),
        payload_digest=digest,
        profile=profile,
    )


def warcinfo(filename: str = "newsreel-a-00001.warc.gz") -> Record:
    """Return the record a file begins with."""
    return warcinfo_record(
        filename,
        provenance=Provenance(
            software="Newsreel/0.1.0", run_id="20260518T071200Z-9c41", operator="Desk\n x"
        ),
        record_id=WARCINFO_ID,
        date=MOMENT,
    )


def write_warc(path: Path, records: Iterable[Record]) -> list[Location]:
    """Write a file that begins with a warcinfo, and return where the given records are."""
    writer = WarcWriter(path, warcinfo=warcinfo())
    locations = [writer.append(record) for record in records]
    writer.sync()
    writer.close()
    return locations


def small_file(path: Path) -> list[Record]:
    """Write a file with every type of record, and return them, warcinfo first."""
    records = [
        *exchange_records(exchange(EARLY_HINTS + PLAIN, number=1, ip="192.0.2.7")),
        *exchange_records(exchange(CHUNKED, number=2, truncated="disconnect")),
        *exchange_records(exchange(number=3), refers_to=referred(Profile.IDENTICAL_PAYLOAD_DIGEST)),
        *exchange_records(
            exchange(NOT_MODIFIED, number=4), refers_to=referred(Profile.SERVER_NOT_MODIFIED)
        ),
    ]
    write_warc(path, records)
    return [warcinfo(), *records]
