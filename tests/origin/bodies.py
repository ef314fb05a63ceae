"""Bodies with bytes that no text has, of a type that they are not, or nested without measure."""

from typing import Final

from tests.e2e.wire_cases import HTML
from tests.fetch.wire_origin import Answer
from tests.origin.row import Row, archived, page, story


def _with(name: str, planted: bytes) -> bytes:
    """Return the article of that name with something planted into its first sentence."""
    return page(story(name).replace(b"On day 1 ", b"On day 1 " + planted, 1))


ROWS: Final[dict[str, Row]] = {
    "nul_in_text": archived("nul_in_text", "a NUL in the text", _with("nul_in_text", b"a\0b ")),
    "invalid_utf_8": archived(
        "invalid_utf_8",
        "bytes that UTF-8 cannot have",
        _with("invalid_utf_8", b"\xff\xfe\xc0\xaf "),
    ),
    "surrogates": archived(
        "surrogates",
        "references to surrogates, to NUL, and beyond Unicode",
        _with("surrogates", b"&#xD800; &#0; &#x110000; "),
    ),
    "html_called_an_image": archived(
        "html_called_an_image",
        "HTML that is called an image",
        page(story("html_called_an_image"), content_type=b"Content-Type: image/png\r\n"),
    ),
    "no_type": archived(
        "no_type",
        "an empty Content-Type",
        page(story("no_type"), content_type=b"Content-Type: \r\n"),
    ),
    "pdf_called_html": Row(
        sends="a PDF that is called HTML",
        answer=Answer(pieces=(page(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", content_type=HTML),)),
        fate="not_article",
        reason="other",
    ),
    "deep_nest": Row(
        sends="100,000 elements, each in the one before",
        answer=Answer(pieces=(page(b"<html><body>" + b"<div>" * 100_000 + b"x"),)),
        fate="not_article",
        reason="other",
    ),
}
