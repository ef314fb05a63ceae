"""When each address was last looked at, and how often in a row that brought nothing new.

These are facts; what follows from them, when to look again, is for the crawl to say.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from archive.coverage import Fate
from archive.instant import from_micros, to_micros

NEVER: Final = 99
"""The `quiet` of what is left alone until somebody names it as changed: it leads elsewhere."""
TROUBLE: Final = 10
"""The `quiet` of what could not be had when it was last looked at; it counts on from there."""
_AFTER_TROUBLE: Final = 2
_TROUBLE: Final = frozenset({Fate.BLOCKED, Fate.FAILED, Fate.UNREADABLE})
LASTMOD: Final = "lastmod"
"""Why an address is looked at again for which only a date of change gives cause."""

_LEFT_ALONE: Final = frozenset({(Fate.REFUSED, "off_site"), (Fate.REFUSED, "withdrawn")})

_NEXT_WAITING: Final = "SELECT min(next_at) FROM address WHERE state = 'queued'"
_NEXT_LISTED: Final = (
    "SELECT min(looked_at + interval_s * 1000000) FROM look INDEXED BY look_listing "
    "WHERE interval_s IS NOT NULL"
)
_NEXT_PAGE: Final = "SELECT min(looked_at) FROM look WHERE interval_s IS NULL AND quiet = ?"
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

# The same of some sites: 1 is their names. Cross joins, for the order in which a table is read.
_OF_SITES: Final = "a.site IN (SELECT value FROM json_each(?1))"
_NEXT_WAITING_OF: Final = (
    "SELECT min(a.next_at) FROM address a "  # noqa: S608 - our own
    f"WHERE a.state = 'queued' AND {_OF_SITES}"
)
_NEXT_LISTED_OF: Final = (
    "SELECT min(l.looked_at + l.interval_s * 1000000) "  # noqa: S608 - our own
    "FROM look l INDEXED BY look_listing CROSS JOIN address a ON a.id = l.address_id "
    f"WHERE l.interval_s IS NOT NULL AND a.state != 'queued' AND {_OF_SITES}"
)
_NEXT_PAGE_OF: Final = (
    "SELECT (SELECT l.looked_at "  # noqa: S608 - our own
    "FROM look l INDEXED BY look_quiet CROSS JOIN address a ON a.id = l.address_id "
    f"WHERE l.interval_s IS NULL AND l.quiet = ?2 AND a.state != 'queued' AND {_OF_SITES} "
    "ORDER BY l.looked_at LIMIT 1)"
)

# Of each of these, 2 is the moment and 3 the run.
_ONCE_MORE: Final = (
    "state = 'queued', next_at = ?2, attempts = 0, fate = CASE WHEN run_id = ?3 THEN fate END, "
    "reason = CASE WHEN run_id = ?3 THEN reason END, "
    "capture_id = CASE WHEN run_id = ?3 THEN capture_id END, run_id = ?3"
)
_WATCHED: Final = "state = 'settled' AND site IN (SELECT value FROM json_each(?1))"
_DUE_LISTINGS: Final = (
    "SELECT address_id FROM look INDEXED BY look_listing WHERE interval_s IS NOT NULL "
    "AND looked_at + interval_s * 1000000 <= ?2"
)
_DUE_PAGES: Final = (
    "SELECT address_id FROM look WHERE interval_s IS NULL AND quiet = ?4 AND looked_at <= ?5"
)
# Each site that waits by one step in the index, from one name to the next.
_WAITING_SITES: Final = (
    "WITH RECURSIVE waiting (site) AS ("
    "SELECT min(site) FROM address INDEXED BY address_waiting WHERE state = 'queued' UNION ALL "
    "SELECT (SELECT min(a.site) FROM address a INDEXED BY address_waiting "
    "WHERE a.state = 'queued' AND a.site > w.site) FROM waiting w WHERE w.site IS NOT NULL) "
    "SELECT site FROM waiting WHERE site IS NOT NULL"
)
# Of these, 1 is the moment that is put in the place of one that is later than 2. Site by site, what
# waits for later is at the end of the index: of a million that wait for now, none is looked at.
_WAITING_TOO_LONG: Final = (
    "UPDATE address INDEXED BY address_waiting SET next_at = ?1 "  # noqa: S608 - our own
    f"WHERE state = 'queued' AND next_at > ?2 AND site IN ({_WAITING_SITES})"
)
_LISTED_TOO_LATE: Final = (
    "UPDATE look INDEXED BY look_listing SET looked_at = ?1 "
    "WHERE interval_s IS NOT NULL AND looked_at + interval_s * 1000000 > ?2"
)
_LOOKED_TOO_LATE: Final = (
    "UPDATE look SET looked_at = ?1 WHERE interval_s IS NULL AND quiet = ?3 AND looked_at > ?2"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A settled address, as it was when it was last looked at."""

    kind: str
    looked_at: datetime
    quiet: int
    misled: int
    interval_s: int | None


