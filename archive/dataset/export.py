"""Articles as a file of JSON lines or CSV, and row by row: never more than a batch in memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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


def write_rows(
    reader: DatasetReader, selection: Selection, file: BinaryIO, *, form: str
) -> int:
    """Write the selected rows, in the order of the parts; return how many there were.

    CSV has its header also when there is no row. Raises CorruptArchiveError when a part is damaged.
    """
    header, _, _ = FORMS["csv"](reader.dataset.schema.empty_table()).partition("\r\n")
    if form == "csv":
        file.write(f"{header}\r\n".encode())
    rows = 0
    for table in _tables(reader, selection, reader.dataset.schema.names):
        text = FORMS[form](table)
        # Every batch comes with the header; no column's name has a line end in it.
        file.write((text.partition("\r\n")[2] if form == "csv" else text).encode())
        rows += table.num_rows
    return rows


def selected_rows(
    reader: DatasetReader, selection: Selection, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the selected rows, by column names; raises as `write_rows` does."""
    for table in _tables(reader, selection, columns):
        yield from table.to_pylist()


def count_rows(reader: DatasetReader, selection: Selection) -> int:
    """Return how many rows are selected."""
    return sum(table.num_rows for table in _tables(reader, selection, ("fetch_time",)))


def _tables(
    reader: DatasetReader, selection: Selection, columns: Sequence[str]
) -> Iterator[pa.Table]:
    """Yield the rows in small tables; Arrow would read 16 batches of 4 parts ahead."""
    try:
        batches = reader.scan().to_batches(
            columns=columns,
            filter=_filter(selection),
            batch_size=_BATCH_ROWS,
            batch_readahead=1,
            fragment_readahead=1,
        )
        for batch in batches:
            if batch.num_rows:
                yield pa.Table.from_batches([batch])
    except _DAMAGE as error:
        raise reader.damage() from error


def _filter(selection: Selection) -> ds.Expression | None:
    wanted: ds.Expression | None = None
    limits = (
        None if selection.site is None else ds.field("site") == selection.site,
        None if not selection.since else ds.field("fetch_time") >= selection.begins_at,
        None if not selection.until else ds.field("fetch_time") < selection.ends_before,
    )
    for limit in limits:
        if limit is not None:
            wanted = limit if wanted is None else wanted & limit
    return wanted
