"""Messages whose length is a lie, a riddle or missing (RFC 9112 section 6)."""

from typing import Final

from tests.e2e.wire_cases import HTML, OK, chunks, sized
from tests.fetch.wire_origin import After, Answer
from tests.origin.row import Kept, Row, archived, broken, page, story

_CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"


def _with_length(name: str, length: bytes) -> bytes:
    return OK + HTML + b"Content-Length: %b\r\n\r\n" % length + story(name)


ROWS: Final[dict[str, Row]] = {
    "length_too_large": broken(
        "a Content-Length beyond the end of the body",
        _with_length("length_too_large", b"9999"),
        reason="cut_off",
    ),
    "length_too_small": archived(
        "length_too_small",
        "a Content-Length that ends in the midst of the body",
        _with_length("length_too_small", b"900"),
        after=After.CLOSE,
        kept=Kept.MESSAGE,
    ),
    "length_negative": broken("a negative Content-Length", _with_length("negative", b"-5")),
    "length_of_letters": broken("a Content-Length of letters", _with_length("letters", b"abc")),
    "length_huge": Row(
        sends="a Content-Length of 23 digits",
        answer=Answer(pieces=(_with_length("huge", b"9" * 23),), after=After.CLOSE),
        fate="failed",
        reason="too_large",
        kept=Kept.BEGINNING,
        truncated="length",
    ),
    "lengths_that_differ": broken(
        "two Content-Length fields that differ",
        OK + HTML + b"Content-Length: 7\r\n" + sized(story("lengths_that_differ")),
    ),
    "length_with_a_plus": broken(
        "a Content-Length with a plus sign",
        _with_length("plus", b"+%d" % len(story("plus"))),
    ),
    "length_and_chunks": archived(
        "length_and_chunks",
        "a Content-Length beside chunks",
        OK
        + HTML
        + b"Content-Length: 17\r\n"
        + _CHUNKED
        + b"\r\n"
        + chunks(story("length_and_chunks"), 800),
    ),
    "chunk_size_of_letters": broken(
        "a chunk whose size is no number",
        OK + HTML + _CHUNKED + b"\r\nZZ\r\nhello\r\n0\r\n\r\n",
        reason="cut_off",
    ),
    "chunks_without_end": broken(
        "chunks that break off",
        OK + HTML + _CHUNKED + b"\r\n" + chunks(story("chunks_without_end"), 300)[:900],
        reason="cut_off",
    ),
    "chunk_of_exabytes": broken(
        "a chunk that says it has 16 exabytes",
        OK + HTML + _CHUNKED + b"\r\nFFFFFFFFFFFFFFFF\r\nhello\r\n",
        reason="cut_off",
    ),
    "trailer": archived(
        "trailer",
        "fields behind the last chunk",
        OK + HTML + _CHUNKED + b"\r\n" + chunks(story("trailer"), 500, trailer=b"X-Sum: 1\r\n"),
    ),
    "coding_unknown": broken(
        "a transfer coding that nobody knows",
        page(story("coding_unknown"), head=b"Transfer-Encoding: snappy\r\n"),
    ),
}
