"""A store opens with one call, empty or growing, and tells damage from absence."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import open_store
from archive.dataset.scan import read_through
from archive.dataset.schema import DATASETS
from archive.dataset.writer import Part
from archive.errors import ConfigError, CorruptArchiveError, StoreError, StoreFormatError
from archive.journal.journal import FORMAT, Journal
from archive.layout import Layout

Put = Callable[..., Part]
Make = Callable[..., Any]


def test_opening_the_package_loads_no_arrow() -> None:
    heavy = "{'pyarrow', 'duckdb', 'pandas', 'polars'}"
    program = f"import archive, sys; sys.exit(bool({heavy} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_dataset_without_parts_is_an_empty_table(layout: Layout, dataset: str) -> None:
    table = getattr(open_store(layout.root), dataset).to_arrow()

    assert table.num_rows == 0
    assert table.schema.names == [*DATASETS[dataset].schema.names, "site", "month"]
    assert table.schema.field("url").type == pa.string()


def test_an_empty_table_has_the_schema_of_a_full_one(
    layout: Layout, put: Put, record: Make
) -> None:
    empty = open_store(layout.root).articles.to_arrow()
    put("articles", [record("articles")])

    full = open_store(layout.root).articles.to_arrow()

    assert full.schema.equals(empty.schema, check_metadata=True)


def test_rows_of_all_parts_come_with_their_partition(
    layout: Layout, put: Put, record: Make
) -> None:
    put("articles", [record("articles", 1)], site="2024")
    put("articles", [record("articles", 2)], site="x")

    store = open_store(str(layout.root))

    assert store.articles.to_arrow(["site", "month", "headline"]).to_pylist() == [
        {"site": "2024", "month": "2026-06", "headline": "Story 1"},
        {"site": "x", "month": "2026-06", "headline": "Story 2"},
    ]
    assert [file.parent.parent.name for file in store.articles.files()] == ["site=2024", "site=x"]


def test_a_site_that_looks_like_a_number_is_text(layout: Layout, put: Put, record: Make) -> None:
    put("captures", [record("captures")], site="2024")

    assert open_store(layout.root).captures.to_arrow(["site"])["site"].to_pylist() == ["2024"]


def test_every_call_sees_the_parts_of_its_moment(layout: Layout, put: Put, record: Make) -> None:
    captures = open_store(layout.root).captures
    pinned = captures.scan()

    put("captures", [record("captures")])

    assert pinned.count_rows() == 0
    assert captures.to_arrow().num_rows == 1


def test_polars_gets_the_rows(layout: Layout, put: Put, record: Make) -> None:
    put("articles", [record("articles")])

    frame = open_store(layout.root).articles.to_polars()

    assert frame["fetch_time"].dtype == pl.Datetime("us", "UTC")
    assert frame["authors"][0].to_list()[0]["name"] == "Ida Marsh"


def test_pandas_gets_the_rows_in_arrow_types(layout: Layout, put: Put, record: Make) -> None:
    put("articles", [record("articles")])

    frame = open_store(layout.root).articles.to_pandas()

    assert frame["fetch_time"].dtype == pd.ArrowDtype(pa.timestamp("us", tz="UTC"))
    assert frame["version"].dtype == pd.ArrowDtype(pa.int32())
    assert frame["images"][0][0]["credit"] == "Harbour Pictures"


def test_a_part_older_than_a_column_reads_as_null_there(
    layout: Layout, put: Put, record: Make
) -> None:
    put("captures", [record("captures", 1, page_kind="article")], part_id="new")
    old = layout.root / put("captures", [record("captures", 2)], part_id="old").path
    pq.write_table(pq.ParquetFile(old).read().drop_columns(["page_kind"]), old)

    captures = open_store(layout.root).captures

    assert captures.to_arrow(["page_kind"])["page_kind"].to_pylist() == ["article", None]


NO_STORE = {"missing": "no-such-folder", "file": "a-file", "other_folder": "a-folder"}


@pytest.mark.parametrize("name", NO_STORE.values(), ids=NO_STORE.keys())
def test_what_is_no_store_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").write_bytes(b"")

    with pytest.raises(ConfigError, match=name):
        open_store(tmp_path / name)


def test_a_column_that_does_not_exist_is_named(layout: Layout) -> None:
    with pytest.raises(ConfigError, match="articles has no column lede"):
        open_store(layout.root).articles.to_arrow(["url", "lede"])


def test_a_newer_newsreels_part_is_refused(layout: Layout, put: Put, record: Make) -> None:
    part = layout.root / put("captures", [record("captures")]).path
    newer = pq.ParquetFile(part).read().replace_schema_metadata({"newsreel.schema_version": "999"})
    pq.write_table(newer, part)

    with pytest.raises(StoreFormatError, match="schema 999"):
        open_store(layout.root).captures.to_arrow()


def test_a_newer_newsreels_store_is_refused(layout: Layout, put: Put, record: Make) -> None:
    put("captures", [record("captures")])
    Journal.open(layout.journal).close()
    with closing(sqlite3.connect(layout.journal)) as db:
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")

    with pytest.raises(StoreFormatError, match="upgrade Newsreel"):
        open_store(layout.root)


def test_a_store_is_read_without_its_journal(layout: Layout, put: Put, record: Make) -> None:
    put("captures", [record("captures")])
    layout.journal.write_bytes(b"no journal at all")

    assert open_store(layout.root).captures.to_arrow().num_rows == 1


def test_a_part_cut_off_at_any_byte_is_told_from_a_whole_one(
    tmp_path: Path, layout: Layout, put: Put, record: Make
) -> None:
    whole = (layout.root / put("coverage", [record("coverage")]).path).read_bytes()
    cut = tmp_path / "cut.parquet"
    # Every byte of the end, where the footer's length and magic are, and a grid over the rest.
    lengths = [*range(0, len(whole) - 64, 53), *range(len(whole) - 64, len(whole))]

    for length in lengths:
        cut.write_bytes(whole[:length])
        with pytest.raises(CorruptArchiveError, match=r"cut\.parquet"):
            read_through(cut)

    cut.write_bytes(whole)
    assert read_through(cut) == 1


def test_a_flipped_bit_in_a_pages_text_is_found(layout: Layout, put: Put, record: Make) -> None:
    capture = record("captures")
    part = layout.root / put("captures", [capture]).path
    whole = part.read_bytes()
    # The page ends with the address as it is: zstd cannot make it shorter.
    text = page_of(part, "url")[-len(capture.url) :]
    assert whole[text.start : text.stop] == capture.url.encode()

    for position in text:
        part.write_bytes(with_a_bit_flipped(whole, position))
        with pytest.raises(CorruptArchiveError, match="checksum"):
            open_store(layout.root).captures.to_arrow(["url"])


def test_a_page_that_is_passed_over_is_missed(layout: Layout, put: Put, record: Make) -> None:
    part = layout.root / put("captures", [record("captures")]).path
    whole = part.read_bytes()
    (kind_of_page,) = [
        position
        for position in page_of(part, "url_surtkey")[:2]
        if whole[position] == 0  # DATA_PAGE; readers skip the kinds they do not know
    ]
    part.write_bytes(whole[:kind_of_page] + b"\x0c" + whole[kind_of_page + 1 :])

    with pytest.raises(CorruptArchiveError):
        read_through(part)


def test_a_damaged_part_is_named_among_sound_ones(layout: Layout, put: Put, record: Make) -> None:
    put("articles", [record("articles", 1)], part_id="sound")
    part = layout.root / put("articles", [record("articles", 2)], part_id="rotten").path
    part.write_bytes(with_a_bit_flipped(part.read_bytes(), page_of(part, "headline")[-1]))

    with pytest.raises(CorruptArchiveError, match=r"part-rotten\.parquet"):
        open_store(layout.root).articles.to_arrow()


def test_parts_that_are_whole_again_ask_for_another_try(layout: Layout) -> None:
    failure = open_store(layout.root).articles.damage()

    assert isinstance(failure, StoreError)
    assert "read again" in str(failure)


def test_an_analysts_library_that_is_missing_is_named(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)

    with pytest.raises(ConfigError, match=r"needs polars: .*\[analysis\]"):
        open_store(layout.root).articles.to_polars()


def page_of(part: Path, name: str) -> range:
    """Return where a column's one page lies, its header included."""
    group = pq.read_metadata(part).row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    (column,) = [column for column in columns if column.path_in_schema == name]
    return range(column.data_page_offset, column.data_page_offset + column.total_compressed_size)


def with_a_bit_flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
