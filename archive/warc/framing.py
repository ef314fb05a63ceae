"""How our own files are framed: one gzip member a record, one record a member, and nothing else.

Stock readers take a WARC cut off in the middle of a record for a whole one (87 to 99 % of all cuts
pass them). So everything is checked here: the member's end and checksum, the record's length and
the two line ends behind it, and the named fields (WARC 1.1 section 5.1).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

from isal import isal_zlib

from archive.counted import counted
from archive.errors import CorruptArchiveError
from archive.warc.records import Record

_PIECE_BYTES: Final = 1 << 16
"""Deflate expands 1,032 times at most, so no piece becomes more than 64 MiB."""
_LONGEST_HEAD: Final = 1 << 20
_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_BLANK_LINE: Final = b"\r\n\r\n"
_RECORD_END: Final = b"\r\n\r\n"
_VERSIONS: Final = (b"WARC/1.0", b"WARC/1.1")
_NAMED_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f\x7f]*)")
_LENGTH: Final = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_MANDATORY: Final = ("warc-type", "warc-record-id", "warc-date", "content-length")
_REPEATABLE: Final = frozenset({"warc-concurrent-to", "warc-protocol"})

_Fault = Callable[[str], CorruptArchiveError]


def whole_records(
    file: BinaryIO, path: Path | str, start: int = 0
) -> Iterator[tuple[int, int, Record]]:
    """Yield offset, length and record of one member after another, to the end of the file.

    The file stands at `start`, where a member begins.

    Raises CorruptArchiveError, with the path and the offset of the member at fault, at the first
    that is not one whole record. One record is held in memory at a time.
    """
    offset = start
    ahead = file.read(_PIECE_BYTES)
    while ahead:
        fault = partial(CorruptArchiveError, path, offset)
        content, length, ahead = _read_member(file, ahead, fault)
        yield offset, length, _parse_record(content, fault)
        offset += length
        ahead = ahead or file.read(_PIECE_BYTES)


def only_record(file: BinaryIO, path: Path | str, offset: int, length: int) -> Record:
    """Return the record whose member fills just the given bytes of a file, or raise as above."""
    fault = partial(CorruptArchiveError, path, offset)
    file.seek(offset)
    member = file.read(length)
    if len(member) < length:
        raise fault(f"the file ends {counted(length - len(member), 'byte')} before the record does")
    with BytesIO(member) as alone:
        content, _, rest = _read_member(alone, alone.read(_PIECE_BYTES), fault)
        if rest or alone.read(1):
            raise fault(
                f"the record is shorter than the {counted(length, 'byte')} it is said to have"
            )
    return _parse_record(content, fault)


def parse_record(content: bytes) -> Record:
    """Return the record that some bytes are, or raise as above, for no file."""
    return _parse_record(content, partial(CorruptArchiveError, "", 0))


def _read_member(file: BinaryIO, ahead: bytes, fault: _Fault) -> tuple[bytes, int, bytes]:
    """Return a member's content, its length, and what was read beyond it."""
    if not _GZIP_MAGIC.startswith(ahead[:3]):
        raise fault("no gzip member begins here")
    stream = isal_zlib.decompressobj(_GZIP)
    content = bytearray()
    length = 0
    while ahead:
        try:
            content += stream.decompress(ahead)
        except isal_zlib.error as error:
            raise fault(f"the gzip member is damaged: {error}") from error
        length += len(ahead)
        if stream.eof:
            return bytes(content), length - len(stream.unused_data), stream.unused_data
        if len(content) > _expected_bytes(content):
            raise fault("the gzip member goes on behind its record")
        ahead = file.read(_PIECE_BYTES)
    raise fault("the gzip member breaks off")


def _expected_bytes(content: bytearray) -> int:
    """Return how long a record can be that begins like this: what bounds memory."""
    head_bytes = content.find(_BLANK_LINE, 0, _LONGEST_HEAD)
    found = _LENGTH.search(content, 0, head_bytes + 2) if head_bytes >= 0 else None
    if not found:
        return _LONGEST_HEAD
    return head_bytes + len(_BLANK_LINE) + int(found[1]) + len(_RECORD_END)


def _parse_record(content: bytes, fault: _Fault) -> Record:
    head, _, rest = content.partition(_BLANK_LINE)
    version, *lines = head.split(b"\r\n")
    if version not in _VERSIONS:
        raise fault("no WARC record begins here")
    fields = tuple(_parse_field(line, fault) for line in lines)
    repeats = Counter(name.lower() for name, _ in fields)
    if missing := [name for name in _MANDATORY if not repeats[name]]:
        raise fault(f"the record has no {missing[0]}")
    if repeated := [name for name in repeats.keys() - _REPEATABLE if repeats[name] > 1]:
        raise fault(f"the record repeats {min(repeated)}")
    record = Record(fields=fields, block=rest[: -len(_RECORD_END)])
    if record.date is None:
        raise fault(f"the record's date cannot be read: {record.field('WARC-Date')!r}")
    if record.field("Content-Length") != str(len(record.block)) or not rest.endswith(_RECORD_END):
        raise fault("the record is not as long as its Content-Length says")
    return record


def _parse_field(line: bytes, fault: _Fault) -> tuple[str, str]:
    try:
        found = _NAMED_FIELD.fullmatch(line.decode())
    except UnicodeDecodeError as error:
        raise fault("a named field is not UTF-8") from error
    if not found:
        raise fault(f"no named field: {line[:40]!r}")
    return found[1], found[2].rstrip(" \t")
