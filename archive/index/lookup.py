"""Finding captures in a sorted index by halving the file: a few reads, however long it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from archive.errors import ConfigError, CorruptArchiveError
from archive.index.cdxj import Entry, parse_line, timestamp
from archive.surt import surt_key
from archive.warc.records import written_uri

_FOLDER_ENDS: Final = b" /?"
"""What follows the key of a folder in the keys of what lies in it; the space ends the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The captures of an address that lie nearest to a moment."""

    before: Entry | None
    """The last one not later than the moment, to the second; None when all are later."""
    after: Entry | None
    """The first one later than that; None when there is none."""


def lookup(index: Path, url: str) -> Iterator[Entry]:
    """Yield all captures of an address, oldest first; none when it was never captured.

    Addresses are compared by their sort keys, which forget scheme, `www.` and case: `Entry.url`
    says which one it was. Raises ConfigError when there is no index, CorruptArchiveError when it
    is damaged where it is read.
    """
    return _with_start(index, _key(url) + b" ")


def lookup_prefix(index: Path, url: str) -> Iterator[Entry]:
    """Yield all captures of the addresses that begin like this one, by sort key and time.

    With a slash at its end the address is a folder: `/a/` finds `/a`, `/a/b` and `/a?page=2`, but
    not `/about`. Raises as `lookup` does.
    """
    key = _key(url)
    is_folder = url.endswith("/") and not key.endswith(b"/")
    return _with_start(index, key, ends=_FOLDER_ENDS if is_folder else None)


def lookup_around(index: Path, url: str, at: datetime) -> Around:
    """Return the captures of an address just before and just after a moment.

    Raises as `lookup` does.
    """
    start = _key(url) + b" "
    later = start + timestamp(at + timedelta(seconds=1)).encode()
    with _opened(index) as (file, size):
        last, first = _split(file, size, later)
        return Around(
            before=_entry_at(file, index, last, start), after=_entry_at(file, index, first, start)
        )


def _with_start(index: Path, start: bytes, ends: bytes | None = None) -> Iterator[Entry]:
    """Yield the entries of the lines that begin so, and go on with one of these characters."""
    with _opened(index) as (file, size):
        _, offset = _split(file, size, start)
        file.seek(offset)
        for line in file:
            if not line.startswith(start):
                return
            if ends is None or line[len(start)] in ends:
                yield _parsed(line, index, offset)
            offset += len(line)


def _entry_at(file: BinaryIO, index: Path, offset: int | None, start: bytes) -> Entry | None:
    if offset is None:
        return None
    file.seek(offset)
    line = file.readline()
    return _parsed(line, index, offset) if line.startswith(start) else None


def _parsed(line: bytes, index: Path, offset: int) -> Entry:
    if not line.endswith(b"\n"):
        raise CorruptArchiveError(index, offset, "the last line breaks off")
    return parse_line(line, index, offset)


def _split(file: BinaryIO, size: int, wanted: bytes) -> tuple[int | None, int]:
    """Return where the last line below the wanted one begins, and where that which follows it.

    Every line that begins before `low` is below, every line that begins at `high` or later is not.
    """
    last, low, high = None, 0, size
    while low < high:
        middle = (low + high) // 2
        start = _line_start(file, middle)
        line = b"" if start >= high else file.readline()
        if line and line < wanted:
            last, low = start, start + len(line)
        else:
            high = middle
    return last, low


def _line_start(file: BinaryIO, offset: int) -> int:
    """Go to the first line that begins at an offset or behind it; return where that is."""
    file.seek(max(0, offset - 1))
    if offset:
        file.readline()
    return file.tell()


def _key(url: str) -> bytes:
    return surt_key(written_uri(url)).encode()


@contextmanager
def _opened(index: Path) -> Iterator[tuple[BinaryIO, int]]:
    try:
        file = index.open("rb")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no index at {index}; one is made when a crawl ends") from error
    with file:
        yield file, file.seek(0, 2)
