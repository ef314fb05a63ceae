"""What no answer tells of a crawl: why an address was asked for, and how a run ended.

Metadata records tell it, and make a WARC enough to tell rows and journal from: who named an
address, how long politeness held it back, why no answer came. Their blocks are
application/warc-fields (WARC 1.1 section 6.6); `via` and `fetchTimeMs` are named there, the other
names are ours. They have no WARC-Target-URI: indexers list every record that has one as a page.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.capture import Capture
from archive.warc.records import (
    FIELDS_TYPE,
    Record,
    make_record,
    parse_date,
    written_date,
    written_uri,
)

_VISIT: Final = "visit"
_RUN_END: Final = "run-end"

Stated = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An address as it was when it was asked for."""

    site: str
    kind: str
    depth: int
    hops: int
    attempts: int
    """Requests sent for it in this run before this one."""
    first_seen_at: datetime
    via: tuple[tuple[str, str], ...] = ()
    """In what it was named and by which address; without those that the operator named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a metadata record tells of one exchange."""

    record_id: str
    """Of the capture: the answer's, or the metadata record's own when no answer came."""
    date: datetime | None
    asked: Asked
    url: str | None
    """None when an answer's record has it."""
    method: str
    elapsed_ms: int
    waited_ms: int
    wait_reason: str | None
    failure: str | None
    truncated: str | None
    payload_length: int | None
    """Of the entity that a revisit left out; None when the record has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A version of an article, and the capture it was read from."""

    article_id: str
    number: int
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a run ended."""

    run_id: str
    outcome: str
    ended_at: datetime
    versions: tuple[Numbered, ...] = ()
    """Of the articles that the run met at more than one address: which was read first is told by
    nothing else."""


def visit_record(capture: Capture, asked: Asked) -> Record:
    """Return the record that tells of a capture what its answer does not."""
    has_answer = capture.record_type is not None
    capture_id = str(capture.warc_record_id)
    stated: Iterable[tuple[str, object]] = (
        ("about", _VISIT),
        ("site", asked.site),
        ("kind", asked.kind),
        ("depth", asked.depth),
        ("hops", asked.hops),
        ("attempts", asked.attempts),
        ("first-seen", written_date(asked.first_seen_at)),
        *(("via", f"{written_uri(by)} {named_in}") for named_in, by in asked.via),
        ("fetchTimeMs", capture.elapsed_ms),
        ("waited-ms", capture.waited_ms),
        ("wait-reason", capture.wait_reason),
        ("failure", capture.fetch_failure),
        ("url", None if has_answer else written_uri(capture.url)),
        ("method", None if has_answer else capture.request_method),
        ("truncated", None if has_answer else capture.content_truncated),
        ("payload-length", capture.content_length if capture.record_type == "revisit" else None),
    )
    # The ids follow from the capture's, so that writing an exchange takes no randomness.
    own_id = f"<{uuid.uuid5(uuid.NAMESPACE_URL, capture_id + '#visit').urn}>"
    named = (
        ("WARC-Record-ID", own_id if has_answer else capture_id),
        ("WARC-Date", written_date(capture.fetch_time)),
        ("WARC-Concurrent-To", capture_id if has_answer else None),
    )
    return make_record("metadata", named, FIELDS_TYPE, written_fields(stated))


def run_end_record(end: RunEnd) -> Record:
    """Return the record that a run's last file ends with; one that is resumed has several."""
    name = f"{end.run_id} {written_date(end.ended_at)}#end"
    record_id = f"<{uuid.uuid5(uuid.NAMESPACE_URL, name).urn}>"
    stated = (
        ("about", _RUN_END),
        ("isPartOf", end.run_id),
        ("outcome", end.outcome),
        ("ended", written_date(end.ended_at)),
        *(("version", f"{v.number} {v.article_id} {v.record_id}") for v in end.versions),
    )
    named = (("WARC-Record-ID", record_id), ("WARC-Date", written_date(end.ended_at)))
    return make_record("metadata", named, FIELDS_TYPE, written_fields(stated))


def visit_of(record: Record) -> Visit | None:
    """Return what a record tells of an exchange; None when it is no such record."""
    stated = _stated(record, _VISIT)
    if stated is None:
        return None
    said = dict(stated)
    return Visit(
        record_id=record.field("WARC-Concurrent-To") or record.record_id,
        date=record.date,
        asked=Asked(
            site=said.get("site", ""),
            kind=said.get("kind", "page"),
            depth=_number(said, "depth") or 0,
            hops=_number(said, "hops") or 0,
            attempts=_number(said, "attempts") or 0,
            first_seen_at=parse_date(said.get("first-seen")) or _date(record),
            via=tuple(_via(value) for name, value in stated if name == "via"),
        ),
        url=said.get("url"),
        method=said.get("method", "GET"),
        elapsed_ms=_number(said, "fetchTimeMs") or 0,
        waited_ms=_number(said, "waited-ms") or 0,
        wait_reason=said.get("wait-reason"),
        failure=said.get("failure"),
        truncated=said.get("truncated"),
        payload_length=_number(said, "payload-length"),
    )


def run_end_of(record: Record) -> RunEnd | None:
    """Return how a run ended, as a record tells it; None when it is no such record."""
    stated = _stated(record, _RUN_END)
    if stated is None:
        return None
    said = dict(stated)
    versions = (value.split(" ") for name, value in stated if name == "version")
    return RunEnd(
        run_id=said.get("isPartOf", ""),
        outcome=said.get("outcome", ""),
        ended_at=parse_date(said.get("ended")) or _date(record),
        versions=tuple(map(_numbered, versions)),
    )


def written_fields(stated: Iterable[tuple[str, object]]) -> bytes:
    """Return named values as lines; white space in them is collapsed, and None left out."""
    lines = (
        f"{name}: {' '.join(str(value).split())}\r\n" for name, value in stated if value is not None
    )
    return "".join(lines).encode("utf-8", "surrogatepass")


def read_fields(block: bytes) -> Stated:
    """Return the named values of a block of lines; what is no such line is passed over."""
    return tuple(_named_values(block.decode("utf-8", "replace")))


def _named_values(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield name, value.strip()


def _stated(record: Record, about: str) -> Stated | None:
    if record.type != "metadata" or record.field("Content-Type") != FIELDS_TYPE:
        return None
    stated = read_fields(record.block)
    return stated if ("about", about) in stated else None


def _via(value: str) -> tuple[str, str]:
    by, _, named_in = value.partition(" ")
    return named_in or "link", by


def _numbered(words: list[str]) -> Numbered:
    number, article_id, record_id = words
    return Numbered(article_id=article_id, number=int(number), record_id=record_id)


def _number(said: Mapping[str, str], name: str) -> int | None:
    value = said.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() else None


def _date(record: Record) -> datetime:
    date = record.date
    assert date is not None, "a record without a date is no whole one (archive/warc/framing.py)"
    return date
