"""Torn WARCs: cut back to the longest run of whole records, and what lay behind kept aside.

Stock readers take a torn file for a whole one, and a crash or a full disk tears only the end. What
is damaged before its end is not touched: whole records stand behind the damage.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import CorruptArchiveError
from archive.layout import Layout
from archive.noted import note_cut
from archive.store import cut_back
from archive.verify.members import Whole, read_members
from archive.warc.crawl_log import RunEnd, run_end_of
from archive.warc.framing import whole_records
from archive.warc.writer import OPEN_SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Tear:
    """A WARC that is not whole."""

    path: Path
    offset: int
    """How far it is whole."""
    size: int
    why: str
    is_at_end: bool
    """Whether nothing whole stands behind it, so that it can be cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A WARC that was read from end to end."""

    path: Path
    tear: Tear | None
    """None when all of it is whole records."""
    ends: tuple[RunEnd, ...]


def warc_files(layout: Layout) -> tuple[Path, ...]:
    """Return the WARCs there are, sealed or growing."""
    endings = (".warc.gz", f".warc.gz{OPEN_SUFFIX}")
    found = layout.warcs.iterdir() if layout.warcs.is_dir() else ()
    return tuple(sorted(path for path in found if path.is_file() and path.name.endswith(endings)))


def look_over(path: Path) -> Seen:
    """Read a WARC from end to end: how far it is whole, and what it says of its run."""
    end = 0
    ends: list[RunEnd] = []
    with path.open("rb") as file:
        try:
            for offset, length, record in whole_records(file, path):
                end = offset + length
                if (told := run_end_of(record)) is not None:
                    ends.append(told)
        except CorruptArchiveError as error:
            return Seen(path=path, tear=_tear(file, path, end, error.why), ends=tuple(ends))
    tear = None if end else _tear_of_nothing(path)
    return Seen(path=path, tear=tear, ends=tuple(ends))


def _tear(file: BinaryIO, path: Path, end: int, why: str) -> Tear:
    size = path.stat().st_size
    is_at_end = not any(isinstance(each, Whole) for each in read_members(file, size, start=end))
    return Tear(path=path, offset=end, size=size, why=why, is_at_end=is_at_end)


def _tear_of_nothing(path: Path) -> Tear:
    return Tear(path=path, offset=0, size=0, why="the file is empty", is_at_end=True)


def cut_tear(layout: Layout, tear: Tear) -> Path:
    """Cut a torn file back and note why; return where its tail lies now."""
    tail = cut_back(layout, tear.path, tear.offset)
    note_cut(layout, tear.path, tear.offset, why=tear.why)
    return tail
