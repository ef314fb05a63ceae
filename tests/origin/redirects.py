"""Redirects that lead in circles, out of the web, into the machine, or nowhere."""

from typing import Final

from tests.e2e.wire_cases import HTML
from tests.fetch.wire_origin import Answer
from tests.origin.row import PORT, Row, page

NEVER: Final = b"never"
"""In every address that a redirect of these rows must not lead to."""


def _row(sends: str, location: bytes | None, *, fate: str, reason: str) -> Row:
    field = b"" if location is None else b"Location: %b\r\n" % location
    answer = b"HTTP/1.1 302 Found\r\n" + HTML + field + b"Content-Length: 0\r\n\r\n"
    return Row(sends=sends, answer=Answer(pieces=(answer,)), fate=fate, reason=reason)


def _bad(sends: str, location: bytes | None) -> Row:
    return _row(sends, location, fate="failed", reason="bad_redirect")


def _away(sends: str, host: bytes) -> Row:
    target = b"http://%b:%b/never.html" % (host, PORT)
    return _row(sends, target, fate="redirected", reason="off_site")


_FOLLOWED: Final = {"fate": "redirected", "reason": "302"}
_AGAIN: Final = (
    b"<html><head><meta http-equiv=refresh content='0;url=refresh_to_itself.html'></head>"
)

ROWS: Final[dict[str, Row]] = {
    "to_itself": _bad("a redirect to itself", b"/page/to_itself.html"),
    "to_a_file": _bad("a redirect to file:", b"file:///etc/hostname?never"),
    "to_data": _bad("a redirect to data:", b"data:text/html,never"),
    "to_ftp": _bad("a redirect to ftp:", b"ftp://127.0.0.1:1/never"),
    "to_localhost": _away("a redirect to localhost", b"localhost"),
    "to_any_address": _away("a redirect to 0.0.0.0", b"0.0.0.0"),
    "to_a_decimal_address": _away("a redirect to 127.0.0.1 in decimal", b"2130706433"),
    "to_a_mapped_address": _away("a redirect to 127.0.0.1 as IPv6", b"[::ffff:127.0.0.1]"),
    "to_a_line_end": _row(
        "a redirect with a line end, encoded, and a WARC field behind it",
        b"/fine.html?x=%0d%0aWARC-Type:%20resource",
        **_FOLLOWED,
    ),
    "to_nowhere": _bad("a redirect without Location", None),
    "to_no_address": _bad("a redirect to http://[bad", b"http://[bad"),
    "to_letters_beyond_ascii": _row(
        "a redirect with letters beyond ASCII", "/fine.html?é=ü".encode(), **_FOLLOWED
    ),
    "refresh_to_itself": Row(
        sends="a page that refreshes to itself at once",
        answer=Answer(pieces=(page(_AGAIN),)),
        fate="not_article",
        reason="other",
    ),
}
