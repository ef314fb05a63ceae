"""A part appears whole, says what it holds, and never changes."""

import hashlib
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from archive.dataset.schema import DATASETS
from archive.dataset.writer import DESCRIBED_ROWS, FEW_ROWS, Part
from archive.errors import ConfigError, RowError, StoreError
from archive.layout import Layout

Put = Callable[..., Part]
Make = Callable[..., Any]
EACH = pytest.mark.parametrize("dataset", DATASETS)


def files_below(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_part_is_what_it_is_said_to_be(layout: Layout, put: Put, record: Make) -> None:
    part = put("articles", [record("articles", 1), record("articles", 2)], part_id="run-1-00001")

    file = layout.root / part.path
    assert part.path == "articles/site=x/month=2026-06/part-run-1-00001.parquet"
    assert (part.rows, part.bytes) == (2, file.stat().st_size)
    assert part.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert files_below(layout.root) == [part.path]


@EACH
def test_rows_lie_in_the_order_of_the_index(
    layout: Layout, put: Put, record: Make, dataset: str
) -> None:
    early, late = datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC)
    shuffled = [record(dataset, 2), record(dataset, 1, fetch_time=late)]

    part = put(dataset, [*shuffled, record(dataset, 1, fetch_time=early)])

    columns = ["url_surtkey", "fetch_time"]
    rows = pq.ParquetFile(layout.root / part.path).read(columns).to_pylist()
    assert [tuple(row.values()) for row in rows[:2]] == [
        ("example,x)/story-1", early),
        ("example,x)/story-1", late),
    ]
    keys = pq.read_metadata(layout.root / part.path).row_group(0).sorting_columns
    indexes = [DATASETS[dataset].schema.get_field_index(name) for name in columns]
    assert [key.column_index for key in keys] == indexes


def test_the_footer_says_what_wrote_the_part(layout: Layout, put: Put, record: Make) -> None:
    articles = [record("articles", 1), record("articles", 2, extractor="newsreel/0.0.9")]

    part = put("articles", articles, run_id="run-7")

    footer = pq.read_metadata(layout.root / part.path).metadata or {}
    assert {key: text for key, text in footer.items() if key.startswith(b"newsreel.")} == {
        b"newsreel.schema_version": b"2",
        b"newsreel.dataset": b"articles",
        b"newsreel.extractor": b"newsreel/0.0.9, newsreel/0.1.0",
        b"newsreel.run_id": b"run-7",
    }


@EACH
def test_every_part_of_a_dataset_has_the_same_columns_with_arrows_schema_and_without(
    layout: Layout, put: Put, record: Make, dataset: str
) -> None:
    parts = [
        put(dataset, [], part_id="empty"),
        put(dataset, [record(dataset)], part_id="one", run_id="run-2"),
        put(dataset, [record(dataset)] * (DESCRIBED_ROWS - 1), site="y", run_id="run-3"),
        put(dataset, [record(dataset)] * DESCRIBED_ROWS, site="z", run_id="run-4"),
    ]

    files = [pq.ParquetFile(layout.root / part.path) for part in parts]
    carries = [b"ARROW:schema" in (file.metadata.metadata or {}) for file in files]
    assert carries == [False, False, False, True]
    assert all(file.schema_arrow.equals(DATASETS[dataset].schema) for file in files)


@EACH
def test_a_large_part_carries_the_descriptions(
    layout: Layout, put: Put, record: Make, dataset: str
) -> None:
    part = put(dataset, [record(dataset)] * DESCRIBED_ROWS)

    kept = pq.ParquetFile(layout.root / part.path).schema_arrow
    assert kept.equals(DATASETS[dataset].schema, check_metadata=True)
    described = kept.field("url").metadata or {}
    assert described[b"description"].startswith(b"The address")


def test_a_part_of_one_row_is_no_more_than_ten_kilobytes_larger_than_its_row(
    layout: Layout, put: Put, record: Make
) -> None:
    part = put("articles", [record("articles")])

    metadata = pq.read_metadata(layout.root / part.path)
    group = metadata.row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    assert part.bytes - sum(column.total_compressed_size for column in columns) < 10_000


