"""What an earlier Newsreel wrote is read, verified and gone on with by this one.

`stores/format-1` was made by the code before snapshots: two runs over an invented site. A schema
may change in one way: a column is added, and it may be null.
"""

import dataclasses
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from archive import open_store
from archive.article import Article
from archive.columns import column, columns_of
from archive.dataset.compaction import compact
from archive.dataset.merge import merge_parts
from archive.dataset.scan import DatasetReader
from archive.dataset.schema import DATASETS, arrow_schema
from archive.journal.journal import FORMAT
from archive.layout import Layout
from archive.store import open_for_writing
from archive.verify.store import verify
from tests.dataset.small_parts import at_once

Monkey = pytest.MonkeyPatch
OLD = Path(__file__).parent / "stores" / "format-1"
LATER = datetime(2026, 8, 1, tzinfo=UTC)
ROWS = {"articles": 3, "captures": 13, "coverage": 13}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a copy of the store, to be written to."""
    return Path(shutil.copytree(OLD, tmp_path / "store"))


def rows_of(root: Path) -> dict[str, int]:
    store = open_store(root)
    return {name: getattr(store, name).to_arrow().num_rows for name in DATASETS}


def test_an_old_store_is_read_as_it_is(old: Path) -> None:
    store = open_store(old)
    rows = store.articles.to_arrow().to_pylist()

    assert rows_of(old) == ROWS
    assert all(store.record(row).startswith(b"HTTP/1.1 200") for row in rows)
    assert store.sql("SELECT max(version) AS newest FROM article_versions").to_pylist()


def test_an_old_store_is_sound(old: Path) -> None:
    assert verify(old).problems == ()


def test_an_old_store_is_taken_over_and_compacted(old: Path) -> None:
    with open_for_writing(old, now=LATER) as store:
        assert store.healing.parts == ()
        compact(store, pause=at_once, now=LATER)

    assert rows_of(old) == ROWS
    assert rows_of_snapshot(old) == ROWS["articles"]
    assert verify(old).problems == ()
    with closing(sqlite3.connect(old / "journal.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (FORMAT,)


def rows_of_snapshot(root: Path) -> int:
    with open_for_writing(root, now=LATER + timedelta(days=1)) as store:
        first = store.journal.snapshots.all()[0].number
    return open_store(root, at=first).articles.to_arrow().num_rows


def test_plain_readers_read_old_and_new_parts_together(old: Path) -> None:
    with open_for_writing(old, now=LATER) as store:
        compact(store, pause=at_once, now=LATER)
    old_part = next((OLD / "articles").rglob("*.parquet"))
    shutil.copy(old_part, next((old / "articles").glob("site=*/month=*")) / "part-old.parquet")

    assert len(pd.read_parquet(old / "articles")) > ROWS["articles"]


def test_anybodys_duckdb_has_the_views_of_a_store(old: Path, monkeypatch: Monkey) -> None:
    with open_for_writing(old, now=LATER):
        pass
    monkeypatch.chdir(old)

    with duckdb.connect() as connection:
        connection.execute((old / "views.sql").read_text("utf-8"))
        counts = connection.sql(
            "SELECT (SELECT count(*) FROM articles_latest), (SELECT count(*) FROM coverage), "
            "(SELECT any_value(month) FROM captures)"
        ).fetchall()

    latest = open_store(old).sql("SELECT count(*) AS n FROM articles_latest").to_pylist()[0]["n"]
    assert counts == [(latest, ROWS["coverage"], "2026-05")]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NextArticle(Article):
    """An article as a later version may describe it: one column more."""

    mood: str | None = column("How it sounds; null when nobody could tell.", example="calm")


NEXT = dataclasses.replace(DATASETS["articles"], record_type=NextArticle)


def test_a_column_that_is_added_reads_as_null_in_old_parts(old: Path) -> None:
    table = DatasetReader(Layout(old), NEXT).to_arrow()

    assert table["mood"].to_pylist() == [None] * ROWS["articles"]
    assert table.column_names[:-3] == list(columns_of(Article))


def test_old_parts_are_compacted_into_parts_with_the_added_column(
    old: Path, tmp_path: Path
) -> None:
    parts = sorted((old / "articles").rglob("*.parquet"))

    merge_parts(parts, NEXT, tmp_path / "one", footer={}, scratch=lambda name: tmp_path / name)

    file = pq.ParquetFile(tmp_path / "one")
    assert file.schema_arrow.equals(arrow_schema(NextArticle))
    assert file.read(["mood"])["mood"].to_pylist() == [None] * ROWS["articles"]


def test_the_columns_of_the_old_store_are_all_still_there() -> None:
    for name, dataset in DATASETS.items():
        part = next((OLD / name).rglob("*.parquet"))
        old = pq.ParquetFile(part).schema_arrow
        kept = [field for field in dataset.schema if field.name in old.names]
        assert [field.name for field in kept] == old.names
        assert all(field.equals(old.field(field.name)) for field in kept)
