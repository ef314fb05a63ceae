"""Opens what `newsreel publish` sent to an object store: the same rows, views and frames."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs
from typing_extensions import override

from archive.bucket import Bucket
from archive.dataset.moment import At, read_moment
from archive.dataset.reader import Readable
from archive.dataset.scan import Rows, refuse_version, rows_of
from archive.dataset.schema import DATASETS, Dataset
from archive.errors import ConfigError, CorruptArchiveError, ObjectStoreError, StoreError
from archive.publication import (
    PARTS,
    Publication,
    object_name,
    publication_numbers,
    read_publication,
)


@dataclass(frozen=True, slots=True)
class PublishedReader(Rows):
    """Reads one dataset of one publication, whatever is published later."""

    url: str
    dataset: Dataset
    publication: Publication

    def files(self) -> tuple[str, ...]:
        """Return the addresses of the parts, as polars, DuckDB and pandas take them."""
        parts = self.publication.parts_of(self.dataset.name)
        return tuple(f"{self.url}/{name}" for name in sorted(map(object_name, parts)))

    @override
    def scan(self) -> ds.Dataset:
        for part in self.publication.parts_of(self.dataset.name):
            refuse_version(part.schema_version, f"{self.url}/{object_name(part)}")
        try:
            filesystem, root = fs.FileSystem.from_uri(self.url)
            files = [root + name.removeprefix(self.url) for name in self.files()]
            folder = f"{root}/{PARTS}/{self.dataset.name}"
            return rows_of(files, self.schema, folder, filesystem)
        except (OSError, pa.ArrowInvalid) as error:
            raise self.damage() from error

    @override
    def damage(self) -> StoreError | CorruptArchiveError:
        return ObjectStoreError(
            f"{self.url}: a part of {self.dataset.name} cannot be read; try again, and publish "
            "again if it is gone"
        )


@dataclass(frozen=True, slots=True)
class PublishedStore(Readable[PublishedReader]):
    """One publication as analysts see it."""

    url: str
    publication: Publication

    @override
    def _reader(self, name: str) -> PublishedReader:
        return PublishedReader(self.url, DATASETS[name], self.publication)

    def record(self, row: Any) -> bytes:
        """Raise ConfigError: WARCs are not published, only what was read from them."""
        del row
        raise ConfigError(
            f"records are not published, rows are: ask the store that {self.url} comes from"
        )


def open_published(url: str, *, at: At | None = None) -> PublishedStore:
    """Open the newest publication below an address, or that of a number or moment.

    Raises ConfigError when there is none, ObjectStoreError when the object store cannot be asked.
    """
    bucket = Bucket(url)
    numbers = publication_numbers(bucket)
    wanted = None if at is None else read_moment(at)
    if isinstance(wanted, int):
        numbers = [number for number in numbers if number == wanted]
    for number in reversed(numbers):
        publication = read_publication(bucket, number)
        if not isinstance(wanted, datetime) or publication.published_at <= wanted:
            return PublishedStore(bucket.url, publication)
    asked = "" if at is None else f" as of {at}"
    raise ConfigError(f"nothing is published at {bucket.url}{asked}; `newsreel publish` does it")
