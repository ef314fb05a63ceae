"""Bytes to text by the rules browsers follow."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.decode import decode
from crawler.extract.page import SourcePage

META = b'<meta charset="%s">'
CASES = {
    "http_wins": ("text/html; charset=windows-1251", META % b"utf-8", "Вена", "cp1251"),
    "meta_without_http": ("text/html", META % b"koi8-r", "Вена", "koi8-r"),
    "meta_equiv": (
        None,
        b'<meta http-equiv="Content-Type" content="text/html; charset=shift_jis">',
        "歌う橋",
        "cp932",
    ),
    "latin1_means_windows_1252": ("text/html; charset=iso-8859-1", b"", "“Veil” – €5", "cp1252"),
    "gb2312_means_gb18030": ("text/html; charset=gb2312", b"", "歌唱的桥", "gb18030"),
    "nothing_said_is_utf8": (None, b"", "Øresund – “Veil”", "utf-8"),
    "utf8_called_latin1": ("text/html; charset=iso-8859-1", b"", "Øresund – “Veil”", "utf-8"),
    "nothing_said_and_not_utf8": (None, b"", "naïve – café", "cp1252"),
    "unknown_label": ("text/html; charset=klingon-8", b"", "Øresund", "utf-8"),
    "utf16_in_meta_is_utf8": (None, META % b"utf-16", "Øresund", "utf-8"),
}
FORBIDDEN = ("zip", "rot13", "utf-7", "unicode_escape", "idna", "hex", "base64", "undefined")


def source(body: bytes, content_type: str | None) -> SourcePage:
    return SourcePage(url="https://x.example/", body=body, content_type=content_type)


@pytest.mark.parametrize(("content_type", "meta", "text", "codec"), CASES.values(), ids=CASES)
def test_declared_encoding_is_used(
    content_type: str | None, meta: bytes, text: str, codec: str
) -> None:
    page = source(meta + b"<p>" + text.encode(codec), content_type)

    assert decode(page).endswith(f"<p>{text}")


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
    ids=["utf8", "utf16le", "utf16be"],
)
def test_byte_order_mark_outranks_http(mark: bytes, codec: str) -> None:
    page = source(mark + "Øresund".encode(codec), "text/html; charset=koi8-r")

    assert decode(page) == "Øresund"


@pytest.mark.parametrize("label", FORBIDDEN)
def test_codecs_that_are_no_web_encoding_are_ignored(label: str) -> None:
    page = source(META % label.encode() + "Øresund".encode(), f"text/html; charset={label}")

    assert decode(page).endswith("Øresund")


@given(body=st.binary(max_size=300), label=st.text(max_size=12))
def test_no_bytes_and_no_label_make_it_fail(body: bytes, label: str) -> None:
    text = decode(source(META % label.encode("ascii", "replace") + body, f"a; charset={label}"))

    assert isinstance(text, str)
    text.encode("utf-8")  # no lone surrogate came through
