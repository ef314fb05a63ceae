"""Whether the files of a store are as long as the journal says: seen by their sizes, unread.

This is what can be told beside every answer, in some microseconds a file. Bytes that changed in
place have no other length: those are what `newsreel verify` reads everything for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.counted import counted
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.snapshots import part_file
from archive.store import find_warc


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A committed file that is gone or has not the length that was committed."""

    path: Path
    committed_bytes: int
    found_bytes: int | None
    """None when the file is not there."""

    @property
    def what(self) -> str:
        """What is wrong with it, in a few words."""
        if self.found_bytes is None:
            return f"{self.path} is gone"
        size = counted(self.found_bytes, "byte")
        return f"{self.path} has {size}, not the {self.committed_bytes:,} committed"


def shortfalls(layout: Layout) -> tuple[Shortfall, ...]:
    """Return the files that cannot be what was committed, WARCs first.

    They are looked at twice: whoever takes parts away meanwhile names others in the journal.
    """
    first = set(_seen(layout))
    return tuple(each for each in _seen(layout) if each in first) if first else ()


def _seen(layout: Layout) -> Iterator[Shortfall]:
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot():
            warcs, parts = journal.runs.warcs(), journal.parts.all()
            current = journal.snapshots.current()
    finally:
        journal.close()
    for warc in warcs:
        path, length = find_warc(layout, warc.filename), warc.committed_length
        size = _size(path)
        if size is None or size < length:  # longer is a page that is being written
            yield Shortfall(path=path, committed_bytes=length, found_bytes=size)
    for part in parts:
        path = part_file(layout, current, part.path)
        if (size := _size(path)) != part.size_bytes:
            yield Shortfall(path=path, committed_bytes=part.size_bytes, found_bytes=size)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
