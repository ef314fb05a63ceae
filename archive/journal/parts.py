"""Published parts, and the versions of articles whose rows they hold."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from archive.instant import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPart:
    """A Parquet file that belongs to a dataset; one that the journal does not name is no part."""

    dataset: str
    path: str
    """Relative to the store's root."""
    rows: int
    size_bytes: int
    sha256: str
    schema_version: int
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article, by the digest of its content."""

    article_id: str
    number: int
    digest: str


class Parts:
    """The tables part and version."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, part: PublishedPart, *, at: datetime) -> int:
        """Name a part whose file is in place; return its id."""
        cursor = self._db.execute(
            "INSERT INTO part (dataset, path, rows, bytes, sha256, schema_version, run_id, "
            "published_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                part.dataset,
                part.path,
                part.rows,
                part.size_bytes,
                part.sha256,
                part.schema_version,
                part.run_id,
                to_micros(at),
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def all(self) -> tuple[PublishedPart, ...]:
        """Return every part, in the order of publication."""
        rows = self._db.execute("SELECT * FROM part ORDER BY id")
        return tuple(
            PublishedPart(
                dataset=row["dataset"],
                path=row["path"],
                rows=row["rows"],
                size_bytes=row["bytes"],
                sha256=row["sha256"],
                schema_version=row["schema_version"],
                run_id=row["run_id"],
            )
            for row in rows
        )

    def rows_of(self, dataset: str) -> int:
        """Return how many rows a dataset's parts hold."""
        row = self._db.execute(
            "SELECT coalesce(sum(rows), 0) FROM part WHERE dataset = ?", (dataset,)
        ).fetchone()
        total: int = row[0]
        return total

    def has_coverage(self, run_id: str) -> bool:
        """Whether a run's ledger is published."""
        row = self._db.execute(
            "SELECT 1 FROM part WHERE dataset = 'coverage' AND run_id = ? LIMIT 1", (run_id,)
        ).fetchone()
        return row is not None

    def add_version(self, version: Version, *, capture_id: int, part_id: int) -> None:
        """Note which part holds a version's row."""
        self._db.execute(
            "INSERT INTO version VALUES (?, ?, ?, ?, ?)",
            (version.article_id, version.number, version.digest, capture_id, part_id),
        )

    def redigest(self, version: Version) -> None:
        """Note that a version's content is read differently now."""
        self._db.execute(
            "UPDATE version SET version_digest = ? WHERE article_id = ? AND version = ?",
            (version.digest, version.article_id, version.number),
        )

    def id_of(self, path: str) -> int:
        """Return the id of a part that is named."""
        row = self._db.execute("SELECT id FROM part WHERE path = ?", (path,)).fetchone()
        identifier: int = row[0]
        return identifier

    def newest_version(self, article_id: str) -> Version | None:
        """Return an article's newest published version; None when it has none."""
        row = self._db.execute(
            "SELECT * FROM version WHERE article_id = ? ORDER BY version DESC LIMIT 1",
            (article_id,),
        ).fetchone()
        if row is None:
            return None
        return Version(
            article_id=row["article_id"], number=row["version"], digest=row["version_digest"]
        )
