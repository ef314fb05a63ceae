"""The captures of a selection as the journal knows them, with those that they stand on."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.exchange import Location
from archive.instant import to_micros
from archive.layout import slug
from archive.selection import Selection

# Without an answer there is nothing to replay. What a revisit stands for comes along, though it may
# be of another day or site: without it the revisit is an empty page. So does what a rendering was
# made of.
_TAKEN: Final = """
WITH wanted AS MATERIALIZED (
    SELECT c.id, c.payload_id FROM capture c JOIN address a ON a.id = c.address_id
    WHERE c.record_type IS NOT NULL AND c.state != 'withdrawn'
    AND (:site IS NULL OR a.site = :site)
    AND (:since IS NULL OR c.fetched_at >= :since)
    AND (:before IS NULL OR c.fetched_at < :before)
)
SELECT record_id, warc_filename, warc_offset, warc_length FROM capture WHERE id IN (
    SELECT id FROM wanted UNION SELECT payload_id FROM wanted WHERE payload_id IS NOT NULL
    UNION SELECT s.payload_id FROM wanted w JOIN capture s ON s.id = w.payload_id
    WHERE s.payload_id IS NOT NULL
) AND state != 'withdrawn' ORDER BY warc_filename, warc_offset
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A capture to copy."""

    record_id: str
    location: Location
    """Of the record of its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How much a selection is."""

    captures: int
    answer_bytes: int
    """Of their answers' records, compressed; requests come on top."""


def known_sites(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return the sites of which the journal knows an address."""
    return tuple(row[0] for row in db.execute("SELECT DISTINCT site FROM address ORDER BY site"))


def total(db: sqlite3.Connection, selection: Selection) -> Total:
    """Return how many captures a selection has, and what they take."""
    captures = answer_bytes = 0
    for capture in picked(db, selection):
        captures += 1
        answer_bytes += capture.location.length
    return Total(captures=captures, answer_bytes=answer_bytes)


def picked(db: sqlite3.Connection, selection: Selection) -> Iterator[Picked]:
    """Yield the captures of a selection in the order they lie in the WARCs."""
    for row in db.execute(_TAKEN, _values(db, selection)):
        location = Location(
            warc_filename=row["warc_filename"],
            offset=row["warc_offset"],
            length=row["warc_length"],
        )
        yield Picked(record_id=row["record_id"], location=location)


def _values(db: sqlite3.Connection, selection: Selection) -> dict[str, object]:
    """Return the values the questions ask with; the journal has sites by name, not by slug."""
    names = (name for name in known_sites(db) if slug(name) == selection.site)
    begin, end = selection.begins_at, selection.ends_before
    return {
        "site": next(names, selection.site),
        "since": to_micros(begin) if begin else None,
        "before": to_micros(end) if end else None,
    }
