"""Text is decoded as browsers decode it."""

import pytest

from archive.replay.charset import page_text, sheet_text

PAGES: dict[str, tuple[bytes, str | None, str]] = {
    "header": ("Żółć".encode("iso8859-2"), "ISO-8859-2", "Żółć"),
    "header_over_meta": (
        b'<meta charset="koi8-r">\xe4',
        "windows-1252",
        '<meta charset="koi8-r">ä',
    ),
    "latin_means_windows": (b"\x93quoted\x94", "iso-8859-1", "“quoted”"),
    "meta": (b"<meta charset='windows-1251'>\xc4\xe0", None, "<meta charset='windows-1251'>Да"),
    "meta_of_sixteen_bits": (
        "<meta charset=utf-16>ä".encode(),
        None,
        "<meta charset=utf-16>ä",
    ),
    "mark_over_header": (b"\xef\xbb\xbf\xc3\xa4", "koi8-r", "ä"),
    "sixteen_bits": (b"\xff\xfea\x00", None, "a"),
    "japanese": ("映画".encode("cp932"), "Shift_JIS", "映画"),
    "silent_and_utf8": ("ä".encode(), None, "ä"),
    "silent_and_not": (b"\xe4", None, "ä"),
    "unknown_label": ("ä".encode(), "x-none", "ä"),
    "codec_of_pythons_own": (b"<p>", "rot13", "<p>"),
    "broken": (b"a\xffb", "utf-8", "a\ufffdb"),
    "empty": (b"", None, ""),
}


@pytest.mark.parametrize(("body", "charset", "expected"), PAGES.values(), ids=PAGES.keys())
def test_page_text(body: bytes, charset: str | None, expected: str) -> None:
    assert page_text(body, charset) == expected


def test_a_stylesheet_says_its_charset_in_its_first_rule() -> None:
    assert sheet_text(b'@charset "koi8-r";\xc4', None) == '@charset "koi8-r";д'


def test_a_page_declares_nothing_by_a_rule() -> None:
    assert page_text(b'@charset "koi8-r";\xe4', None) == '@charset "koi8-r";ä'
