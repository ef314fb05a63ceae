"""Opens a store for analysts: its datasets as Arrow, polars or pandas, by SQL, and their bytes."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from archive.dataset import views
from archive.dataset.scan import DatasetReader, existing_store
from archive.dataset.schema import DATASETS
from archive.dataset.source import Row, source_bytes
from archive.layout import Layout


@dataclass(frozen=True, slots=True)
class OpenStore:
    """A store as analysts see it: nothing here writes to it."""

    layout: Layout

    @property
    def articles(self) -> DatasetReader:
        """One row a version of an article."""
        return DatasetReader(self.layout, DATASETS["articles"])

    @property
    def captures(self) -> DatasetReader:
        """One row an exchange."""
        return DatasetReader(self.layout, DATASETS["captures"])

    @property
    def coverage(self) -> DatasetReader:
        """One row an advertised address and run."""
        return DatasetReader(self.layout, DATASETS["coverage"])

    def sql(self, query: str) -> pa.Table:
        """Return what a query over the views answers; a wrong one raises ConfigError."""
        return views.run_query(self.layout.root, query)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a DuckDB connection with the views, for many queries over the same rows."""
        return views.connect(self.layout.root)

    def record(self, row: Row) -> bytes:
        """Return the bytes a row was read from, out of the WARC and checked by their digests.

        The row is an article, a capture, or a mapping with their columns, such as one of
        `to_arrow().to_pylist()`. CorruptArchiveError when the bytes are not what was written.
        """
        return source_bytes(self.layout, row)


def open_store(path: Path | str) -> OpenStore:
    """Open a store for reading, also while a crawl writes to it.

    Raises ConfigError when there is no store at the path.
    """
    return OpenStore(existing_store(path))
