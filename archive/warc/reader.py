"""Reading WARC: a store's own files strictly, other people's leniently."""

from collections.abc import Generator
from pathlib import Path

from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.warc.foreign import ForeignRecord, looks_like_warc, read_any
from archive.warc.framing import only_record, whole_records
from archive.warc.records import Record

__all__ = ["ForeignRecord", "looks_like_warc", "read_any", "read_record", "walk"]


def read_record(path: Path, location: Location) -> Record:
    """Return the record at a location of a file in a store.

    Raises CorruptArchiveError when anything but one whole record lies just there, or the file is
    gone. Digests are not looked at: the gzip checksum covers what a disk may do.
    """
    try:
        with path.open("rb") as file:
            return only_record(file, path, location.offset, location.length)
    except FileNotFoundError as error:
        raise CorruptArchiveError(path, location.offset, "the file is not there") from error


def walk(path: Path) -> Generator[tuple[Location, Record]]:
    """Yield every record of a file in a store, with its location, in the order written.

    Raises CorruptArchiveError at the first member that is not one whole record; an empty file is
    corrupt, for each of ours begins with a warcinfo.
    """
    is_empty = True
    with path.open("rb") as file:
        for offset, length, record in whole_records(file, path):
            is_empty = False
            yield Location(warc_filename=path.name, offset=offset, length=length), record
    if is_empty:
        raise CorruptArchiveError(path, 0, "the file is empty")
