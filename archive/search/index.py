"""`index/search.db`: opened, brought up to date with the parts, and made anew when it is no use.

The parts say everything that is in here. A part is read once; a compaction, which gives the same
rows another name, changes the name alone. Whatever else takes a part away makes all of it anew.
"""

import atexit
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Final

from archive.dataset.picked import part_rows
from archive.errors import CorruptArchiveError
from archive.journal.journal import Journal
from archive.journal.snapshots import Snapshot
from archive.layout import Layout
from archive.search.entries import COLUMNS, Entries
from archive.snapshots import part_file

logger = logging.getLogger(__name__)

FORMAT: Final = 2
"""PRAGMA user_version; an index of another format is made anew."""
_AT_ONCE: Final = 2_000
"""Rows that one transaction takes at the least: a small part is not worth a commit of its own."""
_COMPACTED: Final = "part-snapshot-"
_TABLES: Final = (
    *("part", "article", "last_word", "retitled", "published", "filled", "lag", "fetched"),
    *("run_site", "fate", "ledger", "seen"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPart:
    """A part as the journal names it."""

    path: str
    dataset: str
    rows: int

    @property
    def partition(self) -> str:
        """Dataset, site and month, as a path."""
        return self.path.rpartition("/")[0]

    @property
    def site(self) -> str:
        """The site, out of the path."""
        return PurePosixPath(self.path).parts[1].removeprefix("site=")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The index of one store."""

    layout: Layout
    path: Path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open it for one question, or the few of one page, which all see one moment."""
        with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA query_only = on")
            db.execute("BEGIN")
            yield db

    def is_current(self) -> bool:
        """Whether every part that the journal names now is in here."""
        named, _ = _named(self.layout)
        with self.reading() as db:
            return set(named) == _indexed(db)

    def refresh(self, report: Callable[[int, int], None] = lambda _done, _all: None) -> None:
        """Take in what is new; `report` is told how many rows of how many are done.

        A part that is damaged is left out, and said so in the log: `newsreel verify` tells more.
        """
        named, current = _named(self.layout)
        with closing(_connect(self.path)) as db:
            if _follow(db, named):
                for batch in _batches(db, named, report):
                    with _transaction(db):
                        _fill(db, self.layout, current, batch)
                return
            # As one: whoever reads meanwhile finds what was there before, never half of it.
            with _transaction(db):
                _clear(db)
                for batch in _batches(db, named, report):
                    _fill(db, self.layout, current, batch)


def unlearn(layout: Layout) -> None:
    """Let an index that there is hold what the parts hold, and no word of what they held before.

    Deleted words may stay in a database's free pages: it is written anew.
    """
    if not layout.search.is_file():
        return
    try:
        SearchIndex(layout, layout.search).refresh()
        with closing(sqlite3.connect(layout.search, timeout=30, isolation_level=None)) as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:  # it is made of the parts, and can be made again
        logger.warning("index removed path=%s why=%s", layout.search, error)
        for each in layout.index.glob(f"{layout.search.name}*"):
            each.unlink()


def open_index(layout: Layout) -> SearchIndex:
    """Return the index of a store, made when there is none; in a temporary folder when it must.

    A store that may only be read has its index elsewhere, made anew by each who needs it.
    """
    try:
        layout.index.mkdir(parents=True, exist_ok=True)
        return SearchIndex(layout, _made(layout.search))
    except (OSError, sqlite3.OperationalError) as error:
        folder = tempfile.mkdtemp(prefix="newsreel-search-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        elsewhere = Path(folder) / layout.search.name
        logger.warning("index made elsewhere path=%s why=%s", elsewhere, error)
        return SearchIndex(layout, _made(elsewhere))


def _made(path: Path) -> Path:
    try:
        _connect(path).close()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # no database, or a damaged one
        logger.warning("index removed path=%s reason=damaged", path)
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink()
        _connect(path).close()
    return path


def _connect(path: Path) -> sqlite3.Connection:
    """Open the index for writing, with its tables."""
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name NOT LIKE '%\\_%' "
                "ESCAPE '\\' OR name IN ('run_site', 'last_word'))"
            ).fetchall():
                db.execute(f"DROP TABLE IF EXISTS {name}")
            for statement in _statements():
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("COMMIT")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _statements() -> Iterator[str]:
    pending = ""
    for line in (files("archive.search") / "schema.sql").read_text("utf-8").splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _named(layout: Layout) -> tuple[Mapping[str, NamedPart], Snapshot | None]:
    journal = Journal.read(layout.journal)
    try:
        with journal.snapshot():
            rows = journal.query("SELECT path, dataset, rows FROM part ORDER BY id")
            current = journal.snapshots.current()
    finally:
        journal.close()
    found = {
        row["path"]: NamedPart(path=row["path"], dataset=row["dataset"], rows=row["rows"])
        for row in rows
    }
    return found, current


def _indexed(db: sqlite3.Connection) -> set[str]:
    return {path for (path,) in db.execute("SELECT path FROM part")}


def _follow(db: sqlite3.Connection, named: Mapping[str, NamedPart]) -> bool:
    """Let go of names that are gone; return whether the rows that stay are what the parts hold."""
    with _transaction(db):
        known = {
            path: rows
            for path, rows in db.execute("SELECT path, rows FROM part")
            if path not in named
        }
        indexed = _indexed(db)
        come = [
            part
            for part in named.values()
            if PurePosixPath(part.path).name.startswith(_COMPACTED) and part.path not in indexed
        ]
        if known and _by_partition(known) != _by_partition({p.path: p.rows for p in come}):
            return False
        db.executemany("DELETE FROM part WHERE path = ?", [(path,) for path in known])
        if known:
            _name(db, come)
        return True


def _clear(db: sqlite3.Connection) -> None:
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of our own
    db.execute("INSERT INTO word (word) VALUES ('delete-all')")


def _by_partition(rows: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for path, count in rows.items():
        partition = path.rpartition("/")[0]
        found[partition] = found.get(partition, 0) + count
    return found


def _batches(
    db: sqlite3.Connection,
    named: Mapping[str, NamedPart],
    report: Callable[[int, int], None],
) -> Iterator[list[NamedPart]]:
    """Yield the parts that are not in here yet, enough at a time for a transaction."""
    known = _indexed(db)
    new = [part for path, part in named.items() if path not in known]
    done, total = 0, sum(part.rows for part in new)
    while new:
        batch: list[NamedPart] = []
        while new and sum(part.rows for part in batch) < _AT_ONCE:
            batch.append(new.pop(0))
        yield batch
        done += sum(part.rows for part in batch)
        report(done, total)


def _fill(
    db: sqlite3.Connection, layout: Layout, current: Snapshot | None, batch: list[NamedPart]
) -> None:
    known = _indexed(db)  # another process may have been faster
    entries = Entries(db)
    coming = [part for part in batch if part.path not in known]
    for part in coming:
        path = part_file(layout, current, part.path)
        try:
            for rows in part_rows(path, COLUMNS[part.dataset]):
                entries.add(part.dataset, part.site, rows)
        except CorruptArchiveError as error:
            logger.warning("part left out of the index path=%s why=%s", part.path, error)
    entries.write()
    _name(db, coming)


def _name(db: sqlite3.Connection, parts: list[NamedPart]) -> None:
    db.executemany(
        "INSERT INTO part VALUES (?, ?, ?)",
        [(part.path, part.dataset, part.rows) for part in parts],
    )


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
