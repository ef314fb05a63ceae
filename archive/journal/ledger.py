"""The ledger of a run: every address that was advertised in it, by whom, and what became of it."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from archive.address import registrable_domain
from archive.coverage import Coverage, Fate
from archive.instant import from_micros
from archive.journal.naming import has_titles
from archive.surt import surt_key

_SAID: Final = (
    "(SELECT max(lastmod) FROM advertisement d WHERE d.run_id = ?1 "
    " AND d.address_id = a.id) AS said_lastmod, "
    "(SELECT d.title FROM advertisement d WHERE d.run_id = ?1 AND d.address_id = a.id "
    " AND d.title IS NOT NULL ORDER BY d.by_address_id LIMIT 1) AS title"
)
_UNSAID: Final = "NULL AS said_lastmod, NULL AS title"


def rows(
    db: sqlite3.Connection, run_id: str, *, leaving_out: str
) -> Iterator[tuple[str, Coverage]]:
    """Yield site and ledger row of every address of a run but those of one kind."""
    said = _SAID if has_titles(db) else _UNSAID
    found = db.execute(
        "SELECT a.*, c.fetched_at, c.status, c.record_id, "  # noqa: S608 - our own
        "(SELECT min(advertised_at) FROM advertisement d WHERE d.run_id = ?1 "
        " AND d.address_id = a.id) AS advertised_at, "
        f"{said}, "
        "(SELECT group_concat(coalesce(b.url, 'operator'), char(10)) FROM advertisement d "
        " LEFT JOIN address b ON b.id = d.by_address_id "
        " WHERE d.run_id = ?1 AND d.address_id = a.id) AS advertised_by, "
        "(SELECT group_concat(DISTINCT advertised_in) FROM advertisement d "
        " WHERE d.run_id = ?1 AND d.address_id = a.id) AS advertised_in "
        "FROM address a LEFT JOIN capture c ON c.id = a.capture_id "
        "WHERE a.run_id = ?1 AND a.kind != ?2 ORDER BY a.site, a.id",
        (run_id, leaving_out),
    )
    for row in found:
        yield row["site"], _coverage(row)


def _coverage(row: sqlite3.Row) -> Coverage:
    return Coverage(
        run_id=row["run_id"],
        url=row["url"],
        url_surtkey=surt_key(row["url"]),
        site_domain=registrable_domain(row["url"]),
        advertised_by=tuple(sorted(set((row["advertised_by"] or "").split("\n")) - {""})),
        advertised_in=tuple(sorted(set((row["advertised_in"] or "").split(",")) - {""})),
        advertised_at=_moment(row["advertised_at"]),
        advertised_title=row["title"],
        lastmod=_moment(row["said_lastmod"]),
        first_seen_at=from_micros(row["first_seen_at"]),
        fate=Fate(row["fate"] or Fate.PENDING),
        reason=row["reason"],
        fetch_time=_moment(row["fetched_at"]),
        fetch_status=row["status"],
        attempts=row["attempts"],
        warc_record_id=row["record_id"],
        article_id=row["article_id"],
    )


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
