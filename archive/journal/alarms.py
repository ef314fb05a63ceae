"""What is wrong with sites at present, and how full their fields were, from run to run."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.instant import from_micros, to_micros

ROWS: Final = ""
"""The field under which rows themselves are counted."""
_WINDOW_RUNS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that began and is not over."""

    site: str
    kind: str
    """A stable word; of a promise with its field."""
    what: str
    """The newest figures, as a sentence."""
    began_at: datetime


class Alarms:
    """The tables alarm and fill."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self) -> tuple[Alarm, ...]:
        """Return what is not over, oldest first; nothing before format 3."""
        known = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alarm'").fetchone()
        if known is None:
            return ()
        return tuple(
            Alarm(
                site=row["site"],
                kind=row["kind"],
                what=row["what"],
                began_at=from_micros(row["began_at"]),
            )
            for row in self._db.execute("SELECT * FROM alarm ORDER BY began_at, site, kind")
        )

    def keep(self, alarm: Alarm) -> None:
        """Begin an alarm, or bring what it says up to date: it began when it began."""
        self._db.execute(
            "INSERT INTO alarm VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET what = excluded.what",
            (alarm.site, alarm.kind, alarm.what, to_micros(alarm.began_at)),
        )

    def end(self, alarm: Alarm) -> None:
        """Say that it is over."""
        self._db.execute("DELETE FROM alarm WHERE site = ? AND kind = ?", (alarm.site, alarm.kind))

    def add_filled(self, run_id: str, counts: Mapping[tuple[str, str], int]) -> None:
        """Add how many rows filled which field, by site and field."""
        self._db.executemany(
            "INSERT INTO fill VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET filled = filled + excluded.filled",
            [(run_id, site, field, count) for (site, field), count in counts.items()],
        )

    def filled(self, site: str, *, fewest_rows: int) -> dict[str, int]:
        """Return how many of a site's newest rows filled each field, the rows under ROWS.

        Run by run into the past until there are enough rows, at most a week of runs.
        """
        found: dict[str, int] = {}
        runs = self._db.execute(
            "SELECT run_id FROM fill WHERE site = ? AND field = ? ORDER BY run_id DESC LIMIT ?",
            (site, ROWS, _WINDOW_RUNS),
        )
        for (run_id,) in runs.fetchall():
            for field, filled in self._db.execute(
                "SELECT field, filled FROM fill WHERE site = ? AND run_id = ?", (site, run_id)
            ):
                found[field] = found.get(field, 0) + filled
            if found.get(ROWS, 0) >= fewest_rows:
                break
        return found

    def newest_article_at(self, site: str) -> datetime | None:
        """Return when the site's newest article was first known of; None when it has none."""
        row = self._db.execute(
            "SELECT max(first_seen_at) FROM address INDEXED BY address_article "
            "WHERE site = ? AND article_id IS NOT NULL",
            (site,),
        ).fetchone()
        return None if row[0] is None else from_micros(row[0])
