"""The records of a store to copy, each checked to be whole and read together with its bytes."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import CorruptArchiveError
from archive.wacz.captures import Picked
from archive.warc.framing import whole_records
from archive.warc.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMember:
    """One record, and the gzip member it is stored as."""

    record: Record
    offset: int
    content: bytes
    """Compressed, as it lies in the store."""


def all_members(path: Path, end: int) -> Iterator[StoredMember]:
    """Yield what a WARC of ours holds, up to where it is committed: it may be growing.

    Raises CorruptArchiveError at the first member that is not one whole record, and when the file
    is shorter than that or gone.
    """
    reached = 0
    for member in _members_from(path, 0):
        yield member
        reached = member.offset + len(member.content)
        if reached >= end:
            return
    raise CorruptArchiveError(path, reached, f"the file ends here; its committed length is {end:,}")


def exchange_members(path: Path, capture: Picked, end: int) -> Iterator[StoredMember]:
    """Yield the records of a capture's exchange: its answer, its request, interim answers.

    They lie in one piece, the answer first, and name it as concurrent to them. Raises
    CorruptArchiveError when the answer is not where the journal says.
    """
    start = capture.location.offset
    for member in _members_from(path, start):
        told = (capture.record_id, capture.location.length)
        if member.offset == start and (member.record.record_id, len(member.content)) != told:
            raise CorruptArchiveError(path, start, f"{capture.record_id} does not lie here")
        if member.offset > start and not _is_of(member.record, capture):
            return
        yield member
        if member.offset + len(member.content) >= end:
            return


def _is_of(record: Record, capture: Picked) -> bool:
    return record.field("WARC-Concurrent-To") == capture.record_id


def _members_from(path: Path, start: int) -> Iterator[StoredMember]:
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise CorruptArchiveError(path, start, "the file is not there") from error
    with file:
        file.seek(start)
        for offset, length, record in whole_records(file, path, start):
            # pread, for the reader of the records has to find the file where it left it.
            content = os.pread(file.fileno(), length, offset)
            yield StoredMember(record=record, offset=offset, content=content)