@EACH
@pytest.mark.parametrize("rows", [FEW_ROWS - 1, FEW_ROWS])
def test_columns_are_kept_as_the_dataset_says(
    layout: Layout, put: Put, record: Make, dataset: str, rows: int
) -> None:
    part = put(dataset, [record(dataset, n) for n in range(rows)])

    columns = columns_of(layout.root / part.path)
    bloom = {c.path_in_schema for c in columns if c.bloom_filter_offset is not None}
    assert bloom == set(DATASETS[dataset].bloom)
    ranged = {c.path_in_schema for c in columns if c.is_stats_set}
    assert ranged == set(DATASETS[dataset].ranges)


@EACH
def test_a_part_of_few_rows_does_without_what_helps_only_large_ones(
    layout: Layout, put: Put, record: Make, dataset: str
) -> None:
    part = put(dataset, [record(dataset)] * (FEW_ROWS - 1))

    columns = columns_of(layout.root / part.path)
    assert not any(column.has_dictionary_page for column in columns)
    assert not any(column.has_offset_index or column.has_column_index for column in columns)
    compressed = {column.path_in_schema: column.compression for column in columns}
    bulky = DATASETS[dataset].bulky
    assert compressed == {
        name: "ZSTD" if name in bulky else "SNAPPY" for name in DATASETS[dataset].leaves
    }


@EACH
def test_a_part_of_many_rows_has_dictionaries_and_an_index(
    layout: Layout, put: Put, record: Make, dataset: str
) -> None:
    part = put(dataset, [record(dataset)] * FEW_ROWS)

    columns = columns_of(layout.root / part.path)
    found = {column.path_in_schema for column in columns if column.has_dictionary_page}
    assert found == set(DATASETS[dataset].dictionary)
    assert all(column.has_offset_index for column in columns)
    indexed = {column.path_in_schema for column in columns if column.has_column_index}
    assert indexed == set(DATASETS[dataset].ranges)
    assert {column.compression for column in columns} == {"ZSTD"}


def columns_of(path: Path) -> list[Any]:
    """Return what a part of one row group says of its columns."""
    group = pq.read_metadata(path).row_group(0)
    return [group.column(index) for index in range(group.num_columns)]


def test_the_same_part_again_is_one_part(layout: Layout, put: Put, record: Make) -> None:
    first = put("articles", [record("articles")])

    again = put("articles", [record("articles")])

    assert again == first
    assert files_below(layout.root) == [first.path]


def test_a_part_is_never_written_over(layout: Layout, put: Put, record: Make) -> None:
    first = put("articles", [record("articles", 1)])

    with pytest.raises(StoreError, match="other rows"):
        put("articles", [record("articles", 2)])

    kept = (layout.root / first.path).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == first.sha256
    assert files_below(layout.root) == [first.path]


def test_a_record_that_does_not_fit_leaves_nothing(layout: Layout, put: Put, record: Make) -> None:
    with pytest.raises(RowError):
        put("articles", [record("articles", headline=None)])

    assert files_below(layout.root) == []


@pytest.mark.parametrize("part_id", ["../part", "a/b", ""])
def test_a_part_cannot_leave_its_folder(layout: Layout, put: Put, part_id: str) -> None:
    with pytest.raises(ConfigError):
        put("articles", [], part_id=part_id)

    assert files_below(layout.root) == []


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let the system refuse to let any file of this process grow beyond some bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("size", [0, 1, 3_000, 6_000, 9_000])
def test_a_write_that_breaks_off_leaves_nothing(
    layout: Layout, put: Put, record: Make, size: int
) -> None:
    with no_file_beyond(size), pytest.raises(OSError, match="File too large"):
        put("articles", [record("articles")])

    assert files_below(layout.root) == []


def test_a_folder_that_cannot_be_made_leaves_nothing(
    layout: Layout, put: Put, record: Make
) -> None:
    layout.dataset("articles").mkdir()
    (layout.dataset("articles") / "site=x").write_bytes(b"")

    with pytest.raises(OSError, match="site=x"):
        put("articles", [record("articles")])

    assert files_below(layout.root) == ["articles/site=x"]
