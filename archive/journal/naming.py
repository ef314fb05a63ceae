"""Who named an address, and when: what must come out the same when a WARC is read once more.

Pages are read in parallel, so the order in which readings are committed is chance; the order of
captures is not, it is that of the WARC. Moments are therefore those of captures, never of reading.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.instant import from_micros, to_micros
from archive.warc.crawl_log import Asked

OPERATOR = 0
"""The `by` of an address that the operator gave."""

_TOLD_AT: Final = (
    "SELECT coalesce(c.fetched_at, a.first_seen_at) FROM address a "
    "LEFT JOIN capture c ON c.id = a.capture_id WHERE a.id = ?"
)
# A listing that was captured behind the page was not known when the page was asked for.
_ANNOUNCED: Final = (
    "SELECT d.advertised_at, d.advertised_in, {title} AS title FROM advertisement d "
    "WHERE d.address_id = ?1 AND (d.advertised_at IS NOT NULL OR {title} IS NOT NULL) "
    "AND coalesce((SELECT max(c.id) FROM capture c WHERE c.address_id = d.by_address_id "
    "AND c.run_id = d.run_id), 0) "
    "<= coalesce((SELECT capture_id FROM address WHERE id = ?1), 9223372036854775807) "
    "ORDER BY d.advertised_at IS NULL, d.advertised_at, d.by_address_id, d.run_id"
)
_VIA: Final = (
    "SELECT d.advertised_in, b.url FROM advertisement d JOIN address b ON b.id = d.by_address_id "
    "WHERE d.run_id = ? AND d.address_id = ? "
    "ORDER BY d.advertised_in = 'redirect', d.advertised_in != 'revisit', d.by_address_id LIMIT ?"
)
_MOST_VIA: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What feeds and sitemaps say of a page."""

    at: datetime | None = None
    """UTC; the earliest date that one gave it."""
    source: str | None = None
    """feed or sitemap, which gave that date; None without one."""
    title: str | None = None
    """By the first that gave it one."""


def has_titles(db: sqlite3.Connection) -> bool:
    """Whether advertisements have titles and dates of change: not so in a format before 5."""
    column = "SELECT 1 FROM pragma_table_info('advertisement') WHERE name = 'title'"
    return db.execute(column).fetchone() is not None


def told_at(db: sqlite3.Connection, run_id: str, by: int, *, now: datetime) -> int:
    """Return when we knew of what an address names, in microseconds: when it was fetched itself.

    What the operator gave was known when the run began.
    """
    if by == OPERATOR:
        row = db.execute("SELECT started_at FROM run WHERE id = ?", (run_id,)).fetchone()
    else:
        row = db.execute(_TOLD_AT, (by,)).fetchone()
    return to_micros(now) if row is None else min(row[0], to_micros(now))


def announced(db: sqlite3.Connection, address_id: int) -> Announced:
    """Return what feeds and sitemaps said of an address before it was captured."""
    column = "d.title" if has_titles(db) else "NULL"
    rows = db.execute(_ANNOUNCED.format(title=column), (address_id,)).fetchall()
    title = next((row["title"] for row in rows if row["title"]), None)
    if not rows or rows[0]["advertised_at"] is None:
        return Announced(title=title)
    first = rows[0]
    return Announced(
        at=from_micros(first["advertised_at"]), source=first["advertised_in"], title=title
    )


def asked(db: sqlite3.Connection, address_id: int) -> Asked:
    """Return an address as it is asked for now, with who named it first in this run.

    A robots.txt has everyone who needed it: nothing else tells them.
    """
    row = db.execute("SELECT * FROM address WHERE id = ?", (address_id,)).fetchone()
    most = _MOST_VIA if row["kind"] == "robots" else 1
    via = db.execute(_VIA, (row["run_id"], address_id, most))
    return Asked(
        site=row["site"],
        kind=row["kind"],
        depth=row["depth"],
        hops=row["hops"],
        attempts=row["attempts"],
        first_seen_at=from_micros(row["first_seen_at"]),
        via=tuple((each[0], each[1]) for each in via),
    )
