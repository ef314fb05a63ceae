"""Bytes that are kept in memory while they are few, and in a file once they are many.

An answer may be as large as DOWNLOAD_MAXSIZE allows, and there are as many of them in flight as
CONCURRENT_REQUESTS allows: held in memory, they would need more of it than a small machine has.
"""

import mmap
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

SPOOL_BYTES: Final = 2 * 1024 * 1024
"""Pages are smaller; videos and archives are not."""


class Spool:
    """Takes bytes, and gives them back as one view.

    The file has no name, so that nothing is left of it when the process ends, whichever way. Bytes
    that no file takes stay in memory: that the disk is full is for the archive to say.
    """

    def __init__(self, folder: Path | None = None, *, most_bytes: int = SPOOL_BYTES) -> None:
        """Make a spool whose file, if it comes to that, lies in this folder; None: in memory."""
        self._folder = folder
        self._most_bytes = most_bytes
        self._pieces: list[bytes] = []
        self._in_memory = 0
        self._file: IO[bytes] | None = None
        self._in_file = 0
        self._is_closed = False

    def __len__(self) -> int:
        return self._in_file + self._in_memory

    def write(self, data: bytes) -> None:
        """Take bytes behind those that came before; none once it is closed."""
        if self._is_closed:
            return
        self._pieces.append(data)
        self._in_memory += len(data)
        if self._folder is not None and self._in_memory > self._most_bytes:
            self._move(self._folder)

    def view(self, length: int) -> bytes | memoryview:
        """Return the first bytes: a view of the file when they are there."""
        if self._folder is not None and self._in_file and self._in_memory:
            self._move(self._folder)
        mapped = self._mapped()
        if mapped is not None and not self._in_memory:
            return mapped[:length]
        # Also when the file took the beginning, and has no room for the rest.
        data = b"".join((mapped or b"", *self._pieces))
        return data if length == len(data) else data[:length]

    def close(self) -> None:
        """Give the file up; a view that was taken stays good."""
        self._is_closed = True
        if self._file is not None:
            self._file.close()

    def _mapped(self) -> memoryview | None:
        if self._file is None or not self._in_file:
            return None
        return memoryview(mmap.mmap(self._file.fileno(), self._in_file, access=mmap.ACCESS_READ))

    def _move(self, folder: Path) -> None:
        """Move what is in memory to the file; what the disk refuses stays where it is."""
        with suppress(OSError):
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - `close` does
            self._file.seek(self._in_file)
            left = memoryview(b"".join(self._pieces))
            size = len(left)
            while left:
                left = left[self._file.write(left) :]
            self._in_file += size
            self._pieces, self._in_memory = [], 0
