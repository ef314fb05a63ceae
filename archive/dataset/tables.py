"""The rows of a part as tables: some at a time, so that no more of them is held than it takes."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.dataset.schema import Dataset
from archive.dataset.writer import LARGEST_GROUP, ROW_GROUP_BYTES, ROW_GROUP_ROWS
from archive.errors import CorruptArchiveError

SOME_ROWS: Final = 500
"""Of articles that are turned into Python's objects and back: 6 MB decoded."""
PIECE_ROWS: Final = 128
_PIECE_BYTES: Final = 2 << 20
"""At most in a piece: 128 articles of 12 KB are 1.5 MB, and of longer ones there are fewer."""
DAMAGE: Final = (OSError, pa.ArrowException)
"""What Arrow raises for a file that is not what was written, or not there any more."""


def tables_of(path: Path, dataset: Dataset, rows: int = SOME_ROWS) -> Iterator[pa.Table]:
    """Yield a part's rows with today's columns, so many at a time; a younger column is null.

    Raises CorruptArchiveError for a part that cannot be read.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(batch_size=rows, use_threads=False):
                yield _fitted(pa.Table.from_batches([batch]), dataset.schema)
    except DAMAGE as error:
        raise CorruptArchiveError(path, 0, str(error)) from error


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with exactly these columns; one that it does not have is null."""
    columns = [
        table[field.name]
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def row_groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows in tables of a row group's size; the last may be smaller, or a quarter larger.

    A row group of a few rows would cost whoever opens the file as much as a whole one.
    """
    waiting: deque[tuple[pa.Table, float]] = deque()
    filled = 0.0  # row groups
    for piece in (piece for table in tables for piece in pieces(table)):
        share = max(piece.num_rows / ROW_GROUP_ROWS, piece.nbytes / ROW_GROUP_BYTES)
        waiting.append((piece, share))
        filled += share
        if filled > LARGEST_GROUP:
            group: list[pa.Table] = []
            taken = 0.0
            while waiting and (taken + waiting[0][1] <= 1 or not group):
                first, share = waiting.popleft()
                group.append(first)
                taken += share
            filled -= taken
            yield pa.concat_tables(group)
    if waiting:
        yield pa.concat_tables([piece for piece, _ in waiting])


def pieces(table: pa.Table) -> Iterator[pa.Table]:
    """Yield the rows some at a time: few enough of them to be held beside those of other runs."""
    fitting = _PIECE_BYTES * table.num_rows // max(table.nbytes, 1)
    step = min(max(fitting, 1), PIECE_ROWS)
    for start in range(0, table.num_rows, step):
        yield table.slice(start, step)
