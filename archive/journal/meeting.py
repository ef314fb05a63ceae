"""What happens when somebody names an address: it is new, or known, or known to have changed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.address import identity_of
from archive.coverage import Fate
from archive.instant import to_micros
from archive.journal import naming
from archive.journal.looks import LASTMOD, Again, look_of, note_misled, queue_once_more
from archive.journal.naming import OPERATOR

REQUISITE = "requisite"
"""The kind of what a page needs to be seen: archived, but no page that a site advertised."""
OFF_SITE = "off_site"
"""Why an address was refused that a site named and does not hold."""
_KNOWN: Final = (
    "SELECT a.id, a.run_id, a.site, a.kind, a.state, a.fate, a.reason, a.next_at, "
    "l.looked_at, l.quiet, l.misled, l.interval_s "
    "FROM address a LEFT JOIN look l ON l.address_id = a.id WHERE a.identity = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """An address as somebody named it."""

    url: str
    site: str
    kind: str
    """robots, sitemap, feed, front, page or requisite."""
    advertised_in: str
    """operator, robots, sitemap, feed, front, link, redirect or requisite; the journal itself adds
    revisit."""
    by: int = OPERATOR
    """Id of the address that named it."""
    advertised_at: datetime | None = None
    title: str | None = None
    """What a feed or sitemap calls it; None: none does, or something else names it."""
    lastmod: datetime | None = None
    depth: int = 0
    hops: int = 0
    priority: int = 0


class Meeting:
    """What a run's listings name meets what is known; each call is within one transaction."""

    def __init__(
        self, db: sqlite3.Connection, run_id: str, *, now: datetime, again: Again | None
    ) -> None:
        self._db = db
        self._run_id = run_id
        self._now = now
        self._again = again
        self._seen_at: dict[int, int] = {}

    def take(self, item: Advertised) -> bool:
        """Note who named which address; return whether it is news: new, or said to have changed."""
        row = self._db.execute(_KNOWN, (identity_of(item.url),)).fetchone()
        if row is None:
            self._note(item, self._add(item))
            return True
        if item.kind == REQUISITE and self._is_settled(row):
            return False  # every page names the site's stylesheet: once a run is enough to know
        is_named, cause = True, None
        look = None if self._again is None else look_of(row)
        if look is not None and item.by == OPERATOR:
            return False  # each call of --due begins with it, which says nothing of it
        if self._again is not None and look is not None and row["state"] == "settled":
            cause = self._again(look, item.lastmod)
            is_named = self._look_again(row, item, cause)
        else:
            self._meet_again(row, item)
        if is_named:
            self._db.execute(
                "UPDATE address SET first_seen_at = min(first_seen_at, ?) WHERE id = ?",
                (self._known_since(item.by), row["id"]),
            )
            self._note(item, row["id"])
        return cause is not None

    def _note(self, item: Advertised, address_id: int) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO advertisement VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self._run_id,
                address_id,
                item.by,
                item.advertised_in,
                _micros(item.advertised_at),
                item.title,
                _micros(item.lastmod),
            ),
        )

    def _known_since(self, by: int) -> int:
        if by not in self._seen_at:
            self._seen_at[by] = naming.told_at(self._db, self._run_id, by, now=self._now)
        return self._seen_at[by]

    def _look_again(self, row: sqlite3.Row, item: Advertised, cause: str | None) -> bool:
        """Queue a settled address once more when there is cause; return whether it is this run's.

        One that another site holds goes over to it, as it does without a schedule.
        """
        is_off_site = (row["fate"], row["reason"]) == (Fate.REFUSED, OFF_SITE)
        if is_off_site and row["site"] != item.site:
            self._queue_for(row["id"], item)
            return True
        if item.lastmod is not None:
            self._db.execute(
                "UPDATE address SET lastmod = max(coalesce(lastmod, 0), ?) WHERE id = ?",
                (to_micros(item.lastmod), row["id"]),
            )
        if cause is not None:
            queue_once_more(self._db, self._run_id, row["id"], self._now)
        if cause == LASTMOD:
            note_misled(self._db, row["id"])
        return cause is not None or row["run_id"] == self._run_id

    def _add(self, item: Advertised) -> int:
        cursor = self._db.execute(
            "INSERT INTO address (identity, url, site, kind, depth, hops, priority, first_seen_at, "
            "run_id, state, next_at, attempts, lastmod) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 0, ?)",
            (
                identity_of(item.url),
                item.url,
                item.site,
                item.kind,
                item.depth,
                item.hops,
                item.priority,
                self._known_since(item.by),
                self._run_id,
                to_micros(self._now),
                _micros(item.lastmod),
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _meet_again(self, row: sqlite3.Row, item: Advertised) -> None:
        """Queue a known address for a new run; within a run only shorten its way.

        A capture of an earlier run that is still unread is not made again: what is read from it
        is the address's fate in the new run. An address that one site named and another holds
        becomes the other's, once that one names it too; what was only a requisite becomes a page.
        """
        is_promoted = row["kind"] == REQUISITE != item.kind and row["state"] == "settled"
        is_new = row["run_id"] != self._run_id
        is_off_site = (row["fate"], row["reason"]) == (Fate.REFUSED, OFF_SITE)
        if is_new and row["state"] == "fetched":
            self._db.execute(
                "UPDATE address SET run_id = ?, site = ? WHERE id = ?",
                (self._run_id, item.site, row["id"]),
            )
        elif is_new or is_promoted or (is_off_site and row["site"] != item.site):
            self._queue_for(row["id"], item)
        self._db.execute(
            "UPDATE address SET depth = min(depth, ?1), "
            "kind = CASE WHEN state = 'queued' AND ?2 > priority THEN ?3 ELSE kind END, "
            "priority = max(priority, ?2), "
            "lastmod = max(coalesce(lastmod, 0), coalesce(?4, lastmod)) WHERE id = ?5",
            (item.depth, item.priority, item.kind, _micros(item.lastmod), row["id"]),
        )

    def _queue_for(self, address_id: int, item: Advertised) -> None:
        """Queue a known address as if it were new; a site file may have renamed its site."""
        self._db.execute(
            "UPDATE address SET run_id = ?, site = ?, state = 'queued', next_at = ?, attempts = 0, "
            "kind = ?, depth = ?, hops = ?, priority = ?, fate = NULL, reason = NULL, "
            "capture_id = NULL WHERE id = ?",
            (
                self._run_id,
                item.site,
                to_micros(self._now),
                item.kind,
                item.depth,
                item.hops,
                item.priority,
                address_id,
            ),
        )

    def _is_settled(self, row: sqlite3.Row) -> bool:
        """Whether an address need not be asked for as a requisite, or once more in this run."""
        is_resting = row["state"] == "settled" and row["next_at"] > to_micros(self._now)
        return bool(row["kind"] != REQUISITE or is_resting or row["run_id"] == self._run_id)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)
