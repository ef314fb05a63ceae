"""The way back from a row to the bytes it was read from."""

from collections.abc import Mapping
from typing import Any, Final

from archive.article import Article
from archive.capture import Capture
from archive.digest import labelled_sha1
from archive.errors import ConfigError, CorruptArchiveError
from archive.exchange import Location
from archive.layout import Layout
from archive.store import find_warc
from archive.warc.reader import read_record
from archive.warc.records import Record, message_of
from archive.withdrawn import refuse_withdrawn

Row = Article | Capture | Mapping[str, Any]
"""A row of `articles` or `captures`, as a record or under its column names."""

_PLACE: Final = ("warc_filename", "warc_record_offset", "warc_record_length")


def source_bytes(layout: Layout, row: Row) -> bytes:
    """Return the block of the record a row points at: an HTTP response as it crossed the wire.

    Of a page that was rendered it is the document as the browser had it, without a head.

    A row of `captures` that is a revisit gives the response's head alone; its payload is the
    record it refers to. Raises ConfigError for a row without a place, WithdrawnError for one of
    before its address was withdrawn, CorruptArchiveError when another record lies there or a digest
    does not hold.
    """
    if (url := _value(row, "url")) is not None:
        refuse_withdrawn(layout, str(url))
    name, offset, length = (_value(row, column) for column in _PLACE)
    if name is None or offset is None or length is None:
        raise ConfigError(f"the row does not say where its bytes are: it needs {', '.join(_PLACE)}")
    location = Location(warc_filename=str(name), offset=int(offset), length=int(length))
    path = find_warc(layout, location.warc_filename)
    record = read_record(path, location)
    if why := _mismatch(record, row):
        raise CorruptArchiveError(path, location.offset, why)
    return record.block


def _mismatch(record: Record, row: Row) -> str | None:
    """Return what the row or the record says of the bytes that is not so; None when all holds."""
    found = {
        "WARC-Record-ID": (_value(row, "warc_record_id"), record.record_id),
        "WARC-Block-Digest": (record.field("WARC-Block-Digest"), labelled_sha1(record.block)),
    }
    if record.type != "revisit":  # its block has no payload
        entity = message_of(record).entity()
        found["payload digest"] = (_value(row, "content_digest"), labelled_sha1(entity))
    for name, (said, is_so) in found.items():
        if said is not None and said != is_so:
            return f"the {name} is {is_so}, not {said}"
    return None


def _value(row: Row, column: str) -> Any:
    return row.get(column) if isinstance(row, Mapping) else getattr(row, column)
