"""Some columns of one part, batch by batch, and the few rows of one article out of large parts.

Whoever makes an index reads all rows of a part once; a page shows one article of a million. Parquet
has bloom filters and pages for the second, and DuckDB uses both: it is given fixed questions and
the names of parts that the journal told, and nothing that a reader typed.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from archive.errors import CorruptArchiveError

_BATCH_ROWS: Final = 500
_OF_ARTICLE: Final = (
    "SELECT * FROM read_parquet(?, hive_partitioning = false, union_by_name = true) "
    "WHERE article_id = ? ORDER BY version"
)


def part_rows(part: Path, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a part in small batches, with those of the columns that it has.

    Raises CorruptArchiveError when the part cannot be read.
    """
    try:
        with pq.ParquetFile(part, page_checksum_verification=True) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=columns, use_threads=False):
                yield batch.to_pylist()
    except (OSError, pa.ArrowInvalid) as error:
        raise CorruptArchiveError(part, 0, str(error)) from error


def article_rows(parts: Sequence[Path], article_id: str) -> list[dict[str, Any]]:
    """Return the whole rows of one article that stand in some parts, in the order of versions.

    Raises CorruptArchiveError when a part cannot be read.
    """
    if not parts:
        return []
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            values = [[str(part) for part in parts], article_id]
            table: pa.Table = connection.sql(_OF_ARTICLE, params=values).to_arrow_table()
        except duckdb.Error as error:
            raise CorruptArchiveError(parts[0], 0, str(error).splitlines()[0]) from error
    return table.to_pylist()
