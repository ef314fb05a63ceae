"""Runs, the WARCs they write and the robots answers they may go on using."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.instant import from_micros, to_micros
from archive.warc.crawl_log import Numbered, RunEnd

# An article that one run read at several addresses: which of them came first is chance.
_CONTESTED: Final = (
    "SELECT c.record_id, v.article_id, v.version FROM version v "
    "JOIN capture c ON c.id = v.capture_id AND c.run_id = ?1 WHERE v.article_id IN "
    "(SELECT article_id FROM address WHERE run_id = ?1 AND article_id IS NOT NULL "
    " GROUP BY article_id HAVING count(*) > 1) ORDER BY v.article_id, v.version"
)
WAITING: Final = "waiting"
"""How a run of `crawl --due` stands between two calls: it goes on, and so does its WARC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl, from its first request to its last commit."""

    id: str
    plan: str
    started_at: datetime
    ended_at: datetime | None = None
    """None while it runs, and after a kill."""
    outcome: str | None = None
    """finished, stopped, failed or waiting (for what is due next); None: to be resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcFile:
    """One file of the archive as the journal knows it."""

    filename: str
    run_id: str
    opened_at: datetime
    committed_length: int
    """Bytes; what lies beyond was never committed."""
    is_sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsAnswer:
    """What an origin's robots.txt brought when it was last asked for."""

    origin: str
    fetched_at: datetime
    status: int | None
    """None when there was no answer."""
    body: bytes


class Runs:
    """The tables run, warc and robots."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def begin(self, run: Run) -> None:
        """Note a run that starts now."""
        self._db.execute(
            "INSERT INTO run (id, plan, started_at) VALUES (?, ?, ?)",
            (run.id, run.plan, to_micros(run.started_at)),
        )

    def resume(self, run_id: str) -> None:
        """Take a stopped run up again."""
        self._db.execute("UPDATE run SET ended_at = NULL, outcome = NULL WHERE id = ?", (run_id,))

    def end(self, run_id: str, *, outcome: str, at: datetime) -> None:
        """Note how a run ended."""
        self._db.execute(
            "UPDATE run SET ended_at = ?, outcome = ? WHERE id = ?",
            (to_micros(at), outcome, run_id),
        )

    def unfinished(self, plan: str) -> Run | None:
        """Return the newest run of this plan, when it was interrupted or stopped; else None."""
        row = self._db.execute(
            "SELECT * FROM run WHERE plan = ? ORDER BY started_at DESC, rowid DESC LIMIT 1", (plan,)
        ).fetchone()
        return None if row is None or row["outcome"] == "finished" else _run(row)

    def open_plans(self) -> tuple[Run, ...]:
        """Return the runs that go on with the next call of `--due`, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM run WHERE coalesce(outcome, '') != 'finished' "
            "AND json_extract(plan, '$.due') ORDER BY started_at, rowid"
        )
        return tuple(map(_run, rows))

    def plans(self) -> tuple[str, ...]:
        """Return what was ever asked for, each once, oldest first."""
        rows = self._db.execute("SELECT plan FROM run GROUP BY plan ORDER BY min(started_at)")
        return tuple(row[0] for row in rows)

    def ended(self) -> frozenset[str]:
        """Return the runs that ended by themselves; a stopped one may still be resumed."""
        rows = self._db.execute("SELECT id FROM run WHERE outcome = 'finished'")
        return frozenset(row["id"] for row in rows)

    def end_of(self, run_id: str) -> RunEnd | None:
        """Return how a run ended, with what its WARC would not tell; None while it goes on."""
        row = self._db.execute(
            "SELECT * FROM run WHERE id = ? AND outcome IS NOT NULL", (run_id,)
        ).fetchone()
        if row is None:
            return None
        versions = self._db.execute(_CONTESTED, (run_id,))
        return RunEnd(
            run_id=run_id,
            outcome=row["outcome"],
            ended_at=from_micros(row["ended_at"]),
            versions=tuple(
                Numbered(
                    article_id=each["article_id"],
                    number=each["version"],
                    record_id=each["record_id"],
                )
                for each in versions
            ),
        )

    def newest(self, limit: int = 20) -> tuple[Run, ...]:
        """Return the last runs, newest first."""
        rows = self._db.execute(
            "SELECT * FROM run ORDER BY started_at DESC, rowid DESC LIMIT ?", (limit,)
        )
        return tuple(map(_run, rows))

    def older(self, run_id: str, limit: int, *, is_included: bool) -> tuple[Run, ...]:
        """Return runs that began before another, newest first; ids begin with their time."""
        compared = "<=" if is_included else "<"
        rows = self._db.execute(
            f"SELECT * FROM run WHERE id {compared} ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - a sign
            (run_id, limit),
        )
        return tuple(map(_run, rows))

    def open_warc(self, warc: WarcFile) -> None:
        """Note a WARC that begins with what is being committed."""
        self._db.execute(
            "INSERT INTO warc VALUES (?, ?, ?, ?, NULL)",
            (warc.filename, warc.run_id, to_micros(warc.opened_at), warc.committed_length),
        )

    def commit_warc(self, filename: str, length: int) -> None:
        """Note how far a WARC is committed."""
        self._db.execute(
            "UPDATE warc SET committed_length = ? WHERE filename = ?", (length, filename)
        )

    def seal_warc(self, filename: str, at: datetime) -> None:
        """Note that a WARC is finished."""
        self._db.execute(
            "UPDATE warc SET sealed_at = ? WHERE filename = ?", (to_micros(at), filename)
        )

    def warcs(self) -> tuple[WarcFile, ...]:
        """Return all WARCs, in the order of their names."""
        rows = self._db.execute("SELECT * FROM warc ORDER BY filename")
        return tuple(
            WarcFile(
                filename=row["filename"],
                run_id=row["run_id"],
                opened_at=from_micros(row["opened_at"]),
                committed_length=row["committed_length"],
                is_sealed=row["sealed_at"] is not None,
            )
            for row in rows
        )

    def keep_robots(self, answer: RobotsAnswer) -> None:
        """Keep an origin's newest answer."""
        self._db.execute(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)",
            (answer.origin, to_micros(answer.fetched_at), answer.status, answer.body),
        )

    def robots(self, origin: str, *, now: datetime, keep_for: timedelta) -> RobotsAnswer | None:
        """Return an origin's answer while it is young enough to be used (RFC 9309 section 2.4).

        One of a moment to come is not: the clock was set back, and it would be used until then.
        """
        row = self._db.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None or abs(now - from_micros(row["fetched_at"])) >= keep_for:
            return None
        return RobotsAnswer(
            origin=origin,
            fetched_at=from_micros(row["fetched_at"]),
            status=row["status"],
            body=row["body"],
        )


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        plan=row["plan"],
        started_at=from_micros(row["started_at"]),
        ended_at=None if row["ended_at"] is None else from_micros(row["ended_at"]),
        outcome=row["outcome"],
    )
