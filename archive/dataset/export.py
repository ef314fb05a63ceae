"""Articles as a file of JSON lines or CSV, and row by row: never more than a batch in memory."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.dataset as ds

from archive.dataset.format import to_csv, to_json_lines
from archive.dataset.scan import DatasetReader
from archive.selection import Selection

_BATCH_ROWS: Final = 256
# What Arrow raises for a part that is not what was written, or not there any more.
_DAMAGE: Final = (OSError, pa.ArrowInvalid)

FORMS: Final[Mapping[str, Callable[[pa.Table], str]]] = MappingProxyType(
    {"jsonl": to_json_lines, "csv": to_csv}
)
"""What rows can be written as, and how."""


def write_rows(reader: DatasetReader, selection: Selection, file: BinaryIO, *, form: str) -> int:
    """Write the selected rows, in the order of the parts; return how many there were.

    CSV has its header also when there is no row. Raises CorruptArchiveError when a part is damaged.
    """
    columns = reader.dataset.schema.names
    if form == "csv":
        file.write(to_csv(reader.dataset.schema.empty_table()).encode())
    rows = 0
    for table in _tables(reader, reader.scan(), selection, columns):
        text = FORMS[form](table)
        # Every batch comes with the header; no column's name has a line end in it.
        file.write((text.partition("\r\n")[2] if form == "csv" else text).encode())
        rows += table.num_rows
    return rows


def selected_rows(
    reader: DatasetReader, selection: Selection, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Return the selected rows of the parts there are now; they are read one batch at a time.

    Raises CorruptArchiveError when a part is damaged, as soon as it is reached.
    """
    tables = _tables(reader, reader.scan(), selection, columns)
    return (row for table in tables for row in table.to_pylist())


def count_rows(reader: DatasetReader, selection: Selection) -> int:
    """Return how many rows are selected; raises as `selected_rows` does."""
    tables = _tables(reader, reader.scan(), selection, ("fetch_time",))
    return sum(table.num_rows for table in tables)


def _tables(
    reader: DatasetReader, rows: ds.Dataset, selection: Selection, columns: Sequence[str]
) -> Iterator[pa.Table]:
    try:
        # Left to itself, Arrow reads 16 batches of 4 parts ahead, and keeps every part's footer.
        batches = rows.to_batches(
            columns=list(columns),
            filter=_filter(selection),
            batch_size=_BATCH_ROWS,
            batch_readahead=1,
            fragment_readahead=1,
            cache_metadata=False,
        )
        for batch in batches:
            if batch.num_rows:
                yield pa.Table.from_batches([batch])
    except _DAMAGE as error:
        raise reader.damage() from error


def _filter(selection: Selection) -> ds.Expression | None:
    since, before = selection.begins_at, selection.ends_before
    limits = [
        None if selection.site is None else ds.field("site") == selection.site,
        None if since is None else ds.field("fetch_time") >= since,
        None if before is None else ds.field("fetch_time") < before,
    ]
    given = [limit for limit in limits if limit is not None]
    return reduce(operator.and_, given) if given else None
