"""Records that are not as they were written, put right where something proves what they were.

A block is proven by the digest beside it, or by the journal, which noted the payload's digest as it
came off the wire. Where a block is proven, what is wrong around it can be said again: its length,
its end, the gzip member it fills, and the fields that the journal knows. Nothing else is believed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from archive.digest import labelled_sha1
from archive.errors import CorruptArchiveError
from archive.exchange import Location
from archive.message import parse_head
from archive.verify.digested import Digested, digested
from archive.verify.members import Whole
from archive.verify.records import (
    ANSWERS,
    Faults,
    Read,
    block_digest_holds,
    capture_agrees,
    chunks_are_kept,
    conversion_leads_somewhere,
    fields_are_complete,
    payload_digest_holds,
    revisit_leads_somewhere,
)
from archive.verify.snapshot import Known
from archive.warc.framing import parse_record
from archive.warc.member import Member, Tape
from archive.warc.records import (
    Fields,
    Profile,
    Record,
    make_record,
    written_date,
    written_uri,
)

_HEAD_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 256 << 20
"""Of a record whose length is not known: nothing larger is looked at."""
_BEGIN: Final = b"WARC/"
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\nContent-Length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_BLOCK_DIGEST: Final = re.compile(rb"\r\nWARC-Block-Digest:[ \t]*([^\r\n]*)\r\n", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z-]+): ([^\x00-\x1f\x7f-\x9f\u2028\u2029]*)")
# What no journal knows, and what is taken from a head that is otherwise wrong.
_UNTOLD: Final = frozenset({"warc-ip-address", "warc-protocol", "warc-cipher-suite"})
_CHECKS: Final = (
    fields_are_complete,
    block_digest_holds,
    payload_digest_holds,
    chunks_are_kept,
    revisit_leads_somewhere,
    conversion_leads_somewhere,
)
_ANSWER_TYPE: Final = "application/http; msgtype=response"
_NOT_MODIFIED: Final = 304
_NOWHERE: Final = Location(warc_filename="", offset=0, length=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the journal says began at a place."""

    record_id: str
    known: Known


Knows = Callable[[str], Known | None]
"""What is known of a record by its id; None when it is no capture's."""


def faults_of(record: Record, known: Known | None) -> tuple[str, ...]:
    """Return what is wrong with a record in itself, and against what was received."""
    return _faults(record, known, _CHECKS)


def _faults(
    record: Record, known: Known | None, checks: tuple[Callable[[Read], Faults], ...]
) -> tuple[str, ...]:
    found = digested(Whole(offset=0, length=0, record=record))
    assert isinstance(found, Digested)
    # Where it lies is no fault of a record that is written anew.
    place = (known.location if known else None) or _NOWHERE
    read = Read(location=place, found=found, known=known)
    return tuple(what for check in checks for _, what in check(read))


def records_in(path: Path, offset: int) -> Iterator[bytes]:
    """Yield what may be records in a damaged member, decompressed; nothing where none begins.

    A member should hold one record; one that a file was gzipped into as a whole holds them all.
    """
    with path.open("rb") as file:
        member = _member_at(file, offset)
        while member and (content := _next_record(member)):
            yield content


def mended(content: bytes, expected: tuple[Expected, ...], knows: Knows) -> Record | None:
    """Return the record that some bytes were; None when nothing proves it."""
    head, _, rest = content.partition(_END)
    said = _BLOCK_DIGEST.search(head + b"\r\n")
    ends = dict.fromkeys((rest.removesuffix(_END), rest))
    block = next((each for each in ends if said and _is_digest(said[1], each)), None)
    if block is None and said and said[1].startswith(b"sha1:"):
        return None  # the block is another one than was written
    record = _reframed(head, block) if block is not None else None
    if record and not faults_of(record, knows(record.record_id)):
        return record
    block = rest.removesuffix(_END) if block is None else block
    return next(filter(None, (_retold(head, block, each) for each in expected)), None)


def retold(record: Record, expected: Expected) -> Record | None:
    """Return an answer with the fields that the journal knows; None when it is another answer."""
    head = "\r\n".join(f"{name}: {value}" for name, value in record.fields)
    return _retold(head.encode(), record.block, expected)


def _is_digest(said: bytes, block: bytes) -> bool:
    return said.decode("latin-1") == labelled_sha1(block)


def _member_at(file: BinaryIO, offset: int) -> Member | None:
    tape = Tape(file)
    tape.wind_to(offset)
    member = tape.next_member()
    return member if member and member.offset == offset else None


def _next_record(member: Member) -> bytes:
    """Return a record's content from where the last one ended; all there is when it lies."""
    head = bytearray()
    while not head.endswith(_END) and len(head) < _HEAD_BYTES:
        line = member.readline(_HEAD_BYTES)
        if not line:
            return bytes(head)
        head += line
    told = _LENGTH.search(head)
    length = min(int(told[1]) if told else 0, _MOST_BYTES)
    body = member.read(length + len(_END))
    is_whole = told is not None and body.endswith(_END) and len(body) == length + len(_END)
    if is_whole and member.peek(len(_BEGIN)) in {b"", _BEGIN}:
        return bytes(head + body)
    return bytes(head + body + member.read(_MOST_BYTES - len(body)))


def _reframed(head: bytes, block: bytes) -> Record | None:
    """Return a record with its length and its end put right; None when its fields are no fields."""
    lines = [x for x in head.split(b"\r\n") if not x.lower().startswith(b"content-length:")]
    content = b"\r\n".join([*lines, b"Content-Length: %d" % len(block)]) + _END + block + _END
    with suppress(CorruptArchiveError):
        return parse_record(content)
    return None


def _retold(head: bytes, block: bytes, expected: Expected) -> Record | None:
    """Return an answer's record with the fields that the journal knows."""
    if expected.known.record_type not in ANSWERS:
        return None
    known = expected.known
    named = (
        ("WARC-Record-ID", expected.record_id),
        ("WARC-Target-URI", written_uri(known.url)),
        ("WARC-Date", written_date(known.fetched_at)),
        *((name, value) for name, value in _readable(head) if name.lower() in _UNTOLD),
        *_refers(known),
        ("WARC-Truncated", _truncated(known)),
        ("WARC-Payload-Digest", _payload_digest(block, known)),
    )
    record = make_record(str(known.record_type), named, _ANSWER_TYPE, block)
    return None if _faults(record, known, (*_CHECKS, capture_agrees)) else record


def _readable(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        if found := _FIELD.fullmatch(line):
            yield found[1], found[2]


def _refers(known: Known) -> Fields:
    target = known.target
    if known.record_type != "revisit" or target is None:
        return ()
    is_same = known.status != _NOT_MODIFIED
    profile = Profile.IDENTICAL_PAYLOAD_DIGEST if is_same else Profile.SERVER_NOT_MODIFIED
    return (
        ("WARC-Profile", profile.value),
        ("WARC-Refers-To", target.record_id),
        ("WARC-Refers-To-Target-URI", written_uri(target.url)),
        ("WARC-Refers-To-Date", written_date(target.fetched_at)),
    )


def _truncated(known: Known) -> str | None:
    is_bodiless = known.record_type == "revisit" and known.status != _NOT_MODIFIED
    return "length" if is_bodiless else known.truncated


def _payload_digest(block: bytes, known: Known) -> str | None:
    is_revisit = known.record_type == "revisit"
    is_told = is_revisit or parse_head(block).has_undisputed_payload
    return known.payload_digest if is_told else None
