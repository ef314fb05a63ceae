"""Reads a part back as it was written: its footer, its columns and its rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from archive.dataset.schema import SCHEMA_VERSION, Dataset
from archive.errors import CorruptArchiveError

_ROWS_AT_ONCE: Final = 500
# What Arrow raises for a file that is not what was written.
_DAMAGE: Final = (OSError, pa.ArrowException, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part that could be opened."""

    path: Path
    dataset: Dataset
    file: pq.ParquetFile

    @property
    def rows(self) -> int:
        """How many rows its footer claims."""
        return self.file.metadata.num_rows

    def told(self, key: str) -> str | None:
        """Return what its footer says under a key; None when it says nothing."""
        value = (self.file.metadata.metadata or {}).get(key.encode())
        return None if value is None else value.decode("utf-8", "replace")

    def misfit(self, schema_version: int) -> str | None:
        """Return how its columns differ from the dataset's; None when they are what they were.

        A part of an older version lacks columns that came later, and differs in nothing else.
        """
        fields = list(self.file.schema_arrow)
        names = [field.name for field in fields]
        wanted = list(self.dataset.schema)
        if schema_version < SCHEMA_VERSION:
            wanted = [field for field in wanted if field.name in names]
        expected = [field.name for field in wanted]
        if missing := [name for name in expected if name not in names]:
            return f"it has no column {', '.join(missing)}"
        if foreign := [name for name in names if name not in expected]:
            return f"{self.dataset.name} has no column {', '.join(foreign)}"
        if names != expected:
            return "its columns stand in another order"
        for field, said in zip(fields, wanted, strict=True):
            if not field.equals(said):
                return f"its column {field.name} is {_kind(field)}, not {_kind(said)}"
        return None

    def read(self, columns: Sequence[str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield its rows, some hundreds in memory at a time, with those of the columns it has.

        Raises CorruptArchiveError at the first page whose checksum does not hold.
        """
        names = self.file.schema_arrow.names
        chosen = names if columns is None else [name for name in columns if name in names]
        try:
            for batch in self.file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=chosen):
                yield from batch.to_pylist()
        except _DAMAGE as error:
            raise CorruptArchiveError(self.path, 0, str(error)) from error


@contextmanager
def opened_part(path: Path, dataset: Dataset) -> Iterator[OpenPart]:
    """Open a part; raises CorruptArchiveError when it is no whole Parquet file."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except _DAMAGE as error:
        raise CorruptArchiveError(path, 0, str(error)) from error
    with file:
        yield OpenPart(path, dataset, file)


def _kind(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"
