"""Appending to one WARC file: each record is a whole gzip member of it, or is not in it at all.

warcio writes the records. Its compressor is replaced: on plain HTML, zlib at level 9 takes sixteen
times as long as isal for a file 15 % smaller; on bodies compressed already it gains nothing at all.
A record's member is written as it is made, so that a large one is never whole in memory.
"""

import errno
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.durable import sync_folder
from archive.errors import CorruptArchiveError, LossError, write_failure
from archive.exchange import Location
from archive.warc.records import WARC_VERSION, Record

OPEN_SUFFIX: Final = ".open"
"""Stands behind a file's name while it grows; rows name the file without it."""

_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer
_WRITE_BYTES: Final = 1 << 20  # of a member, before the rest of it is compressed
_LARGE_BYTES: Final = 16 * 1024
_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class WarcWriter:
    """One file that grows; one thread at a time may use it."""

    def __init__(self, path: Path, *, warcinfo: Record, committed_length: int = 0) -> None:
        """Begin a file with the warcinfo, or go on with one at its committed length.

        Raises LossError when the file is shorter than that and CorruptArchiveError when it is
        longer: what to do with the tail is decided when a store heals, not here.
        """
        self._path = path
        self._length = committed_length
        self._is_torn = False
        self._is_doubtful = False
        self._member = _Member(self._write)
        self._warcio = WARCWriter(self._member, gzip=False, warc_version=WARC_VERSION)
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise write_failure(error, self._path) from error
        try:
            self._begin(warcinfo)
        except BaseException:
            self._file.close()
            raise

    @property
    def filename(self) -> str:
        """The name that rows give the file."""
        return self._path.name.removesuffix(OPEN_SUFFIX)

    @property
    def length(self) -> int:
        """Bytes of whole records in the file, synced or not."""
        return self._length

    def append(self, record: Record) -> Location:
        """Write a record behind the last one; it is safe from a crash only after `sync`.

        Raises DiskFullError or CaptureError when it could not be written whole. The file then ends
        where it ended before, and another append may be tried.
        """
        try:
            length = self._put(record)
        except OSError as error:
            with suppress(OSError):  # what cannot be cut now is cut before the next append
                self._cut()
            raise write_failure(error, self._path) from error
        location = Location(warc_filename=self.filename, offset=self._length, length=length)
        self._length += length
        return location

    def sync(self) -> None:
        """Make everything appended outlive a crash of the machine.

        When it fails nothing more can be appended or synced: the kernel may have dropped the
        pages, and a second fdatasync would report success without them.
        """
        try:
            self._refuse_doubt()
            _sync(self._file.fileno())
        except OSError as error:
            self._is_doubtful = True
            raise write_failure(error, self._path) from error

    def close(self) -> None:
        """Give the file up; it is not synced."""
        self._file.close()

    def _begin(self, warcinfo: Record) -> None:
        size = os.fstat(self._file.fileno()).st_size
        if size < self._length:
            raise LossError(
                f"{self._path} holds {size} bytes, {self._length} were committed: "
                "restore the file from a copy, or run newsreel verify --repair"
            )
        if size > self._length:
            raise CorruptArchiveError(
                self._path, self._length, f"{size - self._length} bytes were never committed"
            )
        if size == 0:
            self.append(warcinfo)
            sync_folder(self._path.parent)

    def _put(self, record: Record) -> int:
        """Write a record as a member; return how long the member is."""
        self._refuse_doubt()
        if self._is_torn:
            self._cut()
        self._is_torn = True
        length = self._press(record)
        self._is_torn = False
        return length

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:  # a nearly full disk takes part of a write and fails only at the next
            left = left[self._file.write(left) :]

    def _cut(self) -> None:
        self._file.truncate(self._length)
        self._is_torn = False

    def _refuse_doubt(self) -> None:
        if self._is_doubtful:
            raise OSError(errno.EIO, "an earlier sync failed, so what was written is in doubt")

    def _press(self, record: Record) -> int:
        fields = StatusAndHeaders("", list(record.fields), protocol=WARC_VERSION)
        spooled = record.spooled
        length = len(record.block) if spooled is None else len(spooled)
        block: Any = BytesIO(record.block) if spooled is None else _ViewReader(spooled)
        # Given parsed HTTP fields, warcio rewrites them; told of a response, it adds a digest that
        # counts chunk sizes as payload; told of a revisit, it leaves out the block. A warcinfo it
        # writes as it is, and the fields say what the record truly is.
        written = ArcWarcRecord(
            "warc", "warcinfo", fields, block, None, record.field("Content-Type"), length
        )
        self._member.begin(_compressor(is_packed=record.is_packed and length > _LARGE_BYTES))
        self._warcio.write_record(written)
        return self._member.length


class _Member:
    """Stands where warcio expects a file: from one flush to the next is one gzip member."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._deflate: Any = None
        self.length = 0
        """Of the member so far, compressed."""

    def begin(self, deflate: Any) -> None:
        self._pieces, self._waiting, self.length = [], 0, 0
        self._deflate = deflate

    def write(self, data: bytes | memoryview) -> None:
        self._keep(self._deflate.compress(data))
        if self._waiting >= _WRITE_BYTES:
            self._hand_on()

    def flush(self) -> None:
        self._keep(self._deflate.flush())
        self._hand_on()

    def _keep(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._waiting += len(piece)
        self.length += len(piece)

    def _hand_on(self) -> None:
        self._write(b"".join(self._pieces))
        self._pieces, self._waiting = [], 0


class _ViewReader:
    """Reads a view piece by piece without copying it."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._position = 0

    def read(self, size: int) -> memoryview:
        piece = self._view[self._position : self._position + size]
        self._position += len(piece)
        return piece


def _compressor(*, is_packed: bool) -> Any:
    # Measured: on plain HTML level 2 takes as long as 1 for 1 % less, and level 3 three times as
    # long for another 3 %. What is compressed already is only wrapped: zlib's level 0 takes a
    # quarter of isal's level 1 and is no larger, where isal's own level 0 grows by a quarter.
    if is_packed:
        return zlib.compressobj(0, zlib.DEFLATED, _GZIP)
    return isal_zlib.compressobj(2, isal_zlib.DEFLATED, _GZIP)
