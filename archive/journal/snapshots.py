"""Snapshots: which parts a dataset consists of, from one compaction to the next."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.instant import from_micros, to_micros
from archive.journal.parts import Parts, PublishedPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A folder of parts, and the time for which it was the store's."""

    number: int
    opened_at: datetime
    closed_at: datetime | None
    """None for the one that crawls add to; a closed one never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part that stands for several: the same rows, in one file."""

    part: PublishedPart
    replaced: tuple[str, ...]
    """Paths of the parts whose rows it holds."""


class Snapshots:
    """The table snapshot, and the change of parts that comes with a new one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self) -> tuple[Snapshot, ...]:
        """Return every snapshot that is kept, oldest first; none before format 2."""
        known = self._db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'snapshot'").fetchone()
        if known is None:
            return ()
        rows = self._db.execute("SELECT * FROM snapshot ORDER BY number")
        return tuple(
            Snapshot(
                number=row["number"],
                opened_at=from_micros(row["opened_at"]),
                closed_at=None if row["closed_at"] is None else from_micros(row["closed_at"]),
            )
            for row in rows
        )

    def current(self) -> Snapshot | None:
        """Return the one that crawls add to; None before the store has one."""
        return next((each for each in reversed(self.all()) if each.closed_at is None), None)

    def open(self, number: int, *, at: datetime) -> None:
        """Begin a snapshot; the one before ends."""
        self._db.execute(
            "UPDATE snapshot SET closed_at = ? WHERE closed_at IS NULL", (to_micros(at),)
        )
        self._db.execute("INSERT INTO snapshot VALUES (?, ?, NULL)", (number, to_micros(at)))

    def forget(self, numbers: Sequence[int]) -> None:
        """Name snapshots no longer; their folders may go."""
        self._db.executemany("DELETE FROM snapshot WHERE number = ?", [(n,) for n in numbers])

    def published(self) -> Mapping[str, datetime]:
        """Return when each part that is named now was published, by its path."""
        rows = self._db.execute("SELECT path, published_at FROM part")
        return {row["path"]: from_micros(row["published_at"]) for row in rows}

    def drop(self, paths: Sequence[str]) -> None:
        """Name parts no longer of which no row is left."""
        self._db.executemany("DELETE FROM part WHERE path = ?", [(path,) for path in paths])

    def replace(self, replacements: Sequence[Replacement], *, at: datetime) -> None:
        """Name other parts for the same rows; versions and captures follow them."""
        parts = Parts(self._db)
        self._db.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
        for replacement in replacements:
            new = parts.add(replacement.part, at=at)
            self._db.executemany(
                "INSERT INTO moved SELECT id, ? FROM part WHERE path = ?",
                [(new, path) for path in replacement.replaced],
            )
        for table in ("version", "capture"):  # one pass each, whatever the number of parts
            self._db.execute(
                f"UPDATE {table} SET part_id = (SELECT new FROM moved WHERE old = part_id) "  # noqa: S608 - two names
                "WHERE part_id IN (SELECT old FROM moved)"
            )
        self._db.execute("DELETE FROM part WHERE id IN (SELECT old FROM moved)")
        self._db.execute("DROP TABLE moved")
