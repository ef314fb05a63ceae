"""What has to hold of one record: of itself, and against what the journal says of it.

A check yields a sentence for everything that does not hold. The journal's payload digest was taken
from the bytes as they came off the wire: a record that agrees with it is what the server sent,
however odd that looks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from archive.counted import counted
from archive.exchange import Location
from archive.rendering import CONVERSION
from archive.verify.digested import Digested
from archive.verify.problem import Check
from archive.verify.snapshot import Known, Target
from archive.warc.crawl_log import Visit
from archive.warc.records import Profile, Record, parse_date, written_uri

Faults = Iterator[tuple[Check, str]]

ANSWERS: Final = frozenset({"response", "revisit"})
CAPTURED: Final = ANSWERS | {CONVERSION}
"""The types of records that a capture is of."""
WITH_PAYLOAD: Final = frozenset({"response", CONVERSION})
"""Those that have a payload of their own."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_RECORD_ID: Final = re.compile(r"<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_OF_AN_EXCHANGE: Final = ("WARC-Target-URI", "Content-Type")
# Closed: these are the types that Newsreel writes (archive/warc/records.py).
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "warcinfo": ("WARC-Filename", "Content-Type"),
        "response": _OF_AN_EXCHANGE,
        "revisit": (
            *_OF_AN_EXCHANGE,
            "WARC-Profile",
            "WARC-Refers-To",
            "WARC-Refers-To-Target-URI",
            "WARC-Refers-To-Date",
            "WARC-Payload-Digest",
        ),
        CONVERSION: (*_OF_AN_EXCHANGE, "WARC-Refers-To", "WARC-Payload-Digest"),
        "request": _OF_AN_EXCHANGE,
        "metadata": ("Content-Type",),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A whole record, where it was found, and what the journal knows of it."""

    location: Location
    found: Digested
    known: Known | None
    """None when its id is no capture's."""

    @property
    def record(self) -> Record:
        """Its fields."""
        return self.found.record

    @property
    def kind(self) -> str:
        """Its WARC-Type."""
        return self.found.record.type

    @property
    def entity_digest(self) -> str:
        """Of its payload, computed from its bytes."""
        return self.found.entity_digest


def fields_are_complete(read: Read) -> Faults:
    """Find fields that a reader would stumble over, and those that are not there."""
    record = read.record
    for name, value in record.fields:
        if found := _CONTROL.search(value):
            yield Check.FIELDS, f"{name} holds the control character {found[0]!r}"
    if not _RECORD_ID.fullmatch(record.record_id):
        yield Check.FIELDS, f"WARC-Record-ID is no UUID: {record.record_id[:80]!r}"
    if read.kind not in _FIELDS:
        yield Check.FIELDS, f"Newsreel writes no record of type {read.kind[:40]!r}"
    for name in _FIELDS.get(read.kind, ()):
        if record.field(name) is None:
            yield Check.FIELDS, f"the {read.kind} has no {name}"


def warcinfo_comes_first(read: Read) -> Faults:
    """Find a file that does not begin with its warcinfo, or has a second one."""
    is_info, is_first = read.kind == "warcinfo", not read.location.offset
    if is_first and not is_info:
        yield Check.WARCINFO, f"the file begins with a {read.kind}, not with a warcinfo"
    if is_info and not is_first:
        yield Check.WARCINFO, "a second warcinfo: two files were put together"
    named = read.record.field("WARC-Filename")
    if is_info and named not in {None, read.location.warc_filename}:
        yield Check.WARCINFO, f"the warcinfo is that of {named}"


def block_digest_holds(read: Read) -> Faults:
    """Find a block that is not the one that was written."""
    said, is_so = read.record.field("WARC-Block-Digest"), read.found.block_digest
    if said is None:
        yield Check.BLOCK_DIGEST, f"the {read.kind} has no WARC-Block-Digest"
    elif said != is_so:
        yield Check.BLOCK_DIGEST, f"the block's digest is {is_so}, not {said}"


def payload_digest_holds(read: Read) -> Faults:
    """Find a payload that is not the one its record claims, or not the one that was received."""
    said = read.record.field("WARC-Payload-Digest")
    if read.kind in WITH_PAYLOAD | {"request"}:
        # Where tools disagree about what it would mean, there is no such field.
        if said is None and not (read.found.is_disputed or read.found.is_chunked):
            yield Check.PAYLOAD_DIGEST, f"the {read.kind} has no WARC-Payload-Digest"
        elif said not in {None, read.entity_digest}:
            yield Check.PAYLOAD_DIGEST, f"the payload's digest is {read.entity_digest}, not {said}"
            return
    if read.known is None:
        return
    digest = read.entity_digest if read.kind in WITH_PAYLOAD else said
    if digest != read.known.payload_digest:
        yield _not_received(read, digest)


def _not_received(read: Read, digest: str | None) -> tuple[Check, str]:
    """Return what is wrong with a payload that agrees with its own record alone."""
    assert read.known is not None
    if read.kind == "response" and (why := read.found.undecodable):
        return Check.CODING, f"the body was stored decoded, its head was not changed: {why}"
    received = read.known.payload_digest
    return Check.PAYLOAD_DIGEST, f"the payload's digest is {digest}, {received} was received"


