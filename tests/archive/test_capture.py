"""What one request brought, as a row says it."""

from typing import Any

import pytest

from archive.capture import Capture, capture_of
from archive.received import receive
from tests.archive.warc_samples import CHUNKED, EARLY_HINTS, HELLO_DIGEST, MOMENT, PLAIN, exchange


def captured(response: bytes, **known: Any) -> Capture:
    """Return the capture of an answer."""
    return capture_of(exchange(response, **known), receive(response), run_id="run-1")


def redirect(status: int, location: str) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def test_a_capture_says_what_was_asked_and_what_came_back() -> None:
    capture = captured(PLAIN, elapsed_ms=410, waited_ms=2000, wait_reason="delay")

    assert (capture.url, capture.url_surtkey) == ("https://x.example/a?b=1", "example,x)/a?b=1")
    assert (capture.fetch_time, capture.fetch_status, capture.fetch_failure) == (MOMENT, 200, None)
    assert (capture.elapsed_ms, capture.waited_ms, capture.wait_reason) == (410, 2000, "delay")
    assert (capture.content_digest, capture.content_length) == (HELLO_DIGEST, 5)
    assert (capture.record_type, capture.warc_filename) == (None, None)
    assert (capture.run_id, capture.page_kind) == ("run-1", None)


SAME_ENTITY = {"plain": PLAIN, "chunked": CHUNKED, "behind_early_hints": EARLY_HINTS + PLAIN}


@pytest.mark.parametrize("response", SAME_ENTITY.values(), ids=SAME_ENTITY.keys())
def test_digest_and_length_are_those_of_the_entity(response: bytes) -> None:
    capture = captured(response)

    assert (capture.content_digest, capture.content_length) == (HELLO_DIGEST, 5)
    assert capture.fetch_status == 200


def test_no_answer_has_no_digest_no_status_and_no_length() -> None:
    capture = captured(b"", failure="timeout", truncated="time")

    assert (capture.content_digest, capture.content_length, capture.fetch_status) == (None,) * 3
    assert (capture.fetch_failure, capture.content_truncated) == ("timeout", "time")


REDIRECTS = {
    "absolute": (redirect(301, "https://y.example/b"), "https://y.example/b"),
    "relative": (redirect(302, "/b"), "https://x.example/b"),
    "query_alone": (redirect(303, "?c"), "https://x.example/a?c"),
    "temporary": (redirect(307, "b"), "https://x.example/b"),
    "permanent": (redirect(308, "//y.example"), "https://y.example"),
    "created": (redirect(201, "/b"), None),
    "no_change": (redirect(304, "/b"), None),
    "empty": (redirect(301, ""), None),
    "broken": (redirect(301, "http://[bad"), None),
    "none": (PLAIN, None),
}


@pytest.mark.parametrize(("response", "expected"), REDIRECTS.values(), ids=REDIRECTS.keys())
def test_a_redirect_is_told_as_the_whole_address_it_leads_to(
    response: bytes, expected: str | None
) -> None:
    assert captured(response).fetch_redirect == expected


def test_content_type_and_charset_are_told_apart() -> None:
    response = b'HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; Charset="UTF-8"\r\n\r\n'

    capture = captured(response)

    assert (capture.content_mime_type, capture.content_charset) == ("text/html", "UTF-8")
