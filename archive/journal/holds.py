"""Servers that are to be left alone, from one run to the next."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from archive.instant import from_micros, to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A server that asked to be left alone, or was in trouble."""

    server: str
    until: datetime
    """Not to be asked before."""
    reason: str
    incidents: int
    """Refusals in a row."""


class Holds:
    """The table hold."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep(self, *holds: Held) -> None:
        """Remember these, each in the place of what was known of its server."""
        self._db.executemany(
            "INSERT OR REPLACE INTO hold VALUES (?, ?, ?, ?)",
            [(each.server, to_micros(each.until), each.reason, each.incidents) for each in holds],
        )

    def forget_others(self, servers: Iterable[str], *, now: datetime) -> None:
        """Forget what is over by now, of all servers but these."""
        kept = set(servers)
        for held in self.all():
            if held.server not in kept and held.until <= now:
                self._db.execute("DELETE FROM hold WHERE server = ?", (held.server,))

    def all(self) -> tuple[Held, ...]:
        """Return all that is remembered; nothing before format 3."""
        known = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'hold'").fetchone()
        if known is None:
            return ()
        return tuple(
            Held(
                server=row["server"],
                until=from_micros(row["until"]),
                reason=row["reason"],
                incidents=row["incidents"],
            )
            for row in self._db.execute("SELECT * FROM hold ORDER BY server")
        )
