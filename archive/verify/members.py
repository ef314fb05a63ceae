"""The records of a WARC that may be damaged: every one that is whole, and where one is not.

Reading goes on behind damage: at the end of the damaged member when gzip still finds it, else at
the next one that begins with a record.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from typing_extensions import Buffer, override

from archive.errors import CorruptArchiveError
from archive.warc.framing import whole_records
from archive.warc.member import PIECE_BYTES, Tape
from archive.warc.records import Record

_FIRST_LINE_BYTES: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A place where no whole record is."""

    offset: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A record, and the member it fills."""

    offset: int
    length: int
    record: Record


def read_members(file: BinaryIO, length: int, *, start: int = 0) -> Iterator[Whole | Damaged]:
    """Yield what lies in the first bytes of a file; what lies behind them is not looked at.

    A member begins at `start`, or should.
    """
    while start < length:
        try:
            for offset, size, record in whole_records(_span(file, start, length), ""):
                yield Whole(offset=start + offset, length=size, record=record)
        except CorruptArchiveError as error:
            at = start + error.offset
            yield Damaged(offset=at, why=error.why)
            start = _next_start(file, at, length)
        else:
            return


def _next_start(file: BinaryIO, at: int, end: int) -> int:
    """Return where to go on behind a damaged member."""
    tape = Tape(_span(file, at, end))
    member = tape.next_member()
    if member and not member.offset:
        while member.read(PIECE_BYTES):
            pass
        if member.end:
            return at + member.end
    tape.wind_to(1)
    while member := tape.next_member():
        if member.readline(_FIRST_LINE_BYTES).startswith(b"WARC/"):
            return at + member.offset
        tape.wind_to(member.offset + 1)
    return end


def _span(file: BinaryIO, start: int, end: int) -> BinaryIO:
    return io.BufferedReader(_Span(file, start, end), PIECE_BYTES)


class _Span(io.RawIOBase):
    """A part of a file as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file = file
        self._start = start
        self._length = end - start
        self._position = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = origin + offset
        return self._position

    @override
    def readinto(self, buffer: Buffer) -> int:
        room = memoryview(buffer)
        self._file.seek(self._start + self._position)
        piece = self._file.read(min(len(room), max(0, self._length - self._position)))
        room[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
