"""A part written anew without the rows of withdrawn addresses; the ledger's rows stay, emptied."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.coverage import Fate
from archive.dataset.schema import DATASETS
from archive.dataset.tables import DAMAGE, row_groups, tables_of
from archive.dataset.writer import sorted_part
from archive.errors import CorruptArchiveError
from archive.withdrawn import REASON

IsConcerned = Callable[[str], bool]
"""Whether the rows of an address are withdrawn."""

_LEDGER: Final = "coverage"
# What a row of the ledger says of an address of which nothing is shown any more: that it was
# advertised, by whom and when stays, for the ledger accounts for every address.
_EMPTIED: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        "fate": Fate.REFUSED.value,
        "reason": REASON,
        "advertised_title": None,
        "fetch_time": None,
        "fetch_status": None,
        "warc_record_id": None,
        "article_id": None,
    }
)


def concerned_rows(part: Path, dataset: str, is_concerned: IsConcerned) -> Counter[str]:
    """Return how many rows of each concerned address a part holds; those emptied do not count.

    Raises CorruptArchiveError for a part that cannot be read.
    """
    columns = ["url", "reason"] if dataset == _LEDGER else ["url"]
    found: Counter[str] = Counter()
    try:
        with pq.ParquetFile(part, page_checksum_verification=True) as file:
            for batch in file.iter_batches(columns=columns):
                rows = batch.to_pylist()
                urls = (row["url"] for row in rows if row.get("reason") != REASON)
                found.update(filter(is_concerned, urls))
    except DAMAGE as error:
        raise CorruptArchiveError(part, 0, str(error)) from error
    return found


def thin_part(
    part: Path,
    target: Path,
    dataset: str,
    is_concerned: IsConcerned,
    *,
    rows: int,
    footer: Mapping[str, str],
) -> int:
    """Write a part of so many rows without those of concerned addresses; return how many are left.

    In the ledger they stay, and say that the address is refused, and why. Where none is left, no
    file is left either. Raises CorruptArchiveError for a part that cannot be read, OSError when the
    disk refuses.
    """
    kept, count = DATASETS[dataset], 0
    change = _emptied if dataset == _LEDGER else _without
    left = (change(table, is_concerned) for table in tables_of(part, kept))
    with sorted_part(target, kept, rows=rows, footer=footer) as write:
        for group in row_groups(left):
            count += group.num_rows
            write(group)
    if not count:
        target.unlink()
    return count


def _without(table: pa.Table, is_concerned: IsConcerned) -> pa.Table:
    urls = table["url"].to_pylist()
    return table.filter(pa.array([not is_concerned(url) for url in urls]))


def _emptied(table: pa.Table, is_concerned: IsConcerned) -> pa.Table:
    are_concerned = [is_concerned(url) for url in table["url"].to_pylist()]
    columns = [
        pa.array(
            [
                _EMPTIED[field.name] if is_so else value
                for is_so, value in zip(are_concerned, table[field.name].to_pylist(), strict=True)
            ],
            field.type,
        )
        if field.name in _EMPTIED
        else table[field.name]
        for field in table.schema
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)