Again = Callable[[Look, datetime | None], str | None]
"""Says why a known address is asked for again, which was named again with this date of change.

LASTMOD when only that date gives cause; None: it is left alone.
"""


class Looks:
    """The table look."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def interval_s(self, address_id: int) -> int | None:
        """Return how long a listing is left alone; None before it was read."""
        row = self._db.execute(
            "SELECT interval_s FROM look WHERE address_id = ?", (address_id,)
        ).fetchone()
        return None if row is None else row[0]

    def keep_interval(self, address_id: int, interval: timedelta) -> None:
        """Say how long a listing is left alone from its last look on."""
        self._db.execute(
            "UPDATE look SET interval_s = ? WHERE address_id = ?",
            (int(interval.total_seconds()), address_id),
        )

    def queue_due(
        self, run_id: str, sites: Iterable[str], gaps: Mapping[int, timedelta], *, now: datetime
    ) -> int:
        """Queue what has come to its time on these sites; return how much that is.

        A page has after so many quiet looks the gap given for them, or none; a listing its own
        interval. What another run left queued is taken over as it is.
        """
        names, count = tuple(sites), 0
        told = (json.dumps(names), to_micros(now), run_id)
        for chosen, values in _due(gaps, now=now):
            # Nobody named it in this run but what we know of it: it stands for itself, also in
            # the WARC.
            self._db.execute(
                "INSERT OR IGNORE INTO advertisement "  # noqa: S608 - our own
                "SELECT ?3, id, id, 'revisit', NULL, NULL, NULL "
                f"FROM address WHERE run_id != ?3 AND {_WATCHED} AND id IN ({chosen})",
                (*told, *values),
            )
            count += self._db.execute(
                f"UPDATE address SET {_ONCE_MORE} "  # noqa: S608 - our own
                f"WHERE {_WATCHED} AND id IN ({chosen})",
                (*told, *values),
            ).rowcount
        for name in names:
            count += self._db.execute(
                "UPDATE address INDEXED BY address_waiting SET run_id = ?, attempts = 0 "
                "WHERE site = ? AND state = 'queued' AND run_id != ?",
                (run_id, name, run_id),
            ).rowcount
        return count

    def bring_back(self, gaps: Mapping[int, timedelta], *, now: datetime) -> int:
        """Have be due at once what is due later than the longest gap from now; return how much.

        Only a clock that was set back makes it so: all was looked at before now.
        """
        longest = _micros(max(gaps.values()))
        at, latest = to_micros(now), to_micros(now) + longest
        changes: list[tuple[str, tuple[int, ...]]] = [
            (_WAITING_TOO_LONG, (at, latest)),
            (_LISTED_TOO_LATE, (at - longest, latest)),
        ]
        changes += [
            (_LOOKED_TOO_LATE, (at - longest, latest - _micros(gap), quiet))
            for quiet, gap in gaps.items()
        ]
        return sum(self._db.execute(change, values).rowcount for change, values in changes)

    def next_due(self, gaps: Mapping[int, timedelta]) -> datetime | None:
        """Return when the next address of any site is due, maybe gone by; None: never.

        Quick, and sooner than the truth where an address is of a site that nobody watches, or waits
        for another try: `next_due_of` says it of some sites exactly. A store of before format 3
        knows no such moment: everything may be due.
        """
        if self._is_unknown:
            return _LONG_AGO
        moments = [self._first(each) for each in (_NEXT_WAITING, _NEXT_LISTED)]
        pages = {quiet: self._first(_NEXT_PAGE, quiet) for quiet in gaps}
        return _soonest(moments, pages, gaps)

    def next_due_of(self, sites: Iterable[str], gaps: Mapping[int, timedelta]) -> datetime | None:
        """Return when the next address of these sites is due, maybe gone by; None: never."""
        if self._is_unknown:
            return _LONG_AGO
        names = json.dumps(tuple(sites))
        moments = [self._first(each, names) for each in (_NEXT_WAITING_OF, _NEXT_LISTED_OF)]
        pages = {quiet: self._first(_NEXT_PAGE_OF, names, quiet) for quiet in gaps}
        return _soonest(moments, pages, gaps)

    @property
    def _is_unknown(self) -> bool:
        found = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'look'").fetchone()
        return found is None

    def _first(self, query: str, *values: str | int) -> int | None:
        value: int | None = self._db.execute(query, values).fetchone()[0]
        return value


def _soonest(
    moments: Iterable[int | None],
    pages: Mapping[int, int | None],
    gaps: Mapping[int, timedelta],
) -> datetime | None:
    """Return the first of these moments, and of those when pages have been left alone enough."""
    known = [each for each in moments if each is not None]
    known += [at + _micros(gaps[quiet]) for quiet, at in pages.items() if at is not None]
    return from_micros(min(known)) if known else None


def _due(gaps: Mapping[int, timedelta], *, now: datetime) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield what chooses the addresses that are due, and its values."""
    yield _DUE_LISTINGS, ()
    for quiet, gap in gaps.items():
        yield _DUE_PAGES, (quiet, to_micros(now) - _micros(gap))


