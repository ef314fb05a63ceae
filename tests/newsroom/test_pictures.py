"""The pictures are PNG and SVG that a browser can show."""

import struct
import zlib
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from crawler.newsroom.pictures import draw_logo, draw_png


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Return the chunks of a PNG, each with its checksum proved."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        assert checksum == zlib.crc32(kind + content)
        found.append((kind, content))
        at += 12 + length
    return found


@given(name=st.text(), width=st.integers(32, 300))
def test_a_png_holds_as_many_pixels_as_it_says(name: str, width: int) -> None:
    height = width * 9 // 16

    parts = dict(chunks(draw_png(name, width, height)))

    assert list(parts) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", parts[b"IHDR"]) == (width, height, 8, 3, 0, 0, 0)
    rows = zlib.decompress(parts[b"IDAT"])
    assert len(rows) == height * (width + 1)
    assert max(rows) < len(parts[b"PLTE"]) // 3


def test_a_name_has_one_picture() -> None:
    assert draw_png("a", 64, 36) == draw_png("a", 64, 36)
    assert draw_png("a", 64, 36) != draw_png("b", 64, 36)


def test_a_logo_is_svg() -> None:
    assert ET.fromstring(draw_logo("lampwick")).tag.endswith("svg")
    assert draw_logo("lampwick") != draw_logo("hearthside")
