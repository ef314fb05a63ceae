"""One dataset: its parts, wherever they lie, as rows that are not yet read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pyarrow import fs
from typing_extensions import override

from archive.counted import counted
from archive.dataset.moment import Moment
from archive.dataset.schema import PARTITION, SCHEMA_VERSION, Dataset
from archive.errors import (
    ConfigError,
    CorruptArchiveError,
    StoreError,
    StoreFormatError,
)
from archive.extras import extra_missing
from archive.layout import Layout
from archive.snapshots import followed

if TYPE_CHECKING:
    import polars as pl

# What Arrow raises for a file that is not what was written, or not there any more.
_DAMAGE: Final = (OSError, pa.ArrowInvalid)


class Rows(ABC):
    """The rows of one dataset, and what analysts take them as."""

    __slots__ = ()
    dataset: Dataset

    @property
    def schema(self) -> pa.Schema:
        """The columns of every table this returns: the dataset's, then `site` and `month`."""
        return pa.schema([*self.dataset.schema, *PARTITION])

    @abstractmethod
    def scan(self) -> ds.Dataset:
        """Return the rows unread, for pyarrow, polars or DuckDB to filter and choose columns from.

        It holds on to the parts that are there now. A column younger than a part reads as null; a
        page whose checksum does not hold raises OSError when it is read. Raises StoreFormatError
        when a newer Newsreel wrote the youngest part, CorruptArchiveError when it is cut off.
        """

    @abstractmethod
    def damage(self) -> StoreError | CorruptArchiveError:
        """Return why the parts cannot be read, after one of them could not."""

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows, or some of their columns; an empty table when there is no part yet.

        Raises ConfigError for a column that does not exist, CorruptArchiveError for a part that is
        damaged.
        """
        chosen = self.schema.names if columns is None else list(columns)
        if unknown := sorted(set(chosen) - set(self.schema.names)):
            raise ConfigError(f"{self.dataset.name} has no column {', '.join(unknown)}")
        try:
            return self.scan().to_table(columns=chosen)
        except _DAMAGE as error:
            raise self.damage() from error

    def to_polars(self) -> "pl.DataFrame":
        """Return all rows as a polars frame."""
        frame: pl.DataFrame = _analysis("polars").from_arrow(self.to_arrow())
        return frame

    def to_pandas(self) -> Any:
        """Return all rows as a pandas frame of Arrow types: lists stay lists, null stays null."""
        return self.to_arrow().to_pandas(types_mapper=_analysis("pandas").ArrowDtype)


def rows_of(
    files: Sequence[str], schema: pa.Schema, folder: str, filesystem: fs.FileSystem | None = None
) -> ds.Dataset:
    """Return the rows of parts unread; site and month are told by where they lie below a folder."""
    if not files:
        return ds.dataset(schema.empty_table())
    checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    return ds.dataset(
        list(files),
        schema=schema,
        format=ds.ParquetFileFormat(default_fragment_scan_options=checked),
        filesystem=filesystem,
        partitioning=ds.partitioning(PARTITION, flavor="hive"),
        partition_base_dir=folder,
    )


@dataclass(frozen=True, slots=True)
class DatasetReader(Rows):
    """Reads one dataset of a store. Every call sees the parts that are finished at that moment.

    With a moment, every call sees the parts there were then.
    """

    layout: Layout
    dataset: Dataset
    moment: Moment | None = None

    def files(self) -> tuple[Path, ...]:
        """Return the parts, in the order of their paths; none when nothing was crawled yet.

        They stay where they are for at least a day, though a compaction puts others in their place.
        """
        return self._pinned()[1]

    def _pinned(self) -> tuple[Path, tuple[Path, ...]]:
        """Return the folder of a snapshot and its parts: it never loses a file while it is kept."""
        name = self.dataset.name
        if self.moment is not None:
            return self.moment.folders[name], self.moment.files[name]
        folder = followed(self.layout, name).resolve()
        return folder, tuple(sorted(folder.glob("site=*/month=*/*.parquet")))

    @override
    def scan(self) -> ds.Dataset:
        folder, parts = self._pinned()
        if parts:
            _refuse_newer(parts)
        return rows_of([str(part) for part in parts], self.schema, str(folder))

    @override
    def damage(self) -> StoreError | CorruptArchiveError:
        """Return why the parts cannot be read, after reading them one by one to find the first."""
        for part in self.files():
            try:
                read_through(part)
            except CorruptArchiveError as error:
                return error
        return StoreError(
            f"the parts of {self.dataset.name} changed while they were read; read again"
        )


def read_through(part: Path) -> int:
    """Read every page of a part, and return its number of rows.

    Raises CorruptArchiveError when it is no whole Parquet file, a page's checksum does not hold or
    a page is passed over. A page's own header has no checksum: the whole file's SHA-256, which the
    journal keeps, finds more.
    """
    try:
        with pq.ParquetFile(part, page_checksum_verification=True) as file:
            rows = sum(batch.num_rows for batch in file.iter_batches())
            promised = file.metadata.num_rows
    except _DAMAGE as error:
        raise CorruptArchiveError(part, 0, str(error)) from error
    if rows != promised:
        raise CorruptArchiveError(part, 0, f"{counted(rows, 'row')} of {promised:,} can be read")
    return rows


def _refuse_newer(parts: Sequence[Path]) -> None:
    """Look into the youngest part alone: versions only go up, and a footer costs a read."""
    youngest = max(parts, key=lambda part: part.stat().st_mtime_ns)
    try:
        told = pq.read_metadata(youngest).metadata or {}
    except _DAMAGE as error:
        raise CorruptArchiveError(youngest, 0, str(error)) from error
    version = int(told.get(b"newsreel.schema_version", SCHEMA_VERSION))
    refuse_version(version, str(youngest))


def refuse_version(version: int, part: str) -> None:
    """Raise StoreFormatError when a newer Newsreel wrote a part: it may hold what we would drop."""
    if version > SCHEMA_VERSION:
        raise StoreFormatError(
            f"{part} was written by a newer Newsreel (schema {version}, this one reads "
            f"{SCHEMA_VERSION}); upgrade Newsreel to read it"
        )


def _analysis(module: str) -> ModuleType:
    """Return pandas or polars, which only analysts need installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise extra_missing(f"this needs {module}", "analysis") from error