def chunks_are_kept(read: Read) -> Faults:
    """Find a body that lost its chunks while its head still announces them."""
    found, known = read.found, read.known
    is_whole = known is not None and known.failure is None and known.truncated is None
    if read.kind == "response" and is_whole and found.is_chunked and found.is_undivided:
        yield Check.CODING, "the body was stored without the chunks that its head announces"


_Agreement = tuple[str, frozenset[str], Callable[[Read], Any], Callable[[Known], Any]]

# What the record and the journal must agree on, by the word that names it. A revisit has no body:
# what is cut off, and how long it was, only a response can say. A conversion is no answer.
_AGREED: Final[tuple[_Agreement, ...]] = (
    ("type", CAPTURED, lambda read: read.kind, lambda known: known.record_type),
    ("place", CAPTURED, lambda read: _place(read.location), lambda known: _place(known.location)),
    (
        "address",
        CAPTURED,
        lambda read: read.record.target_uri,
        lambda known: written_uri(known.url),
    ),
    ("time", CAPTURED, lambda read: read.record.date, lambda known: known.fetched_at),
    ("status", ANSWERS, lambda read: read.found.status, lambda known: known.status),
    ("media type", CAPTURED, lambda read: read.found.media_type, lambda known: known.media_type),
    ("charset", CAPTURED, lambda read: read.found.charset, lambda known: known.charset),
    (
        "payload length",
        WITH_PAYLOAD,
        lambda read: read.found.entity_length,
        lambda known: known.payload_length,
    ),
    (
        "WARC-Truncated",
        WITH_PAYLOAD,
        lambda read: read.record.field("WARC-Truncated"),
        lambda known: known.truncated,
    ),
)


def capture_agrees(read: Read) -> Faults:
    """Find where a captured record and the journal's capture differ."""
    if read.kind not in CAPTURED:
        return
    if read.known is None:
        yield (
            Check.UNKNOWN_RECORD,
            f"the journal has no capture of the {read.kind} {read.record.record_id}",
        )
        return
    for what, types, found, expected in _AGREED:
        is_so, said = found(read), expected(read.known)
        if read.kind in types and is_so != said:
            yield Check.CAPTURE, f"the record's {what} is {is_so}, the journal says {said}"


def visit_differs(visit: Visit, known: Known) -> Iterator[str]:
    """Find where a visit's record and the journal's capture differ."""
    for what, is_so, said in (
        ("time", visit.date, known.fetched_at),
        ("failure", visit.failure, known.failure),
        ("wait", (visit.waited_ms, visit.wait_reason), (known.waited_ms, known.wait_reason)),
        ("duration", visit.elapsed_ms, known.elapsed_ms),
    ):
        if is_so != said:
            yield f"the visit's {what} is {is_so}, the journal says {said}"


def revisit_leads_somewhere(read: Read) -> Faults:
    """Find a revisit that stands for nothing, or for another payload than it says."""
    record, known = read.record, read.known
    if read.kind != "revisit" or known is None:
        return
    named = record.field("WARC-Refers-To")
    if known.target is None:
        yield Check.REVISIT, f"it refers to {named}, and the journal knows no target"
        return
    target = known.target
    if named != target.record_id:
        yield Check.REVISIT, f"it refers to {named}, the journal says {target.record_id}"
    if record.field("WARC-Profile") not in set(Profile):
        yield Check.REVISIT, f"its profile is unknown: {record.field('WARC-Profile')}"
    if record.field("WARC-Refers-To-Target-URI") != written_uri(target.url):
        yield Check.REVISIT, f"the address it refers to is not that of {target.record_id}"
    if parse_date(record.field("WARC-Refers-To-Date")) != target.fetched_at:
        yield Check.REVISIT, f"the date it refers to is not that of {target.record_id}"
    yield from _target_holds(known, target)


def _target_holds(known: Known, target: Target) -> Faults:
    if target.record_type != "response":
        yield Check.REVISIT, f"its target {target.record_id} is no response"
    if target.capture_id >= known.capture_id:
        yield Check.REVISIT, f"its target {target.record_id} is younger than itself"
    if target.payload_digest != known.payload_digest:
        yield Check.REVISIT, f"its target {target.record_id} has another payload"


def conversion_leads_somewhere(read: Read) -> Faults:
    """Find a conversion of nothing, or of another answer than the journal says."""
    record, known = read.record, read.known
    if read.kind != CONVERSION or known is None:
        return
    named, target = record.field("WARC-Refers-To"), known.target
    if target is None:
        yield Check.CONVERSION, f"it was made of {named}, and the journal knows no such answer"
        return
    if named != target.record_id:
        yield Check.CONVERSION, f"it was made of {named}, the journal says {target.record_id}"
    if target.record_type not in ANSWERS or target.url != known.url:
        yield Check.CONVERSION, f"{target.record_id}, which it was made of, is no answer to it"
    if target.capture_id >= known.capture_id:
        yield Check.CONVERSION, f"{target.record_id}, which it was made of, is younger than itself"


def _place(location: Location | None) -> str:
    if location is None:
        return "in no file"
    return f"{location.warc_filename} at {location.offset}, {counted(location.length, 'byte')}"


RECORD_CHECKS: Final[tuple[Callable[[Read], Faults], ...]] = (
    fields_are_complete,
    warcinfo_comes_first,
    block_digest_holds,
    payload_digest_holds,
    chunks_are_kept,
    capture_agrees,
    revisit_leads_somewhere,
    conversion_leads_somewhere,
)
"""Every check of a single record."""
