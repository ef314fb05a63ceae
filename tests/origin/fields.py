"""Header fields that break their rules, or are larger than anybody needs (RFC 9112 section 5)."""

from typing import Final

from tests.origin.row import Row, archived, page, story


def _with(name: str, field: bytes) -> bytes:
    return page(story(name), head=field)


ROWS: Final[dict[str, Row]] = {
    "bare_line_feeds": archived(
        "bare_line_feeds",
        "lines that end without a carriage return",
        _with("bare_line_feeds", b"").replace(b"\r\n", b"\n"),
    ),
    "no_colon": archived("no_colon", "a line without a colon", _with("no_colon", b"garbage\r\n")),
    "folded_line": archived(
        "folded_line", "a folded line", _with("folded_line", b"X-Fold: a\r\n b\r\n")
    ),
    "nul": archived("nul", "a NUL in a value", _with("nul", b"X-N: a\0b\r\n")),
    "latin_1": archived(
        "latin_1", "bytes of Latin-1 in a value", _with("latin_1", b"X-L: caf\xe9 \xff\r\n")
    ),
    "utf_8": archived("utf_8", "UTF-8 in a value", _with("utf_8", "X-U: café\r\n".encode())),
    "bare_carriage_return": archived(
        "bare_carriage_return",
        "a bare carriage return that would begin another field",
        _with("bare_carriage_return", b"X-C: a\rSet-Cookie: evil=1\r\n"),
    ),
    "line_of_20_kib": archived(
        "line_of_20_kib",
        "one line of 20 KiB",
        _with("line_of_20_kib", b"X-B: %b\r\n" % (b"a" * 20480)),
    ),
    "fields_by_thousands": archived(
        "fields_by_thousands",
        "5,000 fields",
        _with("fields_by_thousands", b"".join(b"X-%d: y\r\n" % number for number in range(5000))),
    ),
}
