"""The captures of a selection as the journal knows them, with those that they cannot do without."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.exchange import Location
from archive.instant import to_micros
from archive.journal.journal import Journal
from archive.layout import Layout, slug
from archive.selection import Selection
from archive.wacz.requisites import note_requisites

# Without an answer there is nothing to replay.
_SELECTED: Final = """
INSERT INTO temp.taken SELECT c.id FROM main.capture c JOIN main.address a ON a.id = c.address_id
WHERE c.record_type IS NOT NULL AND c.state != 'withdrawn'
AND (:site IS NULL OR a.site = :site)
AND (:since IS NULL OR c.fetched_at >= :since)
AND (:before IS NULL OR c.fetched_at < :before)
"""
# What a revisit stands for comes along, though it may be of another day or site: without it the
# revisit is an empty page. So does what a rendering was made of, which may be a revisit itself.
_STOOD_ON: Final = """
INSERT OR IGNORE INTO temp.taken
SELECT c.payload_id FROM temp.taken t JOIN main.capture c ON c.id = t.id
JOIN main.capture p ON p.id = c.payload_id WHERE p.state != 'withdrawn'
"""
_TAKEN: Final = """
SELECT record_id, warc_filename, warc_offset, warc_length FROM main.capture
WHERE id IN (SELECT id FROM temp.taken) ORDER BY warc_filename, warc_offset
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


def take(journal: Journal, layout: Layout, db: sqlite3.Connection, selection: Selection) -> Total:
    """Note in a table of this connection which captures a selection takes; return how many.

    They are the selected ones, what their pages need, and what all of them stand on.
    """
    db.execute("CREATE TEMP TABLE taken (id INTEGER PRIMARY KEY)")
    db.execute(_SELECTED, _values(db, selection))
    if not selection.is_whole:
        note_requisites(journal, layout, db)
        for _ in ("a rendering's answer", "the payload of that"):
            db.execute(_STOOD_ON)
    captures = answer_bytes = 0
    for capture in taken(db):
        captures += 1
        answer_bytes += capture.location.length
    return Total(captures=captures, answer_bytes=answer_bytes)


def taken(db: sqlite3.Connection) -> Iterator[Picked]:
    """Yield the captures that are taken, in the order they lie in the WARCs."""
    for row in db.execute(_TAKEN):
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