def queue_once_more(db: sqlite3.Connection, run_id: str, address_id: int, now: datetime) -> None:
    """Queue a settled address for another look; within its run it keeps its fate until then."""
    db.execute(
        f"UPDATE address SET {_ONCE_MORE} WHERE id = ?1",  # noqa: S608 - our own
        (address_id, to_micros(now), run_id),
    )


def note_look(db: sqlite3.Connection, address_id: int, fate: Fate, reason: str | None) -> None:
    """Note what an address was settled as.

    What leads elsewhere, or is withdrawn, is not looked at by the clock. Trouble is counted apart:
    a page that could not be had is tried again soon, however long it had been the same before.
    """
    leads_away = fate is Fate.REDIRECTED or (fate, reason) in _LEFT_ALONE
    is_trouble = fate in _TROUBLE or (fate, reason) == (Fate.REFUSED, "robots_unreachable")
    first = NEVER if leads_away else TROUBLE if is_trouble else 0
    db.execute(
        "INSERT INTO look (address_id, looked_at, quiet, misled) "
        "SELECT a.id, max(a.next_at, coalesce(c.fetched_at, 0)), ?2, 0 FROM address a "
        "LEFT JOIN capture c ON c.id = a.capture_id "
        "WHERE a.id = ?1 AND a.kind NOT IN ('robots', 'requisite') "
        "ON CONFLICT (address_id) DO UPDATE SET looked_at = excluded.looked_at, "
        "quiet = CASE WHEN ?3 OR ?2 = ?5 THEN ?2 WHEN quiet = ?5 THEN ?2 "
        "WHEN ?2 = ?4 THEN max(quiet + 1, ?4) WHEN quiet >= ?4 THEN ?6 "
        "ELSE min(quiet + 1, ?4 - 1) END, "
        "misled = CASE WHEN ?3 THEN 0 ELSE misled END",
        (address_id, first, fate is Fate.ARCHIVED, TROUBLE, NEVER, _AFTER_TROUBLE),
    )


def note_misled(db: sqlite3.Connection, address_id: int) -> None:
    """Note that an address is looked at for its date of change alone."""
    db.execute("UPDATE look SET misled = misled + 1 WHERE address_id = ?", (address_id,))


def look_of(row: sqlite3.Row) -> Look | None:
    """Return the look in a row of address and look; None when there was none yet."""
    if row["looked_at"] is None:
        return None
    return Look(
        kind=row["kind"],
        looked_at=from_micros(row["looked_at"]),
        quiet=row["quiet"],
        misled=row["misled"],
        interval_s=row["interval_s"],
    )


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
