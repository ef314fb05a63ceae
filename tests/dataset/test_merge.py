"""Parts become one file with all their rows in order, however little memory there is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.dataset.merge import DECODED_BYTES, merge_parts
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.writer import ROW_GROUP_ROWS, write_table
from archive.errors import CorruptArchiveError
from tests.dataset.small_parts import JUNE

Make = Callable[..., Any]
CAPTURES = DATASETS["captures"]
# Keys that tie, and parts that are empty.
PARTS = st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=6), max_size=40)


def written(folder: Path, record: Make, keys: list[list[tuple[int, int]]]) -> list[Path]:
    paths = []
    for serial, part in enumerate(keys):
        rows = [record("captures", n, fetch_time=JUNE + timedelta(days=day)) for n, day in part]
        paths.append(folder / f"{serial}.parquet")
        write_table(paths[-1], CAPTURES, to_table(CAPTURES.record_type, rows), {})
    return paths


@contextmanager
def scratch_below(folder: Path) -> Iterator[Callable[[str], Path]]:
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    yield lambda name: scratch / name
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("memory_bytes", [1, 3_000, DECODED_BYTES], ids=["runs", "groups", "whole"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(keys=PARTS)
def test_all_rows_come_out_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    record: Make,
    memory_bytes: int,
    keys: list[list[tuple[int, int]]],
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    parts = written(folder, record, keys or [[]])

    with scratch_below(folder) as scratch:
        rows = merge_parts(
            parts,
            CAPTURES,
            folder / "one",
            footer={},
            scratch=scratch,
            memory_bytes=memory_bytes,
        )

    found = pq.ParquetFile(folder / "one").read(["url_surtkey", "fetch_time"]).to_pylist()
    expected = sorted(
        (f"example,x)/story-{n}", JUNE + timedelta(days=day)) for part in keys for n, day in part
    )
    assert [tuple(row.values()) for row in found] == expected
    assert rows == len(expected)


def test_a_row_group_holds_no_more_than_a_reader_decodes_at_once(
    tmp_path: Path, record: Make
) -> None:
    articles = DATASETS["articles"]
    rows = [record("articles", n, text=f"{n} " * 1_500_000) for n in range(15)]
    part, merged = tmp_path / "part.parquet", tmp_path / "merged.parquet"
    write_table(part, articles, to_table(articles.record_type, rows), {})

    with scratch_below(tmp_path) as scratch:
        merge_parts([part], articles, merged, footer={}, scratch=scratch)

    told = pq.ParquetFile(merged).metadata
    assert told.num_rows == 15
    assert told.num_row_groups > 1


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        (ROW_GROUP_ROWS + 1, [ROW_GROUP_ROWS + 1]),
        (2 * ROW_GROUP_ROWS + 9, [4_992, ROW_GROUP_ROWS + 17]),  # pieces are of 128 rows
        (6_400, [4_992, 1_408]),
    ],
)
def test_a_few_rows_at_the_end_are_no_row_group_of_their_own(
    tmp_path: Path, record: Make, rows: int, groups: list[int]
) -> None:
    half = rows // 2
    keys = [[(n, 0) for n in range(half)], [(n, 0) for n in range(half, rows)]]
    parts = written(tmp_path, record, keys)

    with scratch_below(tmp_path) as scratch:
        merge_parts(parts, CAPTURES, tmp_path / "one", footer={}, scratch=scratch)

    told = pq.read_metadata(tmp_path / "one")
    assert [told.row_group(n).num_rows for n in range(told.num_row_groups)] == groups


def test_a_column_younger_than_a_part_is_null_there(tmp_path: Path, record: Make) -> None:
    old, new = written(tmp_path, record, [[(1, 0)], [(2, 0)]])
    pq.write_table(pq.ParquetFile(old).read().drop_columns(["page_kind"]), old)

    with scratch_below(tmp_path) as scratch:
        merge_parts([old, new], CAPTURES, tmp_path / "one", footer={}, scratch=scratch)

    file = pq.ParquetFile(tmp_path / "one")
    assert file.schema_arrow.equals(CAPTURES.schema)
    assert file.metadata.num_rows == 2


def test_a_part_that_cannot_be_read_is_named(tmp_path: Path, record: Make) -> None:
    whole, cut = written(tmp_path, record, [[(1, 0)], [(2, 0)]])
    cut.write_bytes(cut.read_bytes()[:-1])

    with scratch_below(tmp_path) as scratch, pytest.raises(CorruptArchiveError, match=cut.name):
        merge_parts([whole, cut], CAPTURES, tmp_path / "one", footer={}, scratch=scratch)
