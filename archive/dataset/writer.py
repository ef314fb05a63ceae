"""Writes parts: whole Parquet files that appear in a dataset's folder by one rename.

What pandas, polars and DuckDB read is the folder, so a file that is half written, or anything that
is no part, breaks every reader at once. A part is therefore written beside the datasets and only
then given its name.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.article import Article
from archive.dataset.rows import to_table
from archive.dataset.schema import DATASETS, SCHEMA_VERSION, Dataset
from archive.durable import publish, sync_folder
from archive.errors import StoreError
from archive.fault import fault
from archive.layout import Layout

ROW_GROUP_ROWS: Final = 5_000
ROW_GROUP_BYTES: Final = 32 << 20
"""Decoded, of a part that was compacted: 2,500 articles. A reader takes a row group a core and
decodes whole columns of it, however few rows it wants; whoever writes holds one."""
LARGEST_GROUP: Final = 1.25
"""Of either, where a part ends: a row group of a few rows would cost as much to open as any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much work goes into making a file small."""

    level: int
    """Of zstd."""
    page_bytes: int = 1 << 20
    """A page is compressed by itself: what repeats beyond it is written again."""


QUICK: Final = Effort(level=3)
"""While a crawl waits; level 6 takes 2.6 times as long to write and saves 7 %."""
LASTING: Final = Effort(level=19, page_bytes=int(LARGEST_GROUP * ROW_GROUP_BYTES))
"""For a closed month, which is written once: 10 ms a row, a sixth of what extracting it took. Texts
take 1.3 times as long to decode as of level 3, other columns as long. A column of a row group is
one page."""
DESCRIBED_ROWS: Final = 1_000
"""A part of fewer rows does without Arrow's own schema and the descriptions in it: they are 19 KB,
and two articles are 15. Names, types and nullability are the same in both kinds of part."""
FEW_ROWS: Final = 100
"""A part of fewer rows has no dictionaries and no page index, and only its bulky columns get zstd,
whose beginning costs more than a column of a few values is worth, the others Snappy: two thirds of
the time for a part of two articles, and five sixths for one of 99, which is a twentieth larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One finished file of a dataset, as the journal names it."""

    dataset: str
    path: str
    """Below the store's root, with `/`."""
    rows: int
    bytes: int
    sha256: str
    """Of the whole file, in hex."""
    schema_version: int


def write_part(  # noqa: PLR0913 - a part is what, where, when, which and by whom; no two belong together
    layout: Layout,
    dataset: str,
    *,
    site: str,
    month: datetime,
    part_id: str,
    records: Sequence[Any],
    footer: Mapping[str, str],
) -> Part:
    """Write the records as one part, and return it once it lasts and readers see it whole.

    The footer's keys (`newsreel.run_id`, ...) are kept in the file as they are; dataset, schema
    version and extractor are put beside them. The same part written twice is one part; another one
    of the same name raises StoreError, for parts never change. When a record does not fit
    (RowError) or the disk refuses (OSError), nothing was written.
    """
    kept = DATASETS[dataset]
    table = to_table(kept.record_type, records)
    target = layout.part(dataset, site, month, part_id)
    staged = layout.staged(f"{dataset}-{target.name}")
    with _staging(staged):
        fault("part.write")
        write_table(staged, kept, table, footer)
        fault("part.written")
        part = Part(
            dataset=dataset,
            path=target.relative_to(layout.root).as_posix(),
            rows=table.num_rows,
            bytes=staged.stat().st_size,
            sha256=sha256_of(staged),
            schema_version=SCHEMA_VERSION,
        )
        if not _is_there(target, part):
            _make_folder(layout.root, target.parent)
            publish(staged, target)
    return part


def write_table(path: Path, dataset: Dataset, table: pa.Table, footer: Mapping[str, str]) -> None:
    """Write rows to a file, in the dataset's order and with everything that speeds up a search."""
    with sorted_part(path, dataset, rows=table.num_rows, footer=footer) as write:
        write(table.sort_by([(name, "ascending") for name in dataset.sorted_by]))


def write_articles(path: Path, articles: Sequence[Article], footer: Mapping[str, str]) -> None:
    """Write articles to a file as a part; raises RowError for what no column can hold."""
    write_table(path, DATASETS["articles"], to_table(Article, articles), footer)


@contextmanager
def sorted_part(
    path: Path, dataset: Dataset, *, rows: int, footer: Mapping[str, str], effort: Effort = QUICK
) -> Iterator[Callable[[pa.Table], None]]:
    """Open a file for about so many rows, which come in order: give them table by table.

    Each table becomes row groups of its own, so one that is small costs as much as a large one.
    """
    keys = [pq.SortingColumn(dataset.schema.get_field_index(name)) for name in dataset.sorted_by]
    extractors: set[str] = set()
    largest = int(LARGEST_GROUP * ROW_GROUP_ROWS)
    in_group = min(max(rows, 1), largest)  # each row group has filters of its own
    is_small = rows < FEW_ROWS
    zstd = dataset.bulky if is_small else dataset.leaves
    with pq.ParquetWriter(
        path,
        dataset.schema,
        compression={name: "zstd" if name in zstd else "snappy" for name in dataset.leaves},
        compression_level=dict.fromkeys(zstd, effort.level),
        data_page_size=effort.page_bytes,
        use_dictionary=() if is_small else dataset.dictionary,
        sorting_columns=keys,
        write_page_index=not is_small,
        write_page_checksum=True,
        write_statistics=list(dataset.ranges),
        store_schema=rows >= DESCRIBED_ROWS,
        bloom_filter_options={name: {"ndv": in_group, "fpp": 0.01} for name in dataset.bloom},
    ) as writer:

        def write(table: pa.Table) -> None:
            is_one = table.num_rows <= largest
            writer.write_table(table, row_group_size=largest if is_one else ROW_GROUP_ROWS)
            if "extractor" in table.column_names:
                extractors.update(table["extractor"].unique().to_pylist())

        yield write
        # Not into the schema: its bytes stay the same in every part, whoever wrote it.
        writer.add_key_value_metadata({**_told(dataset, extractors), **footer})


def _told(dataset: Dataset, extractors: Iterable[str]) -> dict[str, str]:
    """Return what a part's footer says of its rows."""
    told = {
        "newsreel.schema_version": str(SCHEMA_VERSION),
        "newsreel.dataset": dataset.name,
    }
    if names := ", ".join(sorted(extractors)):
        told["newsreel.extractor"] = names
    return told


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_there(target: Path, part: Part) -> bool:
    """Return whether exactly this part was published before."""
    if not target.exists():
        return False
    if sha256_of(target) != part.sha256:
        raise StoreError(f"{target} holds other rows already; a part is never written over")
    return True


def _make_folder(root: Path, folder: Path) -> None:
    """Make a partition's folder; the new ones above it last, itself when a part is published."""
    missing = [*takewhile(lambda above: not above.exists(), folder.parents)]
    folder.mkdir(parents=True, exist_ok=True)
    for new in missing:
        if new.is_relative_to(root):
            sync_folder(new.parent)


@contextmanager
def _staging(staged: Path) -> Iterator[None]:
    """Leave nothing behind in staging, whatever happens."""
    staged.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        staged.unlink(missing_ok=True)
