"""A record read and digested: what the checks need of it, without its bytes.

It is made where the file is read, which may be another process, and it can be written down, so that
a verification that is interrupted need not read the file again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from archive.digest import labelled_sha1
from archive.exchange import Location
from archive.index.cdxj import entry_of
from archive.message import ContentError, Message, decode_content
from archive.verify.members import Damaged, Whole
from archive.warc.records import FIELDS_TYPE, Record, message_of

_MOST_DECODED: Final = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested:
    """A whole record as it was found."""

    offset: int
    length: int
    record: Record
    """Its fields; the block only where it is lines that tell of the crawl."""
    status: int | None
    media_type: str | None
    charset: str | None
    is_chunked: bool
    """Whether its head announces chunks."""
    is_disputed: bool
    """Whether tools disagree on what its payload is, so that the record does not digest it."""
    is_undivided: bool
    """Whether there is a body, and no chunks are in it."""
    entity_length: int
    block_digest: str
    entity_digest: str
    """Of the payload without its transfer coding."""
    undecodable: str | None
    """Why the body is not in the Content-Encoding its head names; None when it is. Servers do send
    such answers, and answers that break off within the coding."""
    mark: int | None
    """Of the line that an index has of it; None when none lists it."""

    def at(self, filename: str) -> Location:
        """Return where it lies."""
        return Location(warc_filename=filename, offset=self.offset, length=self.length)


def digested(found: Whole | Damaged) -> Digested | Damaged:
    """Return what the checks need of a record; a place without one stays what it is."""
    if isinstance(found, Damaged):
        return found
    record = found.record
    message = message_of(record)
    entity = message.entity()
    tells = record.field("Content-Type") == FIELDS_TYPE
    place = Location(warc_filename="", offset=found.offset, length=found.length)
    entry = entry_of(record, place, message)
    return Digested(
        offset=found.offset,
        length=found.length,
        record=Record(fields=record.fields, block=record.block if tells else b""),
        status=message.status,
        media_type=message.media_type,
        charset=message.charset,
        is_chunked=message.is_chunked,
        is_disputed=record.type == "response" and not message.has_undisputed_payload,
        is_undivided=bool(message.body) and entity == message.body,
        entity_length=len(entity),
        block_digest=labelled_sha1(record.block),
        entity_digest=labelled_sha1(entity),
        undecodable=_undecodable(message, entity) if record.type == "response" else None,
        mark=entry.mark if entry else None,
    )


def _undecodable(message: Message, entity: bytes) -> str | None:
    named = ", ".join(message.field_values("Content-Encoding"))
    if not named:
        return None
    try:
        decoded = decode_content(entity, named, limit_bytes=_MOST_DECODED)
    except ContentError as error:
        return None if error.reason == "too_large" else str(error)
    return None if decoded.is_whole else f"the {named} stream breaks off"


def written(found: Digested | Damaged) -> dict[str, Any]:
    """Return it as JSON types."""
    if isinstance(found, Damaged):
        return {"offset": found.offset, "why": found.why}
    told = asdict(found)
    told["record"] = {
        "fields": found.record.fields,
        "block": found.record.block.decode("latin-1"),
    }
    return told


def read_written(told: Mapping[str, Any]) -> Digested | Damaged:
    """Return what was written down."""
    if "why" in told:
        return Damaged(offset=told["offset"], why=told["why"])
    record = Record(
        fields=tuple((name, value) for name, value in told["record"]["fields"]),
        block=told["record"]["block"].encode("latin-1"),
    )
    return Digested(**{**told, "record": record})
