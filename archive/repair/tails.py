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
from archive.warc.member import PIECE_BYTES, Tape
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
    size: int
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
            tear = _tear(file, path, end, error.why)
            return Seen(path=path, size=tear.size, tear=tear, ends=tuple(ends))
    nothing = None if end else _tear_of_nothing(path)
    return Seen(path=path, size=end, tear=nothing, ends=tuple(ends))


def _tear(file: BinaryIO, path: Path, end: int, why: str) -> Tear:
    size = path.stat().st_size
    is_last = not any(isinstance(each, Whole) for each in read_members(file, size, start=end))
    is_at_end = is_last and not _is_whole_member(file, end)
    return Tear(path=path, offset=end, size=size, why=why, is_at_end=is_at_end)


def _is_whole_member(file: BinaryIO, offset: int) -> bool:
    """Whether gzip finds the end of a member: what is wrong is in it, and nothing broke off."""
    tape = Tape(file)
    tape.wind_to(offset)
    member = tape.next_member()
    if member is None or member.offset != offset:
        return False
    while member.read(PIECE_BYTES):
        pass
    return member.end is not None


def _tear_of_nothing(path: Path) -> Tear:
    return Tear(path=path, offset=0, size=0, why="the file is empty", is_at_end=True)


def cut_tear(layout: Layout, tear: Tear) -> Path:
    """Cut a torn file back and note why; return where its tail lies now."""
    tail = cut_back(layout, tear.path, tear.offset)
    note_cut(layout, tear.path, tear.offset, why=tear.why)
    return tail
