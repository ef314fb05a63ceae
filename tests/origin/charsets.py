"""Encodings that a page may not choose, does not have, or that nobody knows (WHATWG Encoding)."""

from typing import Final

from tests.origin.row import Row, archived, page, story


def _called(name: str, charset: str, sends: str, body: bytes | None = None) -> Row:
    field = b"Content-Type: text/html; charset=%b\r\n" % charset.encode()
    return archived(name, sends, page(body or story(name), content_type=field))


ROWS: Final[dict[str, Row]] = {
    "utf_7": _called("utf_7", "utf-7", "charset=utf-7, which would hide a script"),
    "klingon": _called("klingon", "klingon", "a charset that nobody knows"),
    "hex": _called("hex", "hex", "charset=hex, a codec of Python's"),
    "zlib": _called("zlib", "zlib", "charset=zlib, another"),
    "rot13": _called("rot13", "rot13", "charset=rot13, another"),
    "idna": _called("idna", "idna", "charset=idna, another"),
    "undefined": _called("undefined", "undefined", "charset=undefined, which always raises"),
    "unicode_escape": _called(
        "unicode_escape", "unicode_escape", "charset=unicode_escape, which makes \\x41 an A"
    ),
    "windows_as_utf_8": _called(
        "windows_as_utf_8",
        "utf-8",
        "quotation marks of windows-1252, called UTF-8",
        story("windows_as_utf_8").decode().replace("’", "'").encode().replace(b"'", b"\x92"),
    ),
    "utf_16_without_a_mark": _called(
        "utf_16_without_a_mark",
        "utf-16",
        "UTF-16 without a byte order mark",
        story("utf_16_without_a_mark").decode().encode("utf-16-le"),
    ),
}
