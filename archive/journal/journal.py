"""Opening the journal, its transactions, and one object a table."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from archive.capture import Capture
from archive.errors import (
    CaptureError,
    DiskFullError,
    JournalError,
    LossError,
    NoStoreError,
    StoreError,
    StoreFormatError,
)
from archive.fault import fault
from archive.journal.addresses import Addresses
from archive.journal.alarms import Alarms
from archive.journal.captures import Captures
from archive.journal.connection import connect
from archive.journal.holds import Holds
from archive.journal.looks import Looks
from archive.journal.parts import Parts
from archive.journal.runs import Runs
from archive.journal.snapshots import Snapshots
from archive.journal.withdrawing import Withdrawing
from archive.layout import Layout
from archive.rendering import CONVERSION

FORMAT: Final = 5
"""PRAGMA user_version of the stores this Newsreel writes."""

_TABLES: Final = ("schema.sql", "snapshots.sql", "schedule.sql", "asked.sql", "advertised.sql")
"""What each format added: format 1 is the first, FORMAT is all of them."""
_WRITER_CACHE_KIB: Final = 8 * 1024
"""As fast among a million addresses as 32 MB, which a crawl of 50,000 pages would have filled."""
_LOG_PAGES: Final = 4_000
"""16 MB of the write-ahead log, before it is folded back into the journal."""
_APPLICATION_ID: Final = 0x4E52454C  # "NREL", so that `file` and a wrong path are told apart


def require_journal(layout: Layout) -> None:
    """Refuse what is no store, and a store that has lost its journal.

    Raises NoStoreError for the one and LossError for the other.
    """
    if layout.journal.is_file():
        return
    if layout.warcs.is_dir() and any(layout.warcs.iterdir()):
        raise LossError(
            f"{layout.journal} is gone, and WARCs are here: "
            f"`newsreel verify --repair --store {layout.root}` tells it again from them"
        )
    raise NoStoreError(layout.root)


def refuse_newer_format(layout: Layout) -> None:
    """Raise StoreFormatError for a newer Newsreel's store; one without a journal passes."""
    try:
        Journal.read(layout.journal).close()
    except StoreFormatError:
        raise
    except (StoreError, NoStoreError):
        return  # whatever else is wrong with it, the datasets are read without it


