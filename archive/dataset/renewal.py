"""A part written anew: the same articles in the same order, some of them read differently now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.article import Article
from archive.dataset.merge import row_groups, tables_of
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.writer import sorted_part
from archive.errors import CorruptArchiveError

Row = Mapping[str, Any]
Renew = Callable[[Sequence[Row]], Sequence[Article | None]]
"""Rows as they are -> each as it is now, None for one that stays; address and time stay always."""

_ROWS_AT_ONCE: Final = 500
_DAMAGE: Final = (OSError, pa.ArrowException)
_ARTICLES: Final = DATASETS["articles"]


def renew_part(
    part: Path,
    target: Path | None,
    renew: Renew,
    *,
    footer: Mapping[str, str],
) -> int:
    """Write a part's rows as they are now; return how many are not as they were.

    Without a target, or when every row stays, nothing is left behind. Raises CorruptArchiveError
    for a part that cannot be read, OSError when the disk refuses.
    """
    if target is None:
        return sum(count for _, count in _renewed(part, renew))
    changed = 0

    def tables() -> Iterator[pa.Table]:
        nonlocal changed
        for table, count in _renewed(part, renew):
            changed += count
            yield table

    with sorted_part(target, _ARTICLES, rows=_count(part), footer=footer) as write:
        for group in row_groups(tables()):
            write(group)
    if not changed:
        target.unlink()
    return changed


def columns_that_differ(before: Row, after: Article) -> tuple[str, ...]:
    """Return the columns in which a row and an article are not the same, in the schema's order."""
    now = to_table(Article, [after]).to_pylist()[0]
    return tuple(field.name for field in fields(Article) if now[field.name] != before[field.name])


def _renewed(part: Path, renew: Renew) -> Iterator[tuple[pa.Table, int]]:
    """Yield the rows in their order, and how many of them are new."""
    for table in tables_of(part, _ARTICLES, _ROWS_AT_ONCE):
        now = renew(table.to_pylist())
        changed = [article for article in now if article is not None]
        both = pa.concat_tables([table, to_table(Article, changed)])
        places = iter(range(table.num_rows, both.num_rows))
        order = [at if each is None else next(places) for at, each in enumerate(now)]
        yield both.take(order), len(changed)


def _count(part: Path) -> int:
    try:
        rows: int = pq.read_metadata(part).num_rows
    except _DAMAGE as error:
        raise CorruptArchiveError(part, 0, str(error)) from error
    return rows
