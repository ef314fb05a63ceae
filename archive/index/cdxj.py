"""One line of a CDXJ index: a capture under its sort key, and where its record lies.

The lines are those of cdxj-indexer, which replay tools are used to, but for two things. Where a
record names no payload digest, which ours do not when the body is chunked or the answer no HTTP
(docs/decisions/0003), that tool digests the body with the chunk sizes in it, or what stands behind
the first blank line; here it is the entity, the digest that the revisits of the record carry and by
which replay finds it. And the status is left out of an answer that is no HTTP, where the tool takes
whatever word stands second.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any, Final

from archive.digest import labelled_sha1
from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.message import Message, parse_message
from archive.surt import surt_key
from archive.warc.records import Record

REVISIT: Final = "warc/revisit"
"""What the index gives as media type of a record that stands for another."""
NO_KEY: Final = "-"
"""Under which a record without an address is listed: interim answers have none."""

_TIMESTAMP: Final = "%Y%m%d%H%M%S"
_LISTED: Final = frozenset({"response", "revisit", "resource", "metadata"})
_FIELDS_TYPE: Final = "application/warc-fields"
_PARAMETERS: Final = re.compile(r"[;\s]")
_STAMP: Final = re.compile(r"\d{14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an index."""

    urlkey: str
    captured_at: datetime
    """UTC, to the second: all that a CDXJ timestamp holds."""
    url: str | None = None
    """None for a record without an address."""
    mime: str | None = None
    """As sent, without parameters; `warc/revisit` for a revisit; None when none was sent."""
    status: int | None = None
    """None for what is no HTTP answer."""
    digest: str | None = None
    """Of the payload; None for a 304 whose payload nobody knows."""
    location: Location
    record_digest: str | None = None
    """SHA-256 of the compressed record; a WACZ has it, for players that check what they load."""

    @property
    def is_revisit(self) -> bool:
        """Whether the payload lies in another record."""
        return self.mime == REVISIT

    def line(self) -> bytes:
        """Return the line of this entry, with its line end."""
        told = {
            "url": self.url,
            "mime": self.mime,
            "status": None if self.status is None else str(self.status),
            "digest": self.digest,
            "length": str(self.location.length),
            "offset": str(self.location.offset),
            "filename": self.location.warc_filename,
            "recordDigest": self.record_digest,
        }
        known = json.dumps({name: text for name, text in told.items() if text is not None})
        return f"{self.urlkey} {self.captured_at:{_TIMESTAMP}} {known}\n".encode()

    @property
    def mark(self) -> int:
        """A number that tells this entry from any other of its file."""
        place = replace(self.location, warc_filename="")
        drawn = sha1(replace(self, location=place).line(), usedforsecurity=False).digest()
        return int.from_bytes(drawn[:8], signed=True)


def entry_of(record: Record, location: Location, message: Message | None = None) -> Entry | None:
    """Return a record's entry; None for requests, warcinfo and notes, which no index lists.

    Who has taken an answer apart hands it in; otherwise it is done here.
    """
    kind, moment = record.type, record.date
    is_note = kind in {"resource", "metadata"} and record.field("Content-Type") == _FIELDS_TYPE
    if kind not in _LISTED or is_note or moment is None:
        return None
    is_http = kind in {"response", "revisit"}
    if message is None or not is_http:
        message = parse_message(record.block if is_http else b"")
    digest = record.field("WARC-Payload-Digest")
    if digest is None and kind != "revisit":
        digest = labelled_sha1(message.entity() if is_http else record.block)
    url = record.target_uri
    return Entry(
        urlkey=NO_KEY if url is None else surt_key(url),
        captured_at=moment.replace(microsecond=0),
        url=url,
        mime=_mime(
            kind, message.field("Content-Type") if is_http else record.field("Content-Type")
        ),
        status=message.status,
        digest=digest,
        location=location,
    )


def parse_line(line: bytes, path: Path, offset: int) -> Entry:
    """Return the entry a line holds; raises CorruptArchiveError for one that holds none."""
    try:
        urlkey, stamp, known = line.decode().removesuffix("\n").split(" ", 2)
        told = json.loads(known)
        return Entry(
            urlkey=urlkey,
            captured_at=_moment(stamp),
            url=_text(told, "url"),
            mime=_text(told, "mime"),
            status=int(told["status"]) if "status" in told else None,
            digest=_text(told, "digest"),
            location=Location(
                warc_filename=str(told["filename"]),
                offset=int(told["offset"]),
                length=int(told["length"]),
            ),
            record_digest=_text(told, "recordDigest"),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CorruptArchiveError(path, offset, f"no line of an index: {line[:60]!r}") from error


def _moment(stamp: str) -> datetime:
    if not _STAMP.fullmatch(stamp):
        raise ValueError(stamp)
    return datetime.strptime(stamp, _TIMESTAMP).replace(tzinfo=UTC)


def _mime(kind: str, content_type: str | None) -> str | None:
    if kind == "revisit":
        return REVISIT
    return None if content_type is None else _PARAMETERS.split(content_type, maxsplit=1)[0]


def _text(told: dict[str, Any], name: str) -> str | None:
    value = told.get(name)
    return None if value is None else str(value)
