"""Records of an exchange, field by field and byte by byte."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture import capture_of
from archive.digest import labelled_sha1
from archive.errors import CaptureError
from archive.received import receive
from archive.warc.records import (
    Profile,
    Record,
    exchange_records,
    parse_date,
    written_date,
    written_uri,
)
from tests.archive.warc_samples import (
    CHUNKED,
    EARLY_HINTS,
    HELLO_DIGEST,
    NOT_MODIFIED,
    ODD_HEADS,
    PLAIN,
    REQUEST,
    exchange,
    referred,
    warcinfo,
)


def test_a_warcinfo_says_who_made_the_file_with_what() -> None:
    record = warcinfo("newsreel-a-00001.warc.gz")

    assert record.fields == (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000003>"),
        ("WARC-Date", "2026-05-18T07:12:00.123456Z"),
        ("WARC-Filename", "newsreel-a-00001.warc.gz"),
        ("WARC-Block-Digest", "sha1:3PRMEEXLZFWGAXEWBJSYFDJ6KNRR3GX5"),
        ("Content-Type", "application/warc-fields"),
        ("Content-Length", "199"),
    )
    assert record.block == (
        b"software: Newsreel/0.1.0\r\n"
        b"format: WARC File Format 1.1\r\n"
        b"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        b"isPartOf: 20260518T071200Z-9c41\r\n"
        b"operator: Desk x\r\n"
    )


def test_a_response_holds_the_answer_as_it_came() -> None:
    response, _ = exchange_records(
        exchange(
            ip="192.0.2.7",
            protocols=("http/1.1", "tls/1.3"),
            cipher_suite="TLS_AES_128_GCM_SHA256",
        )
    )

    assert response.block == PLAIN
    assert response.fields == (
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000001>"),
        ("WARC-Target-URI", "https://x.example/a?b=1"),
        ("WARC-Date", "2026-05-18T07:12:00.123456Z"),
        ("WARC-IP-Address", "192.0.2.7"),
        ("WARC-Protocol", "http/1.1"),
        ("WARC-Protocol", "tls/1.3"),
        ("WARC-Cipher-Suite", "TLS_AES_128_GCM_SHA256"),
        ("WARC-Payload-Digest", "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"),
        ("WARC-Block-Digest", "sha1:CXMNO426MHGY5IFADDG7CGBEFK7VLJRI"),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", "78"),
    )


def test_a_request_follows_and_belongs_to_its_response() -> None:
    response, request = exchange_records(exchange())

    assert request.block == REQUEST
    assert request.type == "request"
    assert request.field("WARC-Concurrent-To") == response.record_id
    assert request.date == response.date
    assert request.field("WARC-Payload-Digest") == labelled_sha1(b"")


def test_a_chunked_response_has_no_payload_digest_but_the_exchange_has() -> None:
    response, _ = exchange_records(exchange(CHUNKED))

    assert response.field("WARC-Payload-Digest") is None
    assert receive(CHUNKED).payload_digest == HELLO_DIGEST


@pytest.mark.parametrize("answer", ODD_HEADS.values(), ids=ODD_HEADS.keys())
def test_a_payload_that_tools_find_elsewhere_is_not_digested_on_the_record(answer: bytes) -> None:
    response, _ = exchange_records(exchange(answer))

    assert response.field("WARC-Payload-Digest") is None
    assert response.field("WARC-Block-Digest") == labelled_sha1(answer)


def test_a_truncated_response_says_why() -> None:
    response, _ = exchange_records(exchange(PLAIN[:-2], truncated="time"))

    assert response.field("WARC-Truncated") == "time"
    assert response.block == PLAIN[:-2]


def test_an_identical_payload_is_a_revisit_of_the_first() -> None:
    revisit, request = exchange_records(
        exchange(), refers_to=referred(Profile.IDENTICAL_PAYLOAD_DIGEST)
    )

    assert revisit.block == PLAIN.removesuffix(b"hello")
    assert revisit.fields == (
        ("WARC-Type", "revisit"),
        ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000001>"),
        ("WARC-Target-URI", "https://x.example/a?b=1"),
        ("WARC-Date", "2026-05-18T07:12:00.123456Z"),
        ("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"),
        ("WARC-Refers-To", "<urn:uuid:00000000-0000-4000-8000-000000000009>"),
        ("WARC-Refers-To-Target-URI", "https://x.example/first"),
        ("WARC-Refers-To-Date", "2026-05-17T00:00:00.000000Z"),
        ("WARC-Truncated", "length"),
        ("WARC-Payload-Digest", "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"),
        ("WARC-Block-Digest", "sha1:U7R7IHHAJUDPKX4J53S3Q6G7NPHB3WN4"),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", "73"),
    )
    assert request.field("WARC-Concurrent-To") == revisit.record_id


def test_a_304_is_a_revisit_that_left_nothing_out() -> None:
    revisit, _ = exchange_records(
        exchange(NOT_MODIFIED), refers_to=referred(Profile.SERVER_NOT_MODIFIED)
    )

    assert revisit.block == NOT_MODIFIED
    assert str(revisit.field("WARC-Profile")).endswith("/1.1/revisit/server-not-modified")
    assert revisit.field("WARC-Payload-Digest") == HELLO_DIGEST
    assert revisit.field("WARC-Truncated") is None


def test_a_chunked_answer_may_be_a_revisit_of_one_that_was_not() -> None:
    revisit, _ = exchange_records(
        exchange(CHUNKED), refers_to=referred(Profile.IDENTICAL_PAYLOAD_DIGEST)
    )

    assert revisit.block.endswith(b"\r\n\r\n")
    assert revisit.field("WARC-Payload-Digest") == HELLO_DIGEST


@pytest.mark.parametrize("digest", [None, labelled_sha1(b"other")], ids=["none", "other"])
def test_a_revisit_of_another_payload_is_refused(digest: str | None) -> None:
    other = referred(Profile.IDENTICAL_PAYLOAD_DIGEST, digest)

    with pytest.raises(CaptureError, match="payloads differ"):
        exchange_records(exchange(), refers_to=other)


def test_interim_answers_are_kept_beside_the_response_and_not_as_a_page() -> None:
    response, request, interim = exchange_records(exchange(EARLY_HINTS + PLAIN))

    assert response.block == PLAIN
    assert request.type == "request"
    assert interim.type == "metadata"
    assert interim.block == EARLY_HINTS
    assert interim.target_uri is None
    assert interim.field("WARC-Concurrent-To") == response.record_id
    assert interim.record_id not in {response.record_id, request.record_id}


BROKEN_OFF = {
    "no_answer": (b"", REQUEST, ["request"]),
    "only_interim": (EARLY_HINTS, REQUEST, ["request", "metadata"]),
    "no_request_kept": (PLAIN, b"", ["response"]),
    "no_connection": (b"", b"", []),
}


@pytest.mark.parametrize(
    ("response", "request_bytes", "types"), BROKEN_OFF.values(), ids=BROKEN_OFF.keys()
)
def test_what_did_not_cross_the_wire_has_no_record(
    response: bytes, request_bytes: bytes, types: list[str]
) -> None:
    records = exchange_records(exchange(response, request_bytes))

    assert [record.type for record in records] == types


def test_without_a_final_answer_nothing_belongs_to_a_response() -> None:
    request, interim = exchange_records(exchange(EARLY_HINTS))

    assert request.field("WARC-Concurrent-To") is None
    assert interim.field("WARC-Concurrent-To") == request.record_id
    assert (
        capture_of(exchange(EARLY_HINTS), receive(EARLY_HINTS), run_id="run").content_digest is None
    )


FORGERIES = {
    "cr_lf": "http/1.1\r\nWARC-Type: resource",
    "lf": "http/1.1\nX: y",
    "nul": "http/1.1\0",
    "line_separator": "http/1.1\u2028",
    "lone_surrogate": "http/1.1\udc80",
}


@pytest.mark.parametrize("value", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_value_that_could_forge_a_field_is_refused(value: str) -> None:
    with pytest.raises(CaptureError, match="WARC-Protocol"):
        exchange_records(exchange(protocols=(value,)))


URIS = {
    "plain": ("https://x.example/a?b=1#c", "https://x.example/a?b=1#c"),
    "not_ascii": ("https://x.example/é", "https://x.example/é"),
    "cr_lf": ("http://x.example/\r\nWARC-Type: x", "http://x.example/%0D%0AWARC-Type:%20x"),
    "brackets": ("<http://x.example/>", "%3Chttp://x.example/%3E"),
    "ideographic_space": ("http://x.example/\u3000", "http://x.example/%E3%80%80"),
    "lone_surrogate": ("http://x.example/\ud800", "http://x.example/%ED%A0%80"),
}


@pytest.mark.parametrize(("url", "written"), URIS.values(), ids=URIS.keys())
def test_an_address_stays_on_its_line(url: str, written: str) -> None:
    assert written_uri(url) == written


def test_the_address_of_what_is_revisited_is_escaped_too() -> None:
    target = replace(referred(Profile.SERVER_NOT_MODIFIED), target_uri="http://x.example/a\r\nb")

    revisit, _ = exchange_records(exchange(NOT_MODIFIED), refers_to=target)

    assert revisit.field("WARC-Refers-To-Target-URI") == "http://x.example/a%0D%0Ab"


@given(st.text(st.characters()))
def test_any_address_can_be_written_and_escaping_twice_changes_nothing(url: str) -> None:
    written = written_uri(url)

    assert not re.search(r"[\x00-\x20\x7f<>]", written)
    assert written.encode().decode() == written
    assert written_uri(written) == written
    assert written.split() in ([], [written])


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - zone beside it
def test_a_date_is_read_as_it_was_written(moment: datetime) -> None:
    assert parse_date(written_date(moment)) == moment


def test_a_date_is_written_in_utc() -> None:
    moment = datetime(2026, 5, 18, 9, tzinfo=timezone(timedelta(hours=2)))

    assert written_date(moment) == "2026-05-18T07:00:00.000000Z"


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        written_date(datetime(2026, 5, 18))  # noqa: DTZ001 - the point


DATES = {
    "seconds": ("2026-05-18T07:12:00Z", datetime(2026, 5, 18, 7, 12, tzinfo=UTC)),
    "nanoseconds": (
        "2026-05-18T07:12:00.123456789Z",
        datetime(2026, 5, 18, 7, 12, 0, 123456, tzinfo=UTC),
    ),
    "no_zone": ("2026-05-18T07:12:00", datetime(2026, 5, 18, 7, 12, tzinfo=UTC)),
    "word": ("yesterday", None),
    "before_time": ("0001-01-01T00:00:00+01:00", None),
    "absent": (None, None),
}


@pytest.mark.parametrize(("text", "moment"), DATES.values(), ids=DATES.keys())
def test_dates_of_others_are_read_or_none(text: str | None, moment: datetime | None) -> None:
    assert parse_date(text) == moment


def test_a_record_without_fields_has_no_properties() -> None:
    record = Record(fields=(), block=b"")

    assert (record.type, record.record_id, record.target_uri, record.date) == ("", "", None, None)
