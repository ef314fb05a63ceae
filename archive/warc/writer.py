"""Appending to one WARC file: each record is a whole gzip member of it, or is not in it at all.

A record is three lines of code, and warcio's way of writing one would change what crossed the wire
and take a fifth of the recorder's time. zlib at level 9, which others use, takes sixteen times as
long as isal on plain HTML for a file 15 % smaller; on bodies compressed already it gains nothing at
all. A large record is written piece by piece, so that it is never whole in memory.
"""

import errno
import os
import zlib
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

from isal import isal_zlib

from archive.counted import counted
from archive.durable import sync_folder
from archive.errors import CorruptArchiveError, LossError, write_failure
from archive.exchange import Location
from archive.fault import fault, half_of
from archive.warc.records import WARC_VERSION, Record

OPEN_SUFFIX: Final = ".open"
"""Stands behind a file's name while it grows; rows name the file without it."""

_GZIP: Final = 31  # zlib's window bits for 32 KiB with a gzip header and trailer
_PIECE_BYTES: Final = 1 << 20
_RECORD_END: Final = b"\r\n\r\n"
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
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise write_failure(error, self._path) from error
        with ExitStack() as undo:
            undo.callback(self._file.close)
            try:
                fault("warc.opened")
                self._begin(warcinfo)
            except OSError as error:
                raise write_failure(error, self._path) from error
            undo.pop_all()

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
        fault("warc.appended")
        return location

    def append_member(self, member: bytes) -> None:
        """Write a record that is pressed already; all else is as of `append`."""
        try:
            self._refuse_doubt()
            self._length += self._write(member)
        except OSError as error:
            with suppress(OSError):
                self._cut()
            raise write_failure(error, self._path) from error

    def sync(self) -> None:
        """Make everything appended outlive a crash of the machine.

        When it fails nothing more can be appended or synced: the kernel may have dropped the
        pages, and a second fdatasync would report success without them.
        """
        try:
            self._refuse_doubt()
            fault("warc.sync")
            _sync(self._file.fileno())
        except OSError as error:
            self._is_doubtful = True
            raise write_failure(error, self._path) from error
        fault("warc.synced")

    def close(self) -> None:
        """Give the file up; it is not synced."""
        self._file.close()

    def _begin(self, warcinfo: Record) -> None:
        size = os.fstat(self._file.fileno()).st_size
        if size < self._length:
            raise LossError(
                f"{self._path} holds {counted(size, 'byte')}, not the {self._length:,} committed: "
                "restore the file from a copy, or run newsreel verify --repair"
            )
        if size > self._length:
            raise CorruptArchiveError(
                self._path, self._length, f"{counted(size - self._length, 'byte')} never committed"
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

    def _write(self, data: bytes) -> int:
        left = memoryview(data)
        while left:  # a nearly full disk takes part of a write and fails only at the next
            left = left[self._file.write(half_of("warc.write", left)) :]
        return len(data)

    def _cut(self) -> None:
        self._file.truncate(self._length)
        self._is_torn = False

    def _refuse_doubt(self) -> None:
        if self._is_doubtful:
            raise OSError(errno.EIO, "an earlier sync failed, so what was written is in doubt")

    def _press(self, record: Record) -> int:
        """Compress a record and write it piece by piece; return how long it has become."""
        content = memoryview(record.block) if record.spooled is None else record.spooled
        is_packed = record.is_packed and len(content) > _LARGE_BYTES
        deflate, length = _compressor(is_packed=is_packed), 0
        pieces = [deflate.compress(_head(record))]
        for start in range(0, len(content), _PIECE_BYTES):
            pieces.append(deflate.compress(content[start : start + _PIECE_BYTES]))
            if start + _PIECE_BYTES < len(content):  # a small record is one write
                length += self._write(b"".join(pieces))
                pieces = []
        pieces += deflate.compress(_RECORD_END), deflate.flush()
        return length + self._write(b"".join(pieces))


def _head(record: Record) -> bytes:
    # Section 4: the version, the named fields in UTF-8, a blank line. No value has a line end.
    lines = (f"{name}: {value}\r\n" for name, value in record.fields)
    return "".join((WARC_VERSION, "\r\n", *lines, "\r\n")).encode()


def _compressor(*, is_packed: bool) -> Any:
    # Measured: on plain HTML level 2 takes as long as 1 for 1 % less, and level 3 three times as
    # long for another 3 %. What is compressed already is only wrapped: zlib's level 0 takes a
    # quarter of isal's level 1 and is no larger, where isal's own level 0 grows by a quarter.
    if is_packed:
        return zlib.compressobj(0, zlib.DEFLATED, _GZIP)
    return isal_zlib.compressobj(2, isal_zlib.DEFLATED, _GZIP)
