"""Opens a store for analysts: its datasets as Arrow, polars or pandas, by SQL, and their bytes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import duckdb
import pyarrow as pa
from typing_extensions import override

from archive.dataset import views
from archive.dataset.moment import At, Moment, moment_of
from archive.dataset.resemblance import near_duplicates
from archive.dataset.scan import DatasetReader, Rows
from archive.dataset.schema import DATASETS
from archive.dataset.source import Row, source_bytes
from archive.existing import existing_store
from archive.layout import Layout

R = TypeVar("R", bound=Rows)


class Readable(ABC, Generic[R]):
    """The three datasets as analysts ask them; nothing here writes."""

    __slots__ = ()

    @abstractmethod
    def _reader(self, name: str) -> R: ...

    @property
    def articles(self) -> R:
        """One row a version of an article."""
        return self._reader("articles")

    @property
    def captures(self) -> R:
        """One row an exchange."""
        return self._reader("captures")

    @property
    def coverage(self) -> R:
        """One row an advertised address and run."""
        return self._reader("coverage")

    def readers(self) -> tuple[R, ...]:
        """Return a reader of each dataset."""
        return tuple(map(self._reader, DATASETS))

    def sql(self, query: str) -> pa.Table:
        """Return what a query over the views answers; a wrong one raises ConfigError."""
        return views.run_query(self.readers(), query)

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Return a DuckDB connection with the views, for many queries over the same rows."""
        return views.connect(self.readers())

    def near_duplicates(self) -> pa.Table:
        """Return the articles that share most of their words with another, group by group.

        It is computed anew: some 0.4 ms an article. Raises ConfigError when rensa is not installed.
        """
        with self.connect() as connection:
            return near_duplicates(connection)


@dataclass(frozen=True, slots=True)
class OpenStore(Readable[DatasetReader]):
    """A store on disk as analysts see it."""

    layout: Layout
    moment: Moment | None = None
    """None: every call sees what is there at that moment."""

    @override
    def _reader(self, name: str) -> DatasetReader:
        return DatasetReader(self.layout, DATASETS[name], self.moment)

    def record(self, row: Row) -> bytes:
        """Return the bytes a row was read from, out of the WARC and checked by their digests.

        The row is an article, a capture, or a mapping with their columns, such as one of
        `to_arrow().to_pylist()`. CorruptArchiveError when the bytes are not what was written.
        """
        return source_bytes(self.layout, row)


def open_store(path: Path | str, *, at: At | None = None) -> OpenStore:
    """Open a store for reading, also while a crawl or a compaction writes to it.

    `at` is a snapshot's number or a moment: what was published until then. Raises ConfigError when
    there is no store at the path, or nothing is kept of that time, StoreFormatError for a newer
    Newsreel's store.
    """
    layout = existing_store(path)
    return OpenStore(layout, None if at is None else moment_of(layout, at))
