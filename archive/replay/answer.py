"""The archived answer behind a capture: its head, and the payload it brought or stands for."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from archive.counted import counted
from archive.digest import labelled_sha1
from archive.errors import CorruptArchiveError, NewsreelError
from archive.exchange import Location
from archive.layout import Layout
from archive.message import Message, parse_message
from archive.replay.timeline import Memento
from archive.store import find_warc
from archive.warc.reader import read_record

MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest payload that is held in memory; a crawl keeps at most half of it."""
_HEAD_ROOM: Final = 1024 * 1024
"""What a record may have beside its payload: named fields, headers, the framing of chunks."""


class TooLargeError(NewsreelError):
    """A capture is larger than what replay holds in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedAnswer:
    """What a server answered once."""

    status: int
    head: Message
    """Status line and fields; of a revisit for 304, those of the answer it stands for."""
    entity: bytes
    """Without transfer coding, still content-coded."""


def read_answer(layout: Layout, memento: Memento) -> ArchivedAnswer:
    """Return the answer of a capture, a revisit's payload from the record it refers to.

    Raises TooLargeError, and CorruptArchiveError when the bytes are not what was captured.
    """
    if memento.payload_bytes > MOST_BYTES:
        raise TooLargeError(
            f"this capture has {counted(memento.payload_bytes, 'byte')}, "
            "more than replay holds in memory"
        )
    source = memento.payload_location or memento.location
    message = _message(layout, source)
    entity = message.entity()
    if memento.payload_digest and labelled_sha1(entity) != memento.payload_digest:
        raise CorruptArchiveError(
            source.warc_filename, source.offset, f"the payload is not {memento.payload_digest}"
        )
    head = message
    if memento.payload_location and memento.status != HTTPStatus.NOT_MODIFIED:
        head = _message(layout, memento.location)
    return ArchivedAnswer(status=head.status or memento.status, head=head, entity=entity)


def _message(layout: Layout, location: Location) -> Message:
    if location.length > MOST_BYTES + _HEAD_ROOM:
        raise TooLargeError(
            f"this record has {counted(location.length, 'byte')}, more than replay reads"
        )
    path = find_warc(layout, location.warc_filename)
    if not path.exists():  # a growing file was sealed between two looks
        path = find_warc(layout, location.warc_filename)
    return parse_message(read_record(path, location).block)
