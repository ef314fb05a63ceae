"""A store can be read as it was: at a snapshot, or at a moment, to the part."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import open_store
from archive.dataset.compaction import KEPT_FOR, compact
from archive.errors import ConfigError, CorruptArchiveError, LossError, StoreError
from archive.layout import Layout
from archive.store import Store, open_for_writing
from tests.dataset.small_parts import JULY, JUNE, add_part, at_once, begin_run

Make = Callable[..., Any]
LATER = JULY + timedelta(hours=1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of one row a June day, compacted in July; then one row more."""
    from tests.dataset.conftest import make_article  # noqa: PLC0415 - a fixture's own records

    root: Path = tmp_path_factory.mktemp("moment") / "store"
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        for day in range(4):
            at = JUNE + timedelta(days=day, hours=12)
            add_part(store, "articles", [make_article(day)], part_id=f"{day}", at=at)
    with open_for_writing(root, now=JULY) as store:
        compact(store, pause=at_once, now=JULY)
        add_part(store, "articles", [make_article(9)], part_id="9", month=JULY, at=LATER)
    return root


MOMENTS = {
    "first_snapshot": (1, 4),
    "second_snapshot": (2, 5),
    "number_as_text": ("1", 4),
    "day_is_its_end": ("2026-06-02", 2),
    "date": (date(2026, 6, 1), 1),
    "before_noon": ("2026-06-02T11:59", 1),
    "with_a_zone": ("2026-06-02T14:00+02:00", 2),
    "moment": (datetime(2026, 6, 3, 12, tzinfo=UTC), 3),
    "compacted": (JULY, 4),
    "after_it": (LATER, 5),
    "years_later": ("2031-01-01", 5),
}


@pytest.mark.parametrize(("at", "rows"), MOMENTS.values(), ids=MOMENTS.keys())
def test_a_moment_has_the_rows_that_were_published_until_then(
    root: Path, at: Any, rows: int
) -> None:
    store = open_store(root, at=at)

    assert store.articles.to_arrow(["url"]).num_rows == rows
    assert store.sql("SELECT count(*) AS n FROM articles").to_pylist() == [{"n": rows}]
    assert store.captures.to_arrow().num_rows == 0


REFUSED = {
    "no_such_snapshot": (7, "keeps no snapshot 7: it has 1, 2"),
    "too_early": ("2026-05-31", "keeps nothing of 2026-05-31 23:59 UTC"),
    "no_moment": ("yesterday", "'yesterday' is no moment"),
}


@pytest.mark.parametrize(("at", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_kept_is_refused(root: Path, at: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        open_store(root, at=at)


def test_a_store_of_before_snapshots_has_no_past(layout: Layout) -> None:
    with pytest.raises(Exception, match="there is no store"):
        open_store(layout.root, at=1)


@contextmanager
def two_parts(root: Path, record: Make) -> Iterator[Store]:
    """Hold a new store that has two parts of articles in June."""
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        for serial in "12":
            add_part(store, "articles", [record("articles")], part_id=serial)
        yield store


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path, record: Make) -> None:
    root = tmp_path / "store"
    with two_parts(root, record) as store:
        compact(store, pause=at_once, now=JULY)
    Layout(root).manifest(1).write_bytes(b"{")

    with pytest.raises(CorruptArchiveError, match=r"manifest\.json"):
        open_store(root, at=1)


def test_a_snapshot_that_expired_is_told_so(tmp_path: Path, record: Make) -> None:
    root = tmp_path / "store"
    with two_parts(root, record) as store:
        compact(store, pause=at_once, now=JULY)
        compact(store, pause=at_once, now=JULY + KEPT_FOR)

    with pytest.raises(ConfigError, match="oldest snapshot is of 2026-07-05"):
        open_store(root, at="2026-06-02")


def test_a_copy_that_followed_the_links_is_put_right(tmp_path: Path, record: Make) -> None:
    begin_run(tmp_path / "store")
    with open_for_writing(tmp_path / "store", now=JUNE) as store:
        add_part(store, "articles", [record("articles")], part_id="1")
    copied = Path(shutil.copytree(tmp_path / "store", tmp_path / "copied", symlinks=False))

    with open_for_writing(copied, now=JULY) as store:
        assert store.healing.parts == ()

    assert (copied / "articles").is_symlink()
    assert open_store(copied).articles.to_arrow().num_rows == 1


def test_a_folder_that_is_another_than_its_snapshot_is_refused(
    tmp_path: Path, record: Make
) -> None:
    begin_run(tmp_path)
    with open_for_writing(tmp_path, now=JUNE) as store:
        add_part(store, "articles", [record("articles")], part_id="1")
    (tmp_path / "articles").unlink()
    (tmp_path / "articles").mkdir()

    with pytest.raises(StoreError, match="move one away"), open_for_writing(tmp_path, now=JULY):
        pass


def test_a_journal_that_is_older_than_the_datasets_is_refused(tmp_path: Path, record: Make) -> None:
    root = tmp_path / "store"
    with two_parts(root, record) as store:
        store.journal.query("PRAGMA wal_checkpoint(TRUNCATE)")
        older = (root / "journal.db").read_bytes()
        compact(store, pause=at_once, now=JULY)
    (root / "journal.db").write_bytes(older)
    before = sorted((root / "snapshots").rglob("*.parquet"))

    with pytest.raises(LossError, match="knows snapshot 1, they are at 2"):
        heal(root)

    assert sorted((root / "snapshots").rglob("*.parquet")) == before


def test_a_journal_that_knows_no_snapshots_takes_those_that_readers_are_led_to(
    tmp_path: Path, record: Make
) -> None:
    begin_run(tmp_path)
    with open_for_writing(tmp_path, now=JUNE) as store:
        add_part(store, "articles", [record("articles")], part_id="1")
        with store.journal.transaction():
            store.journal.query("DELETE FROM snapshot")

    heal(tmp_path)

    assert open_store(tmp_path, at=1).articles.to_arrow().num_rows == 1


def heal(root: Path) -> None:
    with open_for_writing(root, now=JULY):
        pass


def test_folders_of_before_snapshots_are_taken_over_as_they_are(
    tmp_path: Path, record: Make
) -> None:
    root = tmp_path / "store"
    begin_run(root)
    with open_for_writing(root, now=JUNE) as store:
        add_part(store, "articles", [record("articles")], part_id="1")
    for name in ("articles", "captures", "coverage"):
        (root / name).unlink()
        (root / "snapshots/000001" / name).rename(root / name)

    with open_for_writing(root, now=JULY) as store:
        assert store.healing.parts == ()

    assert (root / "articles").is_symlink()
    assert open_store(root).articles.to_arrow().num_rows == 1
