"""Pictures drawn from a name: a stage with a curtain, a spotlight and somebody in it.

PNG (ISO/IEC 15948) with a palette, written with zlib alone; the same name gives the same bytes.
"""

import colorsys
import struct
import zlib
from typing import Final

from crawler.newsroom.lots import draw

_SHADES: Final = 16
_LIT: Final = bytes((shade + _SHADES) % 256 for shade in range(256))
"""Translates each shade to the same one in the light."""
_FIGURE: Final = 2 * _SHADES


def draw_png(name: str, width: int, height: int) -> bytes:
    """Return a picture as PNG."""
    rows = b"".join(b"\x00" + row for row in _rows(name, width, height))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _palette(name)), (b"IDAT", zlib.compress(rows, 6)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in (*chunks, (b"IEND", b"")))


def draw_logo(name: str) -> bytes:
    """Return a site's emblem as SVG."""
    hue = draw(0, name, "logo") % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32" width="120" height="32">'
        f'<rect width="120" height="32" rx="4" fill="hsl({hue} 55% 32%)"/>'
        f'<circle cx="18" cy="16" r="9" fill="hsl({(hue + 40) % 360} 80% 70%)"/>'
        '<path d="M36 22h70M36 10h48" stroke="#fff" stroke-width="4"/></svg>'
    ).encode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _palette(name: str) -> bytes:
    """Return the curtain's shades in the dark, the same in the light, and the figure's colour."""
    hue = draw(0, name, "hue") % 360 / 360
    dark = [(hue, 0.55, 0.12 + 0.018 * shade) for shade in range(_SHADES)]
    lit = [((hue + 0.06) % 1, 0.45, 0.45 + 0.03 * shade) for shade in range(_SHADES)]
    colours = [*dark, *lit, ((hue + 0.5) % 1, 0.5, 0.1)]
    return bytes(round(255 * part) for colour in colours for part in colorsys.hsv_to_rgb(*colour))


def _rows(name: str, width: int, height: int) -> list[bytes]:
    fold = width // (9 + draw(0, name, "folds") % 12)
    curtain = bytes(abs(2 * (x % fold) - fold) * (_SHADES - 1) // fold for x in range(width))
    floor_from = height * 4 // 5
    centre = width * (35 + draw(0, name, "spot") % 30) // 100
    rows = []
    for y in range(height):
        row = bytearray(
            curtain if y < floor_from else bytes([(y - floor_from) * 8 // height]) * width
        )
        light = _half_width(y, height * 55 // 100, height * 42 // 100, width // 4)
        row[centre - light : centre + light] = row[centre - light : centre + light].translate(_LIT)
        body = _half_width(y, height, height * 42 // 100, width // 11)
        head = _half_width(y, height * 52 // 100, height // 11, height // 13)
        somebody = max(body, head)
        row[centre - somebody : centre + somebody] = bytes([_FIGURE]) * (2 * somebody)
        rows.append(bytes(row))
    return rows


def _half_width(y: int, middle: int, half_height: int, half_width: int) -> int:
    """Return half the width of an ellipse at a row; 0 outside of it."""
    away = (y - middle) / half_height
    return int(half_width * (1 - away * away) ** 0.5) if abs(away) < 1 else 0
