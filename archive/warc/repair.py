"""Where a torn WARC is still whole: what healing keeps of a file that a crash cut off."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from archive.errors import CorruptArchiveError
from archive.warc.framing import whole_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """How much of a file is whole records."""

    length: int
    """Bytes up to the end of the last whole record; 0 when not even the first is whole."""
    records: int
    why: str | None
    """What is wrong behind that; None when the whole file is good."""


def longest_whole_prefix(source: Path | bytes) -> Prefix:
    """Return the longest run of whole records a file begins with, reading it once.

    One record is held in memory at a time. Nothing is changed: cutting the file, and keeping the
    tail aside, is up to the caller.
    """
    with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        end = records = 0
        try:
            for offset, length, _ in whole_records(
                file, source if isinstance(source, Path) else ""
            ):
                end = offset + length
                records += 1
        except CorruptArchiveError as error:
            return Prefix(length=end, records=records, why=error.why)
    return Prefix(length=end, records=records, why=None if records else "the file is empty")
