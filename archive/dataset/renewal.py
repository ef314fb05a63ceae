"""A part written anew: the same articles in the same order, some of them read differently now."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.article import Article
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS
from archive.dataset.tables import DAMAGE, row_groups, tables_of
from archive.dataset.writer import sorted_part
from archive.errors import CorruptArchiveError

Row = Mapping[str, Any]
Renew = Callable[[Sequence[Row]], Sequence[Article | None]]
"""Rows as they are -> each as it is now, None for one that stays; address and time stay always."""

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
    changed: list[int] = []
    tables = _renewed(part, renew, changed)
    if target is None:
        deque(tables, maxlen=0)
        return sum(changed)
    with sorted_part(target, _ARTICLES, rows=_count(part), footer=footer) as write:
        for group in row_groups(tables):
            write(group)
    if not any(changed):
        target.unlink()
    return sum(changed)


def columns_that_differ(before: Row, after: Article) -> tuple[str, ...]:
    """Return the columns in which a row and an article are not the same, in the schema's order."""
    now = to_table(Article, [after]).to_pylist()[0]
    return tuple(field.name for field in fields(Article) if now[field.name] != before[field.name])


def _renewed(part: Path, renew: Renew, changed: list[int]) -> Iterator[pa.Table]:
    """Yield the rows in their order; how many of each table are new is added to `changed`."""
    for table in tables_of(part, _ARTICLES):
        now = renew(table.to_pylist())
        new = [article for article in now if article is not None]
        changed.append(len(new))
        both = pa.concat_tables([table, to_table(Article, new)])
        places = iter(range(table.num_rows, both.num_rows))
        order = [at if each is None else next(places) for at, each in enumerate(now)]
        yield both.take(order)


def _count(part: Path) -> int:
    try:
        rows: int = pq.read_metadata(part).num_rows
    except DAMAGE as error:
        raise CorruptArchiveError(part, 0, str(error)) from error
    return rows
