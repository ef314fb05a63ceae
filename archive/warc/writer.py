"""Appending to one WARC file: each record is a whole gzip member of it, or is not in it at all.

warcio writes the records. Its compressor is replaced: on plain HTML, zlib at level 9 takes sixteen
times as long as isal for a file 15 % smaller; on bodies compressed already it gains nothing at all.
"""

import errno
import os
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.durable import sync_folder
from archive.errors import CorruptArchiveError, LossError, write_failure
from archive.exchange import Location
from archive.message import parse_message
from archive.warc.records import WARC_VERSION, Record

OPEN_SUFFIX: Final = ".open"
"""Stands behind a file's name while it grows; rows name the file without it."""

_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer
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
        self._member = _Member()
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
        member = self._press(record)
        try:
            self._write(member)
        except OSError as error:
            with suppress(OSError):  # what cannot be cut now is cut before the next append
                self._cut()
            raise write_failure(error, self._path) from error
        location = Location(warc_filename=self.filename, offset=self._length, length=len(member))
        self._length += len(member)
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

    def _write(self, member: bytes) -> None:
        self._refuse_doubt()
        if self._is_torn:
            self._cut()
        self._is_torn = True
        left = memoryview(member)
        while left:  # a nearly full disk takes part of a write and fails only at the next
            left = left[self._file.write(left) :]
        self._is_torn = False

    def _cut(self) -> None:
        self._file.truncate(self._length)
        self._is_torn = False

    def _refuse_doubt(self) -> None:
        if self._is_doubtful:
            raise OSError(errno.EIO, "an earlier sync failed, so what was written is in doubt")

    def _press(self, record: Record) -> bytes:
        fields = StatusAndHeaders("", list(record.fields), protocol=WARC_VERSION)
        block = BytesIO(record.block)
        # Given parsed HTTP fields, warcio rewrites them; told of a response, it adds a digest that
        # counts chunk sizes as payload; told of a revisit, it leaves out the block. A warcinfo it
        # writes as it is, and the fields say what the record truly is.
        written = ArcWarcRecord(
            "warc", "warcinfo", fields, block, None, record.field("Content-Type"), len(record.block)
        )
        self._member.begin(_level(record))
        self._warcio.write_record(written)
        return self._member.take()


class _Member:
    """Stands where warcio expects a file: from one flush to the next is one gzip member."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._deflate = isal_zlib.compressobj()

    def begin(self, level: int) -> None:
        self._pieces = []
        self._deflate = isal_zlib.compressobj(level, isal_zlib.DEFLATED, _GZIP)

    def write(self, data: bytes) -> None:
        self._pieces.append(self._deflate.compress(data))

    def flush(self) -> None:
        self._pieces.append(self._deflate.flush())

    def take(self) -> bytes:
        return b"".join(self._pieces)


def _level(record: Record) -> int:
    # Measured: on plain HTML level 2 takes as long as 1 for 1 % less, and level 3 three times as
    # long for another 3 %; gzipped bodies stay as they are, but would grow by a quarter at level 0.
    return 1 if parse_message(record.block).field("Content-Encoding") else 2
