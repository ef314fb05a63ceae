"""Answers that never come, come byte by byte, or never end."""

from typing import Final

from crawler.fetch.wire import MOST_HEADER_BYTES
from tests.e2e.wire_cases import HTML, OK, sized
from tests.fetch.wire_origin import After
from tests.origin.row import LARGEST_BYTES, Row, broken, endless, late

_MEGABYTE: Final = b"z" * LARGEST_BYTES

ROWS: Final[dict[str, Row]] = {
    "stall": late("nothing, for ever"),
    "tarpit_head": late("a head that trickles and stops", OK, *(b"y" for _ in b"X-Header"), b": y"),
    "tarpit_body": late(
        "a body that trickles and stops",
        OK + HTML + b"Content-Length: 100000\r\n\r\n",
        *(b"a" for _ in range(40)),
    ),
    "reset": broken("a reset in place of an answer", after=After.RESET),
    "reset_in_a_body_without_a_length": broken(
        "a reset in a body that would end with the connection",
        OK + HTML + b"\r\n<h1>Half a story",
        reason="cut_off",
        after=After.RESET,
    ),
    "endless_fields": endless(
        "fields without end",
        OK,
        *(b"X-%d: %b\r\n" % (number, b"y" * 1000) for number in range(2000)),
        reason="headers_too_large",
        most_bytes=MOST_HEADER_BYTES,
    ),
    "endless_line": endless(
        "one field without end",
        OK,
        b"X: ",
        *(b"y" * 1000 for _ in range(2000)),
        reason="headers_too_large",
        most_bytes=MOST_HEADER_BYTES,
    ),
    "length_beyond_the_limit": endless(
        "a Content-Length beyond the limit",
        OK + HTML + sized(4 * _MEGABYTE),
        reason="too_large",
        most_bytes=0,
    ),
    "endless_body": endless(
        "a body without end",
        OK + HTML + b"\r\n",
        *(_MEGABYTE for _ in range(8)),
        reason="too_large",
        most_bytes=LARGEST_BYTES,
    ),
    "endless_chunks": endless(
        "chunks without end",
        OK + HTML + b"Transfer-Encoding: chunked\r\n\r\n",
        *(b"100000\r\n" + _MEGABYTE + b"\r\n" for _ in range(8)),
        reason="too_large",
        most_bytes=LARGEST_BYTES,
    ),
}
