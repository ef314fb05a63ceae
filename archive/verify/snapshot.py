"""The journal at one moment: what a verification compares with, whatever is committed meanwhile.

Notes of what was found go into temporary tables of the same connection. SQLite keeps them in a file
of its own in the temporary folder, about 300 bytes a record, so that memory does not grow.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from archive.address import identity_of
from archive.exchange import Location
from archive.instant import from_micros, to_micros
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.layout import Layout
from archive.noted import lost_records
from archive.snapshots import part_file
from archive.withdrawn import Withdrawals, withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The capture that a revisit stands for."""

    capture_id: int
    record_id: str
    url: str
    fetched_at: datetime
    record_type: str | None
    payload_digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the journal says of a capture's record."""

    capture_id: int
    url: str
    fetched_at: datetime
    status: int | None
    failure: str | None
    elapsed_ms: int
    waited_ms: int
    wait_reason: str | None
    media_type: str | None
    charset: str | None
    payload_digest: str | None
    payload_length: int | None
    truncated: str | None
    record_type: str | None
    location: Location | None
    """None for a capture without an answer."""
    target: Target | None
    """None for a response, and for a revisit whose target the journal does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A capture that brought no answer: only its request can be in a WARC."""

    capture_id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPart:
    """A part, with its number in the journal."""

    id: int
    published: PublishedPart
    captures: int
    """How many captures name it as the part that holds their row."""
    versions: int
    """How many versions name it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything committed at one moment."""

    layout: Layout
    journal: Journal
    db: sqlite3.Connection
    withdrawn: Withdrawals

    def ask(self, question: str, *values: object) -> Iterator[sqlite3.Row]:
        """Yield the rows of a question, one at a time."""
        return iter(self.db.execute(question, values))

    def note(self, statement: str, *values: object) -> bool:
        """Change the temporary tables; return whether a row was written."""
        return self.db.execute(statement, values).rowcount > 0

    def known(self, record_id: str) -> Known | None:
        """Return what the journal says of a record; None when it is no capture's."""
        row = self.db.execute(
            "SELECT c.*, p.record_id AS target_id, p.url AS target_url, p.fetched_at AS target_at, "
            "p.record_type AS target_type, p.payload_digest AS target_digest "
            "FROM capture c LEFT JOIN capture p ON p.id = c.payload_id WHERE c.record_id = ?",
            (record_id,),
        ).fetchone()
        return None if row is None else _known(row)

    def unanswered(self, moment: datetime) -> tuple[Unanswered, ...]:
        """Return the captures of a moment that brought no answer and stand for no request yet."""
        rows = self.db.execute(
            "SELECT id, url FROM unanswered WHERE fetched_at = ?", (to_micros(moment),)
        )
        return tuple(Unanswered(capture_id=row["id"], url=row["url"]) for row in rows)

    def is_lost(self, record_id: str | None) -> bool:
        """Whether a repair noted a record as gone."""
        return record_id is not None and record_id in lost_records(self.layout)

    def is_withdrawn(self, url: str | None) -> bool:
        """Whether an address was withdrawn from readers."""
        return url is not None and identity_of(url) in self.withdrawn

    def has_run(self, run_id: str) -> bool:
        """Whether the journal knows a run."""
        return self.db.execute("SELECT 1 FROM run WHERE id = ?", (run_id,)).fetchone() is not None

    def has_request(self, record_id: str) -> bool:
        """Whether a request record of this id was found."""
        row = self.db.execute(
            "SELECT 1 FROM found WHERE record_id = ? AND type = 'request'", (record_id,)
        ).fetchone()
        return row is not None

    def place(self, record_id: str) -> str:
        """Return where the first record of an id was found."""
        row = self.db.execute("SELECT * FROM found WHERE record_id = ?", (record_id,)).fetchone()
        return f"the record in {row['filename']} at byte {row['start']}"

    def parts(self) -> tuple[NamedPart, ...]:
        """Return every part, in the order of publication."""
        captures = dict(self.db.execute("SELECT part_id, count(*) FROM capture GROUP BY part_id"))
        versions = dict(self.db.execute("SELECT part_id, count(*) FROM version GROUP BY part_id"))
        ids = [row[0] for row in self.db.execute("SELECT id FROM part ORDER BY id")]
        return tuple(
            NamedPart(
                id=number,
                published=part,
                captures=captures.get(number, 0),
                versions=versions.get(number, 0),
            )
            for number, part in zip(ids, self.journal.parts.all(), strict=True)
        )

    def part_file(self, path: str) -> Path:
        """Return where a named part lies: a compaction that ends meanwhile moves the links on."""
        return part_file(self.layout, self.journal.snapshots.current(), path)

    def path_below(self, filename: str) -> str:
        """Return a WARC's path as problems give it."""
        return self.layout.warc(filename).relative_to(self.layout.root).as_posix()


@contextmanager
def taken(layout: Layout) -> Iterator[Snapshot]:
    """Open the journal for reading and hold on to this moment until the block ends.

    Raises StoreError when there is no journal. A crawl beside it goes on; its write-ahead log is
    not folded back into the journal before the block ends.
    """
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot() as db:
            for statement in statements_of("notes.sql"):
                db.execute(statement)
            yield Snapshot(layout, journal, db, withdrawals(layout))
    finally:
        journal.close()


def statements_of(name: str) -> Iterator[str]:
    """Yield the statements of an SQL file of this package.

    sqlite3's own executescript would end the transaction that holds the moment.
    """
    pending = ""
    for line in files("archive.verify").joinpath(name).read_text("utf-8").splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _known(row: sqlite3.Row) -> Known:
    location = target = None
    if row["warc_filename"] is not None:
        location = Location(
            warc_filename=row["warc_filename"], offset=row["warc_offset"], length=row["warc_length"]
        )
    if row["target_id"] is not None:
        target = Target(
            capture_id=row["payload_id"],
            record_id=row["target_id"],
            url=row["target_url"],
            fetched_at=from_micros(row["target_at"]),
            record_type=row["target_type"],
            payload_digest=row["target_digest"],
        )
    return Known(
        capture_id=row["id"],
        url=row["url"],
        fetched_at=from_micros(row["fetched_at"]),
        status=row["status"],
        failure=row["failure"],
        elapsed_ms=row["elapsed_ms"],
        waited_ms=row["waited_ms"],
        wait_reason=row["wait_reason"],
        media_type=row["media_type"],
        charset=row["charset"],
        payload_digest=row["payload_digest"],
        payload_length=row["payload_length"],
        truncated=row["truncated"],
        record_type=row["record_type"],
        location=location,
        target=target,
    )
