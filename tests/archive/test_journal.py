"""The journal's file: it is made, recognised or refused, and a transaction is whole or nothing."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.errors import (
    CaptureError,
    DiskFullError,
    JournalError,
    NoStoreError,
    StoreError,
    StoreFormatError,
)
from archive.journal.addresses import Advertised
from archive.journal.journal import FORMAT, Journal
from tests.archive.store_samples import NOON, RUN, advertised, begin


@contextmanager
def other_program(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as any program can."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        yield db


@pytest.fixture
def path(root: Path) -> Path:
    root.mkdir()
    return root / "journal.db"


def test_a_journal_opens_empty_where_there_was_none(path: Path) -> None:
    journal = Journal.open(path)

    assert journal.runs.newest() == ()
    assert journal.captures.unread(after=0, limit=9) == ()
    assert journal.problems() == ()
    journal.close()


def test_what_is_committed_is_there_when_it_is_opened_again(path: Path) -> None:
    first = Journal.open(path)
    begin(first)
    first.close()

    again = Journal.open(path)

    assert [run.id for run in again.runs.newest()] == [RUN]
    again.close()


def test_a_commit_reaches_the_disk_before_it_is_reported(path: Path) -> None:
    journal = Journal.open(path)

    with other_program(path) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert journal._db.execute("PRAGMA synchronous").fetchone()[0] == 2  # noqa: SLF001 - nothing shows FULL from outside but a power cut
    journal.close()


def test_a_path_with_every_character_a_uri_minds_is_the_path_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "50% off? #1 & more" / "journal.db"

    Journal.open(path).close()

    assert path.is_file()
    assert [each.name for each in tmp_path.iterdir()] == ["50% off? #1 & more"]


def newer(path: Path) -> None:
    Journal.open(path).close()
    with other_program(path) as db:
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")


def no_database(path: Path) -> None:
    path.write_bytes(b"recipes\n" * 1000)


def another_programs(path: Path) -> None:
    with other_program(path) as db:
        db.execute("CREATE TABLE recipe (title TEXT)")


def another_programs_version_one(path: Path) -> None:
    with other_program(path) as db:
        db.execute("PRAGMA user_version = 1")


def a_folder(path: Path) -> None:
    path.mkdir()


REFUSED = {
    "newer_format": (newer, StoreFormatError, "upgrade Newsreel"),
    "not_a_database": (no_database, JournalError, "file is not a database; `newsreel verify"),
    "another_programs": (another_programs, StoreError, "another program made it"),
    "another_version_1": (another_programs_version_one, StoreError, "another program made it"),
    "a_folder": (a_folder, StoreError, "cannot be opened"),
}


@pytest.mark.parametrize(("spoil", "error", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_journal_of_ours_is_refused_and_left_alone(
    path: Path, spoil: Callable[[Path], None], error: type[StoreError], says: str
) -> None:
    spoil(path)
    before = path.read_bytes() if path.is_file() else None

    with pytest.raises(error, match=says):
        Journal.open(path)

    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_journal_that_is_missing_cannot_be_read(path: Path) -> None:
    with pytest.raises(NoStoreError, match="there is no store at"):
        Journal.read(path)

    assert not path.exists()


def test_a_journal_that_never_began_cannot_be_read(path: Path) -> None:
    path.touch()

    with pytest.raises(StoreError, match="never began"):
        Journal.read(path)


def test_a_reader_sees_what_is_committed_and_nothing_else(path: Path) -> None:
    writer = Journal.open(path)
    reader = Journal.read(path)

    with writer.transaction():
        writer.addresses.advertise(RUN, [advertised("https://x.example/1")], now=NOON)
        seen_before = reader.addresses.find("https://x.example/1")
    seen_after = reader.addresses.find("https://x.example/1")

    assert seen_before is None
    assert seen_after is not None
    reader.close()
    writer.close()


def test_a_journal_that_nothing_can_be_put_beside_is_read(path: Path) -> None:
    with closing(Journal.open(path)) as journal:
        begin(journal, RUN)
    # Where SQLite would make what readers share: as on a disk that is mounted to be read only.
    path.with_name(f"{path.name}-shm").mkdir()

    with closing(Journal.read(path)) as reader:
        assert [run.id for run in reader.runs.newest()] == [RUN]


def test_a_reader_cannot_write(path: Path) -> None:
    Journal.open(path).close()
    reader = Journal.read(path)

    with pytest.raises(CaptureError, match="readonly"), reader.transaction():
        reader.addresses.advertise(RUN, [advertised("https://x.example/1")], now=NOON)

    reader.close()


def test_a_transaction_that_fails_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError):
        advertise_and_fail(journal, "https://x.example/1")

    assert journal.addresses.find("https://x.example/1") is None


def advertise_and_fail(journal: Journal, url: str) -> None:
    with journal.transaction():
        journal.addresses.advertise(RUN, [advertised(url)], now=NOON)
        _ = 1 // 0


def test_after_a_transaction_that_failed_the_next_one_is_whole(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), journal.transaction():
        _ = 1 // 0

    with journal.transaction():
        journal.addresses.advertise(RUN, [advertised("https://x.example/1")], now=NOON)

    assert journal.addresses.find("https://x.example/1") is not None


def test_what_the_tables_refuse_is_a_capture_error(journal: Journal) -> None:
    with pytest.raises(CaptureError, match="UNIQUE"), journal.transaction():
        journal._db.execute("INSERT INTO run SELECT * FROM run")  # noqa: SLF001 - no method lets this happen


def test_a_journal_that_another_process_locks_is_a_capture_error(
    journal: Journal, root: Path
) -> None:
    journal._db.execute("PRAGMA busy_timeout = 0")  # noqa: SLF001 - ten seconds are too long for a test

    with other_program(root / "journal.db") as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(CaptureError, match="locked"), journal.transaction():
            pass


def test_a_full_disk_takes_the_transaction_back_and_says_what_to_do(journal: Journal) -> None:
    db = journal._db  # noqa: SLF001 - SQLite can be told that the disk ends here
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    many = [advertised(f"https://x.example/{number}") for number in range(1000)]

    with pytest.raises(DiskFullError, match="make room and run the same command again"):
        advertise_all(journal, many)
    db.execute(f"PRAGMA max_page_count = {pages + 1000}")
    advertise_all(journal, many[:1])

    assert [run for run, _ in journal.addresses.counts(RUN)] == ["x"]
    assert journal.addresses.find(many[1].url) is None


def advertise_all(journal: Journal, items: list[Advertised]) -> None:
    with journal.transaction():
        journal.addresses.advertise(RUN, items, now=NOON)


def test_every_table_is_strict(journal: Journal) -> None:
    statements = journal._db.execute(  # noqa: SLF001 - the schema is not part of the interface
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
    ).fetchall()

    assert statements
    assert [name for name, sql in statements if "STRICT" not in sql] == []


NAMES = {
    "column": (b"started_at", b"startet_at"),
    "column_of_no_text": (b"started_at", b"started\xc4at"),
    "table": (b"TABLE run", b"TABLE rum"),
    "table_of_no_text": (b"TABLE run", b"TABLE r\xc4n"),
    "keyword_of_no_text": (b"CREATE TABLE run", b"CREATE T\xc4BLE run"),
}


@pytest.mark.parametrize(("name", "damaged"), NAMES.values(), ids=NAMES.keys())
def test_a_journal_whose_names_are_damaged_is_told_what_to_do(
    path: Path, name: bytes, damaged: bytes
) -> None:
    Journal.open(path).close()
    path.write_bytes(path.read_bytes().replace(name, damaged))

    with pytest.raises(JournalError), closing(Journal.read(path)) as journal:
        journal.query("SELECT started_at FROM run")


@pytest.mark.parametrize("opened", [Journal.read, Journal.open], ids=["to_read", "to_write"])
def test_a_name_that_only_whole_rows_would_miss_is_told_what_to_do(
    path: Path, opened: Callable[[Path], Journal]
) -> None:
    Journal.open(path).close()
    found = path.read_bytes()
    for column in (b"outcome", b"sealed_at", b"schema_version", b"opened_at"):
        path.write_bytes(found.replace(b"    %s " % column, b"    %sX " % column[:-1]))

        with pytest.raises(JournalError, match=rf"no such column: \w+\.{column.decode()};"):
            opened(path).close()


def test_a_journal_whose_pages_are_damaged_is_told_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal.open(path).close()
    with path.open("r+b") as file:
        file.seek(100)  # behind the header, where the schema is
        file.write(b"\xff" * 900)

    with pytest.raises(JournalError, match=r"is damaged: .*verify --repair"):
        Journal.open(path)
