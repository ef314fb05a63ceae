"""Blanks: what stands in a WARC where records were withdrawn, in exactly as many bytes.

A blank is one gzip member of one metadata record (WARC 1.1 section 6.6) that says so, and spaces.
Because it is as long as the members whose place it takes, every other record stays where rows and
indexes say. A member can be made to any length: what deflate stores uncompressed (RFC 1951 section
3.2.4) takes five bytes a block and one a character.
"""

import uuid
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Final

from archive.address import identity_of
from archive.counted import counted
from archive.warc.crawl_log import read_fields, visit_of, written_fields
from archive.warc.records import FIELDS_TYPE, WARC_VERSION, Record, make_record, written_date
from archive.withdrawn import Withdrawals

_WITHDRAWN: Final = ("about", "withdrawn")
_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_RECORD_END: Final = b"\r\n\r\n"
_MOST_STORED: Final = 0xFFFF
_MOST_BLOCKS_MORE: Final = 12
_NEARBY: Final = 16


def is_blank(record: Record) -> bool:
    """Whether a record stands where others were withdrawn."""
    is_told = record.type == "metadata" and record.field("Content-Type") == FIELDS_TYPE
    return is_told and _WITHDRAWN in read_fields(record.block)


def blank_member(length: int, *, name: str, at: datetime) -> bytes:
    """Return a blank of just so many bytes; `name` tells it from every other blank.

    The shortest exchange is some 500 bytes long, the shortest blank less than 300: raises
    ValueError below that.
    """
    for more in range(_MOST_BLOCKS_MORE):
        padding = max(length - len(_member(0, more, name, at)), 0)
        padding = max(padding - 5 * (padding // _MOST_STORED), 0)
        for each in _around(padding):
            member = _member(each, more, name, at)
            if len(member) == length:
                return member
    raise ValueError(f"no blank of {counted(length, 'byte')} can be made")


def _around(padding: int) -> Iterator[int]:
    """Yield a number and those near it: a length in decimals and a digest change the length."""
    yield padding
    for step in range(1, _NEARBY):
        yield from (each for each in (padding - step, padding + step) if each >= 0)


def _member(padding: int, blocks_more: int, name: str, at: datetime) -> bytes:
    """Return a blank with so much padding, stored in so many more blocks than it needs."""
    record = _record(padding, name, at)
    fields = "".join(f"{key}: {value}\r\n" for key, value in record.fields)
    content = f"{WARC_VERSION}\r\n{fields}\r\n".encode() + record.block + _RECORD_END
    told = len(content) - padding - len(_RECORD_END) - len(b"\r\n")
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    pressed = deflate.compress(content[:told]) + deflate.flush(zlib.Z_SYNC_FLUSH)
    stored = b"".join(_stored(content[told:], blocks_more))
    sums = zlib.crc32(content).to_bytes(4, "little")
    return _HEADER + pressed + stored + sums + (len(content) & 0xFFFFFFFF).to_bytes(4, "little")


def _record(padding: int, name: str, at: datetime) -> Record:
    said = written_fields((_WITHDRAWN, ("withdrawn", written_date(at))))
    named = (
        ("WARC-Record-ID", f"<{uuid.uuid5(uuid.NAMESPACE_URL, name + '#withdrawn').urn}>"),
        ("WARC-Date", written_date(at)),
    )
    block = said + b"padding: " + b" " * padding + b"\r\n"
    return make_record("metadata", named, FIELDS_TYPE, block)


def _stored(rest: bytes, blocks_more: int) -> Iterator[bytes]:
    """Yield the stored blocks that end a stream."""
    pieces = [rest[start : start + _MOST_STORED] for start in range(0, len(rest), _MOST_STORED)]
    pieces = [b""] * blocks_more + pieces
    for number, piece in zip(count(1), pieces, strict=False):
        size = len(piece)
        is_last = number == len(pieces)
        yield bytes((is_last,)) + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little")
        yield piece


class Picking:
    """Tells the records of withdrawn addresses from others, given one after another as they lie.

    The records of an exchange stand behind each other, the answer first: what has no address of its
    own names the one before.
    """

    def __init__(self, withdrawn: Withdrawals) -> None:
        self._withdrawn = withdrawn
        self._ids: set[str] = set()

    def takes(self, record: Record) -> bool:
        """Whether a record is of a withdrawn address."""
        is_theirs = self._is_named(record) or record.field("WARC-Concurrent-To") in self._ids
        if is_theirs:
            self._ids.add(record.record_id)
        return is_theirs

    def _is_named(self, record: Record) -> bool:
        url = record.target_uri
        if url is None and (visit := visit_of(record)) is not None:
            url = visit.url
        return url is not None and identity_of(url) in self._withdrawn


def runs_of(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield places and lengths of members, those that lie behind each other as one."""
    begin = end = 0
    for offset, length in spans:
        if offset != end:
            if end:
                yield begin, end - begin
            begin = offset
        end = offset + length
    if end:
        yield begin, end - begin
