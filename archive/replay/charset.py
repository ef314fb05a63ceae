"""Text of a page or stylesheet from its bytes, by the rules browsers follow.

The order is that of the WHATWG Encoding, HTML and CSS standards: byte order mark, HTTP charset,
what the document says itself.
"""

import re
from typing import Final

from archive.encodings import MARKS, WESTERN, codec_of, codec_said_by, label_in_page

_SAID_IN_SHEET: Final = re.compile(rb'@charset "([A-Za-z0-9_:.-]{1,40})";')


def page_text(body: bytes, charset: str | None) -> str:
    """Return a page's text; never fails, bytes that mean nothing become U+FFFD.

    Where nobody names an encoding it is UTF-8 when it can be, and windows-1252 otherwise.
    """
    return _text(body, charset, label_in_page(body))


def sheet_text(body: bytes, charset: str | None) -> str:
    """Return a stylesheet's text, in the same way."""
    said = _SAID_IN_SHEET.match(body)
    return _text(body, charset, said[1] if said else None)


def _text(body: bytes, charset: str | None, said: bytes | None) -> str:
    for mark, codec in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    known = codec_of(charset) or (codec_said_by(said) if said else None)
    if known is not None:
        return body.decode(known, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(WESTERN, "replace")
