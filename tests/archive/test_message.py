"""HTTP/1.x messages: taken apart as browsers would, and never raising on junk."""

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.message import (
    ContentError,
    Decoded,
    decode_content,
    parse_message,
    split_interim,
    unchunk,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OK = b"HTTP/1.1 200 OK\r\n"
TEXT = b"<p>lorem ipsum</p>" * 40

FIELDS = {
    "crlf": (OK + b"A: 1\r\nB: 2\r\n\r\nx", ((b"A", b"1"), (b"B", b"2"))),
    "lf_only": (b"HTTP/1.0 200 Fine\nA: 1\n\nx", ((b"A", b"1"),)),
    "mixed_line_ends": (OK + b"A: 1\n\r\nx", ((b"A", b"1"),)),
    "repeated": (OK + b"A: 1\r\na: 2\r\n\r\nx", ((b"A", b"1"), (b"a", b"2"))),
    "folded": (OK + b"A: 1\r\n  2\r\n\t3\r\n\r\nx", ((b"A", b"1 2 3"),)),
    "folded_first": (OK + b" lost\r\nA: 1\r\n\r\nx", ((b"A", b"1"),)),
    "no_colon": (OK + b"bad line\r\n folded\r\nA: 1\r\n\r\nx", ((b"A", b"1"),)),
    "empty_value": (OK + b"A:\r\n\r\nx", ((b"A", b""),)),
    "colon_in_value": (OK + b"A: b:c\r\n\r\nx", ((b"A", b"b:c"),)),
    "no_fields": (OK + b"\r\nx", ()),
    "request": (b"GET / HTTP/1.1\r\nHost: x.example\r\n\r\nx", ((b"Host", b"x.example"),)),
}


@pytest.mark.parametrize(("raw", "fields"), FIELDS.values(), ids=FIELDS.keys())
def test_fields_are_read_in_the_order_sent(
    raw: bytes, fields: tuple[tuple[bytes, bytes], ...]
) -> None:
    message = parse_message(raw)

    assert message.fields == fields
    assert message.body == b"x"
    assert raw[message.head_length :] == message.body


STATUSES = {
    "plain": (b"HTTP/1.1 404 Not Found\r\n\r\n", 404),
    "no_reason": (b"HTTP/1.1 200\r\n\r\n", 200),
    "empty_reason": (b"HTTP/1.1 200 \r\n\r\n", 200),
    "http2_text": (b"HTTP/2 301 \r\n\r\n", 301),
    "lower_case": (b"http/1.1 200 OK\r\n\r\n", 200),
    "too_many_digits": (b"HTTP/1.1 2000 OK\r\n\r\n", None),
    "no_number": (b"HTTP/1.1 OK\r\n\r\n", None),
    "request": (b"GET / HTTP/1.1\r\n\r\n", None),
    "junk": (b"<html>", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("raw", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_status(raw: bytes, status: int | None) -> None:
    assert parse_message(raw).status == status


JUNK = {
    "http_0_9": b"<html>\r\n\r\n<p>",
    "binary": bytes(range(256)),
    "blank_line_first": b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "empty": b"",
}


@pytest.mark.parametrize("raw", JUNK.values(), ids=JUNK.keys())
def test_what_is_no_message_is_all_body(raw: bytes) -> None:
    message = parse_message(raw)

    assert (message.start_line, message.fields, message.head_length) == (b"", (), 0)
    assert message.body == raw


def test_a_head_that_breaks_off_has_no_body() -> None:
    message = parse_message(OK + b"A: 1\r\nB")

    assert message.fields == ((b"A", b"1"),)
    assert message.body == b""


def test_a_field_is_found_without_regard_to_case_and_read_as_latin_1() -> None:
    message = parse_message(OK + b"x-LAT: caf\xe9\r\nX-Lat: 2\r\n\r\n")

    assert message.field("X-lat") == "café"
    assert message.field_values("X-Lat") == ("café", "2")
    assert message.field("X-None") is None


CONTENT_TYPES = {
    "plain": ("text/html", "text/html", None),
    "charset": ("text/html; charset=utf-8", "text/html", "utf-8"),
    "quoted": ('Text/HTML ;  Charset="ISO-8859-1"; x=y', "text/html", "ISO-8859-1"),
    "other_parameter": ("text/html; xcharset=no", "text/html", None),
    "only_parameter": ("; charset=utf-8", None, "utf-8"),
    "empty": ("", None, None),
}


@pytest.mark.parametrize(
    ("sent", "media_type", "charset"), CONTENT_TYPES.values(), ids=CONTENT_TYPES.keys()
)
def test_content_type(sent: str, media_type: str | None, charset: str | None) -> None:
    message = parse_message(OK + f"Content-Type: {sent}\r\n\r\n".encode())

    assert (message.media_type, message.charset) == (media_type, charset)


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
LF_CONTINUE = b"HTTP/1.1 100 Continue\n\n"
INTERIM = {
    "none": (OK, b"", OK),
    "one": (EARLY + OK, EARLY, OK),
    "two_kinds_of_line_end": (EARLY + LF_CONTINUE + OK, EARLY + LF_CONTINUE, OK),
    "nothing_after": (EARLY, EARLY, b""),
    "broken_off": (EARLY + EARLY[:20], EARLY, EARLY[:20]),
    "switching_protocols_is_final": (b"HTTP/1.1 101 S\r\n\r\nx", b"", b"HTTP/1.1 101 S\r\n\r\nx"),
    "junk": (b"x", b"", b"x"),
    "empty": (b"", b"", b""),
}


@pytest.mark.parametrize(("raw", "interim", "final"), INTERIM.values(), ids=INTERIM.keys())
def test_interim_answers_are_split_off(raw: bytes, interim: bytes, final: bytes) -> None:
    assert split_interim(raw) == (interim, final)


CHUNKED = {
    "whole": (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    "two_chunks": (b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"),
    "upper_case_and_zeros": (b"00000000000000000A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
    "extension_and_trailer": (b"5;a=b\r\nhello\r\n0;x\r\nX-Sum: 1\r\n\r\n", b"hello"),
    "padded_size": (b"5  \r\nhello\r\n0\r\n\r\n", b"hello"),
    "lf_only": (b"5\nhello\n0\n\n", b"hello"),
    "torn_in_a_chunk": (b"5\r\nhello\r\n9\r\nwor", b"hellowor"),
    "torn_in_a_size": (b"5\r\nhello\r\n9", b"hello"),
    "junk_after_a_chunk": (b"5\r\nhello\r\nzz\r\nx", b"hello"),
    "size_beyond_memory": (b"fffffffffffffff\r\nhello", b"hello"),
    "bytes_after_the_end": (b"5\r\nhello\r\n0\r\n\r\n5\r\nworld\r\n", b"hello"),
    "never_chunked": (b"<html>", b"<html>"),
    "empty": (b"", b""),
    "only_the_end": (b"0\r\n\r\n", b""),
}


@pytest.mark.parametrize(("body", "entity"), CHUNKED.values(), ids=CHUNKED.keys())
def test_the_entity_is_without_chunks(body: bytes, entity: bytes) -> None:
    message = parse_message(OK + b"Transfer-Encoding: gzip, Chunked\r\n\r\n" + body)

    assert message.is_chunked
    assert message.entity() == entity
    assert message.body == body


def test_only_the_last_transfer_coding_makes_a_body_chunked() -> None:
    message = parse_message(OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")

    assert not message.is_chunked
    assert message.entity() == b"0\r\n\r\n"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_unchunk_undoes_chunking(pieces: list[bytes]) -> None:
    body = b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

    assert unchunk(body) == b"".join(pieces)


messages = st.builds(
    bytes.__add__,
    st.sampled_from([b"", OK, EARLY, OK + b"Transfer-Encoding: chunked\r\n\r\n"]),
    st.binary(max_size=200) | st.text("0123456789af;:\r\n \tHTP/.", max_size=80).map(str.encode),
)


@given(messages)
def test_any_bytes_are_read_and_none_is_lost(raw: bytes) -> None:
    interim, final = split_interim(raw)
    message = parse_message(final)
    message.entity()

    assert interim + final[: message.head_length] + message.body == raw
    assert len(message.entity()) <= len(message.body)


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "utf-8": bytes,
    "none": bytes,
    "": bytes,
}


@pytest.mark.parametrize("coding", CODERS)
@given(data=st.binary(max_size=2000))
def test_each_coding_is_undone(coding: str, data: bytes) -> None:
    decoded = decode_content(CODERS[coding](data), coding.upper(), limit_bytes=2000)

    assert decoded == Decoded(body=data, is_whole=True)


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ODD_BODIES = {
    "no_coding_named": (TEXT, None),
    "bare_deflate": (bare_deflate(TEXT), "deflate"),
    "two_members": (gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), "gzip"),
    "padding_behind": (gzip.compress(TEXT) + b"\0\0\0", "gzip"),
    "a_list": (brotli.compress(gzip.compress(TEXT)), "gzip, br"),
}


@pytest.mark.parametrize(("entity", "coding"), ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_what_servers_really_send_is_undone(entity: bytes, coding: str | None) -> None:
    decoded = decode_content(entity, coding, limit_bytes=len(TEXT))

    assert decoded == Decoded(body=TEXT, is_whole=True)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_body_is_whole_whatever_coding_is_named(coding: str) -> None:
    assert decode_content(b"", coding, limit_bytes=0) == Decoded(body=b"", is_whole=True)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_torn_body_yields_its_beginning_and_says_so_at_every_cut(coding: str) -> None:
    coded = CODERS[coding](TEXT)

    for cut in range(1, len(coded)):
        decoded = decode_content(coded[:cut], coding, limit_bytes=len(TEXT))
        assert not decoded.is_whole
        assert TEXT.startswith(decoded.body)


REFUSED = {
    "unknown": (TEXT, "compress", "unknown_content_coding"),
    "short_and_not_gzip": (b"hello", "gzip", "bad_content_coding"),
    "not_gzip": (TEXT, "gzip", "bad_content_coding"),
    "not_deflate": (b"\xff" * 20, "deflate", "bad_content_coding"),
    "not_brotli": (b"\xff" * 20, "br", "bad_content_coding"),
    "not_zstd": (TEXT, "zstd", "bad_content_coding"),
    "six_codings": (TEXT, "gzip, gzip, gzip, gzip, gzip, gzip", "bad_content_coding"),
    "plain_too_large": (TEXT + b"x", "identity", "too_large"),
    "gzip_bomb": (gzip.compress(bytes(1 << 20)), "gzip", "too_large"),
    "second_member_bomb": (gzip.compress(TEXT) + gzip.compress(TEXT), "gzip", "too_large"),
    "deflate_bomb": (zlib.compress(bytes(1 << 20)), "deflate", "too_large"),
    "brotli_bomb": (brotli.compress(bytes(1 << 20)), "br", "too_large"),
    "zstd_bomb": (zstd.compress(bytes(1 << 20)), "zstd", "too_large"),
}


@pytest.mark.parametrize(("entity", "coding", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_cannot_be_decoded_says_why(entity: bytes, coding: str, reason: str) -> None:
    with pytest.raises(ContentError) as caught:
        decode_content(entity, coding, limit_bytes=len(TEXT))

    assert caught.value.reason == reason


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_takes_no_more_memory_than_the_limit_and_a_little(coding: str) -> None:
    bomb = CODERS[coding](bytes(32 << 20))

    tracemalloc.start()
    with suppress(ContentError):
        decode_content(bomb, coding, limit_bytes=1000)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 8 << 20


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@given(junk=st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused_within_the_limit(coding: str, junk: bytes) -> None:
    with suppress(ContentError):
        assert len(decode_content(junk, coding, limit_bytes=100).body) <= 100
