"""Content codings that are not what they say, and bodies that unpack without measure."""

import gzip
import zlib
from typing import Final

import brotli
from backports import zstd

from tests.fetch.wire_origin import Answer
from tests.origin.row import Row, archived, page, story

_UNPACKED_BYTES: Final = 200 << 20


def _coded(coding: str, body: bytes) -> bytes:
    return page(body, head=b"Content-Encoding: %b\r\n" % coding.encode())


def _unreadable(sends: str, coding: str, body: bytes, reason: str) -> Row:
    answer = Answer(pieces=(_coded(coding, body),))
    return Row(sends=sends, answer=answer, fate="unreadable", reason=reason)


def _gzip_bomb() -> bytes:
    """Return 200 MB of zeros, gzipped; blocks that were flushed stand for themselves."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + block * (_UNPACKED_BYTES >> 20)


ROWS: Final[dict[str, Row]] = {
    "gzip_that_is_none": _unreadable(
        "plain HTML called gzip", "gzip", story("gzip_that_is_none"), "bad_content_coding"
    ),
    "gzip_cut": archived(
        "gzip_cut",
        "gzip without its last bytes",
        _coded("gzip", gzip.compress(story("gzip_cut"), mtime=0)[:-12]),
    ),
    "gzip_in_gzip": archived(
        "gzip_in_gzip",
        "gzip in gzip, and it says so",
        _coded("gzip, gzip", gzip.compress(gzip.compress(story("gzip_in_gzip"), mtime=0), mtime=0)),
    ),
    "coding_nobody_knows": _unreadable(
        "a coding that nobody knows",
        "pied-piper",
        story("coding_nobody_knows"),
        "unknown_content_coding",
    ),
    "charset_for_a_coding": archived(
        "charset_for_a_coding",
        "a charset where the coding belongs",
        _coded("utf-8", story("charset_for_a_coding")),
    ),
    "raw_deflate": archived(
        "raw_deflate",
        "deflate without zlib's frame, as old servers send it",
        _coded("deflate", zlib.compress(story("raw_deflate"))[2:-4]),
    ),
    "gzip_bomb": _unreadable("200 MB of zeros as gzip", "gzip", _gzip_bomb(), "too_large"),
    "brotli_bomb": _unreadable(
        "200 MB of zeros as brotli",
        "br",
        brotli.compress(bytes(_UNPACKED_BYTES), quality=1),
        "too_large",
    ),
    "zstd_bomb": _unreadable(
        "200 MB of zeros as zstd", "zstd", zstd.compress(bytes(_UNPACKED_BYTES), 1), "too_large"
    ),
}
