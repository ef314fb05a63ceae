"""Other people's WARC files, read as far as they can be: plain, gzipped, or packed into a WACZ.

warcio takes the record heads apart, with its allowances for wget's angle brackets and for spaces in
addresses. What is around a head is found here, for it must hold on hostile files: no line, head or
payload grows beyond a limit, and a damaged gzip member costs its own record and no other.
"""

import logging
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Protocol

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader

from archive.counted import counted
from archive.digest import labelled_sha1
from archive.errors import ConfigError
from archive.message import ContentError, Message, decode_content, parse_message, split_interim
from archive.warc.member import GZIP_MAGIC, PIECE_BYTES, Member, Tape
from archive.warc.records import parse_date

logger = logging.getLogger(__name__)

LARGEST_PAYLOAD: Final = 64 << 20
_LONGEST_HEAD: Final = 1 << 20
_LONGEST_NUMBER: Final = 18
_FIRST_LINE: Final = 64
_LINES_BEHIND: Final = 2
"""Line ends that close a record (WARC 1.1 section 5.1)."""
_FARTHEST_FIRST: Final = 16 << 20
"""How far into a damaged file its first whole record is looked for."""
_ZIP_MAGIC: Final = b"PK\x03\x04"
# What is taken for an archive and is none that is read here, by how it begins.
_OTHERS: Final = (
    (_ZIP_MAGIC, "no WACZ that can be read: it has no folder archive/, or breaks off"),
    (b"filedesc:", "an ARC file: `warcio recompress` makes a WARC of it"),
    (b"\x28\xb5\x2f\xfd", "pressed with zstd: unpack it first"),
)
_AS_IT_IS: Final = frozenset({"resource", "conversion"})
"""Whose block is the page, without a head: a file, or what a browser made of an answer."""
_WITH_PAYLOAD: Final = frozenset({"response", *_AS_IT_IS})
# What zipfile raises for bytes that are no sound archive; OSError for a place before the file.
_NO_ZIP: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)
# Some archives keep Content-Encoding on a body they decoded: HTML, XML and JSON give it away.
_PLAIN_TEXT: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*[<{\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRecord:
    """One page of somebody's archive."""

    url: str
    date: datetime | None
    """UTC; None when the record's date cannot be read."""
    status: int | None
    """HTTP status; None for a resource or conversion, and for an answer without a status line."""
    content_type: str | None
    """Of the page, as sent; None when it was not sent."""
    fields: tuple[tuple[str, str], ...]
    """The answer's fields; empty for a resource or conversion."""
    payload: bytes
    """Without transfer and content codings; what there is of it when there is a problem."""
    problem: str | None
    """truncated, or why it could not be decoded (archive/message.py); None when it is whole."""
    payload_digest: str
    """Of the entity without its transfer coding, as it lies here: not what the file claims."""
    record_id: str | None
    filename: str
    """The file's name; in a WACZ, the WACZ's name and the path in it."""
    offset: int = 0
    """Where the record's gzip member begins, or in a plain file the record."""
    length: int | None = None
    """None when the member breaks off or holds other records, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place in somebody's archive where no record can be read."""

    filename: str
    offset: int
    """Of the gzip member or, in a plain file, of the record."""
    why: str


def log_damage(damage: Damage) -> None:
    """Say in the log where an archive is damaged."""
    logger.warning(
        "warc damaged file=%s offset=%d why=%s", damage.filename, damage.offset, damage.why
    )


def looks_like_warc(path: Path) -> bool:
    """Whether a file can be read by `read_any`, going by its first bytes and not by its name."""
    with path.open("rb") as file:
        return _reader_of(file) is not None


def what_it_is(path: Path) -> str:
    """Return in words what a file is that cannot be read, and what can be done about it."""
    with path.open("rb") as file:
        head = file.read(_FIRST_LINE)
        file.seek(0)
        if head.startswith(GZIP_MAGIC) and (member := Tape(file).next_member()):
            head = member.readline(_FIRST_LINE) or head
    if not head:
        return "empty"
    said = (text for magic, text in _OTHERS if head.startswith(magic))
    return next(said, "no WARC and no WACZ file")


def read_any(
    path: Path,
    *,
    limit_bytes: int = LARGEST_PAYLOAD,
    on_damage: Callable[[Damage], None] = log_damage,
) -> Iterator[ForeignRecord]:
    """Yield every http(s) page of a WARC or WACZ file that carries a payload, in the file's order.

    Damage is handed to `on_damage` and passed over. A payload above the limit is left out, with the
    problem too_large. Raises ConfigError when the file is none of these.
    """
    with path.open("rb") as file:
        reader = _reader_of(file)
        if reader is None:
            raise ConfigError(f"{path} is {what_it_is(path)}")
        source = _Source(name=path.name, limit_bytes=limit_bytes, on_damage=on_damage)
        yield from reader(file, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The file that is read, and how."""

    name: str
    limit_bytes: int
    on_damage: Callable[[Damage], None]

    def damaged(self, offset: int, why: str) -> None:
        """Hand a damage on."""
        self.on_damage(Damage(filename=self.name, offset=offset, why=why))


_Reader = Callable[[IO[bytes], _Source], Iterator[ForeignRecord]]


def _reader_of(file: IO[bytes]) -> _Reader | None:
    """Return what reads a file, leaving it at its beginning; None when nothing does."""
    head = file.read(len(b"WARC/"))
    file.seek(0)
    reader: _Reader | None = None
    if head == b"WARC/":
        reader = _read_plain
    elif head.startswith(GZIP_MAGIC) and _holds_records(file):
        reader = _read_gzipped
    elif head.startswith(_ZIP_MAGIC) and _archives(file):
        reader = _read_wacz
    file.seek(0)
    return reader


def _holds_records(file: IO[bytes]) -> bool:
    """Whether gzip members hold WARC records, though the first ones may be damaged."""
    tape = Tape(file)
    while (member := tape.next_member()) and member.offset <= _FARTHEST_FIRST:
        if member.readline(_FIRST_LINE).startswith(b"WARC/"):
            return True
        while member.read(PIECE_BYTES):
            pass
        if member.end is not None:  # whole, and something else
            return False
        tape.wind_to(member.offset + 1)
    return False


def _archives(file: IO[bytes]) -> list[str]:
    """Return the paths of the WARC files in a WACZ (its specification, section 5.2.1)."""
    try:
        with zipfile.ZipFile(file) as packed:
            files = (each.filename for each in packed.infolist() if not each.is_dir())
            return [name for name in files if name.startswith("archive/")]
    except _NO_ZIP:
        return []


def _read_wacz(file: IO[bytes], source: _Source) -> Iterator[ForeignRecord]:
    names = _archives(file)
    with zipfile.ZipFile(file) as packed:
        for name in names:
            within = replace(source, name=f"{source.name}/{name}")
            try:
                with packed.open(name) as inner:
                    if reader := _reader_of(inner):
                        yield from reader(inner, within)
                    else:
                        within.damaged(0, "no WARC record is in it")
            except _NO_ZIP as error:
                within.damaged(0, f"it cannot be unpacked: {str(error) or 'it breaks off'}")


def _read_plain(file: IO[bytes], source: _Source) -> Iterator[ForeignRecord]:
    for offset, record in _records(file, source):
        found = _read_page(record, source, offset)
        _pass_over(record)
        if found:
            length = None if record.raw_stream.limit else file.tell() - offset
            yield replace(found, offset=offset, length=length)


def _read_gzipped(file: IO[bytes], source: _Source) -> Iterator[ForeignRecord]:
    tape = Tape(file)
    end: int | None = 0
    while member := tape.next_member():
        if end is not None and member.offset > end:
            source.damaged(
                end, f"{counted(member.offset - end, 'byte')} outside of any gzip member"
            )
        found = None
        count = 0
        for _, record in _records(member, source):
            if found:  # a file that was gzipped whole: its records have no place of their own
                yield replace(found, offset=member.offset)
            found = _read_page(record, source, member.offset)
            _pass_over(record)
            count += 1
        if found:
            length = member.end - member.offset if member.end and count == 1 else None
            yield replace(found, offset=member.offset, length=length)
        if member.end is None:
            source.damaged(member.offset, "the gzip member is damaged or breaks off")
            tape.wind_to(member.offset + 1)
        end = member.end
    if end is not None and (size := tape.tell()) > end:
        source.damaged(end, f"{counted(size - end, 'byte')} outside of any gzip member")


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readline(self, limit: int, /) -> bytes: ...
    def tell(self) -> int: ...


class _Head:
    """What warcio reads a record's head from: it cannot go on for ever, nor end half-way."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self._room = _LONGEST_HEAD

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size)

    def readline(self) -> bytes:
        line = self._stream.readline(self._room)
        self._room -= len(line)
        if self._room <= 0:  # inside a ZIP a line can be a little longer than was allowed
            raise ArchiveLoadFailed(f"the record's head is longer than {_LONGEST_HEAD} bytes")
        if not line:  # warcio would take it for the blank line that closes a head
            raise ArchiveLoadFailed("the record breaks off in its head")
        return line


def _records(stream: IO[bytes] | Member, source: _Source) -> Iterator[tuple[int, ArcWarcRecord]]:
    """Yield each record with where it begins; what is not one is passed over line by line."""
    start, is_told = stream.tell(), False
    last, lines_behind = start, _LINES_BEHIND
    while line := stream.readline(PIECE_BYTES):
        if line.startswith(b"WARC/"):
            record = _read_head(stream, line, source, start)
            is_told = record is None
            if record is not None:
                yield start, record
                last, lines_behind = start, 0
                if record.raw_stream.limit:
                    _tell(stream, source, start, "the record is shorter than its Content-Length")
                    return
        elif line.strip():
            if not is_told:
                _tell(stream, source, start, "no WARC record begins here")
            is_told, lines_behind = True, _LINES_BEHIND
        else:
            lines_behind += line.endswith(b"\n")
        start = stream.tell()
    # A gzip member has an end of its own, and some tools leave the line ends out of it.
    if lines_behind < _LINES_BEHIND and not isinstance(stream, Member):
        source.damaged(last, "the record breaks off in the line ends behind it")


def _read_head(
    stream: IO[bytes] | Member, line: bytes, source: _Source, start: int
) -> ArcWarcRecord | None:
    """Return the record whose first line was read; None when its head tells no length."""
    try:
        record = ArcWarcRecordLoader().parse_record_stream(
            _Head(stream), line, known_format="warc", no_record_parse=True
        )
    except ArchiveLoadFailed as error:
        _tell(stream, source, start, " ".join(str(error).split()))
        return None
    if record.length is None:
        _tell(stream, source, start, "the record has no Content-Length")
        return None
    return record


def _tell(stream: IO[bytes] | Member, source: _Source, offset: int, why: str) -> None:
    """Hand a damage on, unless it is only how a torn gzip member shows: that is told anyway."""
    if not (isinstance(stream, Member) and stream.is_torn):
        source.damaged(offset, why)


def _pass_over(record: ArcWarcRecord) -> None:
    while record.raw_stream.read(PIECE_BYTES):
        pass


def _read_page(record: ArcWarcRecord, source: _Source, offset: int) -> ForeignRecord | None:
    """Return a record's page; None when it is none, or carries no payload (a revisit)."""
    named = record.rec_headers.get_header
    url = named("WARC-Target-URI") or ""
    if record.rec_type == "response" and not url:
        source.damaged(offset, "the response has no WARC-Target-URI")
    if record.rec_type not in _WITH_PAYLOAD or not url.lower().startswith(("http://", "https://")):
        return None
    block = record.raw_stream.read(source.limit_bytes + _LONGEST_HEAD)
    if record.rec_type in _AS_IT_IS:
        message = Message(start_line=b"", fields=(), head_length=0, body=block)
        content_type = record.content_type
    else:
        message = parse_message(split_interim(block)[1])
        content_type = message.field("Content-Type")
    entity = message.entity()
    is_whole = len(block) == record.length and not named("WARC-Truncated") and _is_whole(message)
    payload, problem = _decode(entity, message.field("Content-Encoding"), source.limit_bytes)
    return ForeignRecord(
        url=url,
        date=parse_date(named("WARC-Date")),
        status=message.status,
        content_type=content_type,
        fields=tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in message.fields),
        payload=payload,
        problem=problem or (None if is_whole else "truncated"),
        payload_digest=labelled_sha1(entity),
        record_id=named("WARC-Record-ID"),
        filename=source.name,
    )


def _is_whole(message: Message) -> bool:
    """Whether the body is as long as announced; wget keeps a torn one without marking it."""
    announced = message.field("Content-Length") or ""
    is_number = announced.isascii() and announced.isdecimal() and len(announced) < _LONGEST_NUMBER
    return not is_number or message.is_chunked or int(announced) <= len(message.body)


def _decode(entity: bytes, coding: str | None, limit_bytes: int) -> tuple[bytes, str | None]:
    try:
        decoded = decode_content(entity, coding, limit_bytes=limit_bytes)
    except ContentError as error:
        if error.reason != "too_large" and _PLAIN_TEXT.match(entity):
            return entity[:limit_bytes], None
        return b"", error.reason
    return decoded.body, None if decoded.is_whole else "truncated"
