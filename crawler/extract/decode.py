"""Bytes to text, by the rules browsers follow.

The order is that of the WHATWG Encoding and HTML standards: byte order mark, HTTP charset, `meta`
within the first bytes, and windows-1252 when all are silent.
"""

import re
from typing import Final

from archive.encodings import MARKS, WESTERN, codec_of, codec_said_by, label_in_page
from crawler.extract.page import SourcePage

_HTTP: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})""", re.IGNORECASE)

REPLACED: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands where bytes mean nothing in the encoding that the page claims."""


def decode(page: SourcePage) -> str:
    """Return the page's text; never fails, bytes that mean nothing become U+FFFD."""
    for mark, codec in MARKS:
        if page.body.startswith(mark):
            return page.body[len(mark) :].decode(codec, "replace")
    declared = _declared_codec(page)
    if declared in {None, WESTERN}:
        # UTF-8 labelled Latin-1, or not at all, is common; western text that happens to be
        # valid UTF-8 does not occur.
        try:
            return page.body.decode("utf-8")
        except UnicodeDecodeError:
            declared = WESTERN
    return page.body.decode(declared or WESTERN, "replace")


def _declared_codec(page: SourcePage) -> str | None:
    """Return the codec that HTTP or the markup names, or None when neither names a usable one."""
    if found := _HTTP.search(page.content_type or ""):
        codec = codec_of(found[1])
        if codec:
            return codec
    label = label_in_page(page.body)
    return codec_said_by(label) if label else None