class Journal:
    """A connection to the journal: one writer, any number of readers beside it (SQLite WAL)."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.addresses = Addresses(db)
        self.alarms = Alarms(db)
        self.captures = Captures(db)
        self.holds = Holds(db)
        self.looks = Looks(db)
        self.parts = Parts(db)
        self.runs = Runs(db)
        self.snapshots = Snapshots(db)
        self.withdrawing = Withdrawing(db)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make the journal for writing.

        One of an older format gets the tables that came later; nothing it holds changes. Raises
        StoreFormatError for a newer store, StoreError for a file that is no journal.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        db = connect(path, "rwc")
        journal = cls(db)
        with _closed_on_error(db):
            found = _format_of(db, path)
            _refuse_lost_names(db, path, found)
            _make_lasting(db)
            if found < FORMAT:
                with journal.transaction():
                    _make_tables(db, found)
        return journal

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open the journal for reading, beside a writer; raises as `require_journal` does."""
        require_journal(Layout(path.parent))
        try:
            db = connect(path, "ro")
        except StoreError:
            # A reader makes the file beside the journal that readers share (SQLite, "Read-Only WAL
            # Databases"). Where it may not, and no log is left, nobody writes: the file is all.
            if path.with_name(f"{path.name}-wal").exists():
                raise
            db = connect(path, "ro&immutable=1")
        with _closed_on_error(db):
            found = _format_of(db, path)
            if found == 0:
                raise StoreError(f"{path} is empty: the crawl that made it never began")
            _refuse_lost_names(db, path, found)
        return cls(db)

    def enter(
        self, capture: Capture, *, address_id: int, referred_id: int | None, site: str
    ) -> None:
        """Note a capture, unread, and that its address was asked for.

        A conversion is read in the place of what it was made from; nothing was asked for it.
        """
        capture_id = self.captures.add(
            capture, address_id=address_id, payload_id=referred_id, site=site
        )
        if capture.record_type == CONVERSION:
            self.captures.mark_read(str(capture.refers_to))
            self.addresses.mark_rendered(address_id, capture_id)
        else:
            self.addresses.mark_fetched(address_id, capture_id)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run statements as one: all of them are committed, or none.

        Raises DiskFullError when there is no room and CaptureError for all else that SQLite
        refuses, after taking everything back.
        """
        try:
            with ExitStack() as undo:
                undo.callback(self._take_back)
                self._db.execute("BEGIN IMMEDIATE")
                fault("journal.begun")
                yield
                fault("journal.commit")
                self._db.execute("COMMIT")
                fault("journal.committed")
                undo.pop_all()
        except sqlite3.DatabaseError as error:
            raise _disk_error(error) from error

    def _take_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Let all that is asked in the block see one moment, whatever is committed meanwhile."""
        self._db.execute("BEGIN")
        try:
            # A deferred transaction begins with its first read (SQLite, "Isolation In SQLite").
            self._db.execute("SELECT 1 FROM run LIMIT 1").fetchone()
            yield self._db
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def query(self, statement: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows of a question that belongs to no single table."""
        return self._db.execute(statement, values).fetchall()

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite's own integrity check finds wrong; empty when the file is sound."""
        found = [row[0] for row in self._db.execute("PRAGMA integrity_check")]
        return () if found == ["ok"] else tuple(found)

    def close(self) -> None:
        """Give the file back; everything committed is on disk already."""
        self._db.close()


@contextmanager
def _closed_on_error(db: sqlite3.Connection) -> Iterator[None]:
    with ExitStack() as undo:
        undo.callback(db.close)
        yield
        undo.pop_all()


def _format_of(db: sqlite3.Connection, path: Path) -> int:
    """Return the format of the tables in a journal; 0 when it has none yet."""
    found: int = db.execute("PRAGMA user_version").fetchone()[0]
    application: int = db.execute("PRAGMA application_id").fetchone()[0]
    has_tables = db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
    if application != _APPLICATION_ID and (found or has_tables):
        raise StoreError(f"{path} is not a Newsreel journal: another program made it")
    if found > FORMAT:
        raise StoreFormatError(
            f"{path.parent} was written by a newer Newsreel (store format {found}, this one knows "
            f"{FORMAT}); upgrade Newsreel to use it"
        )
    return found


def _refuse_lost_names(db: sqlite3.Connection, path: Path, found: int) -> None:
    """Raise JournalError when a column is not there by its name.

    SQLite reads a damaged name as another name: a question that takes whole rows would be answered,
    without the column.
    """
    if lost := _names_of_format(found) - _names(db):
        table, column = min(lost)
        raise JournalError(path, f"no such column: {table}.{column}")


def _names(db: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """Return every table with each of its columns."""
    found = db.execute(
        "SELECT s.name, c.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c "
        "WHERE s.type = 'table'"
    )
    return frozenset(map(tuple, found))


@cache
def _names_of_format(found: int) -> frozenset[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        for name in _TABLES[:found]:
            for statement in _statements(name):
                db.execute(statement)
        return _names(db)


def _make_lasting(db: sqlite3.Connection) -> None:
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit that was reported has reached the disk, also when the power goes.
        db.execute("PRAGMA synchronous = FULL")
        # Addresses come in no order: with SQLite's own 2 MB, a batch of them among a million spills
        # its pages and reads them again, and the log is folded back with every batch.
        db.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    except sqlite3.OperationalError as error:
        raise _disk_error(error) from error


def _make_tables(db: sqlite3.Connection, found: int) -> None:
    for name in _TABLES[found:]:
        for statement in _statements(name):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {FORMAT}")


def _statements(name: str) -> Iterator[str]:
    """Yield the statements of one format's tables."""
    pending = ""
    for line in files("archive.journal").joinpath(name).read_text("utf-8").splitlines():
        pending += line + "\n"
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _disk_error(error: sqlite3.DatabaseError) -> CaptureError:
    # Python's own complaints carry no code of SQLite's.
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DiskFullError(
            "the disk is full: nothing committed is lost; make room and run the same command again"
        )
    return CaptureError(f"the journal cannot be written: {error}")
