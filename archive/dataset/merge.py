"""Makes one part of many: the same rows, in the dataset's order, in memory that does not grow.

Small parts are read whole and sorted together, some 16 MB decoded at a time. What comes out of that
are sorted runs, which are merged some rows of each at a time. Runs are streams in Arrow's own
format: to read Parquet takes a whole row group, and the metadata of all of them, 10 KB each.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from archive.dataset.schema import Dataset
from archive.dataset.tables import DAMAGE, PIECE_ROWS, pieces, row_groups, tables_of
from archive.dataset.writer import LASTING, ROW_GROUP_ROWS, sorted_part
from archive.errors import CorruptArchiveError

DECODED_BYTES: Final = 16 << 20
_RUNS_AT_ONCE: Final = 8

Key = tuple[tuple[bool, Any], ...]


def merge_parts(
    paths: Sequence[Path],
    dataset: Dataset,
    target: Path,
    *,
    footer: Mapping[str, str],
    scratch: Callable[[str], Path],
    memory_bytes: int = DECODED_BYTES,
) -> int:
    """Write all rows of the parts to one file, and return how many there are.

    Parts are read together up to `memory_bytes` of what they are decoded. `scratch` gives a place
    for a file by its name; what is put there is taken away again. Raises CorruptArchiveError for a
    part that cannot be read, OSError when the disk refuses.
    """
    parts = [_Sized.read(path) for path in paths]
    rows = sum(part.rows for part in parts)
    with ExitStack() as stack:
        runs = _Runs(dataset, scratch, stack)
        groups = list(_grouped(parts, memory_bytes))
        if len(groups) == 1:
            runs.write(target, _sorted_rows(groups[0], dataset), rows, footer)
            return rows
        sorted_runs = [runs.of_group(group) for group in groups]
        while len(sorted_runs) > _RUNS_AT_ONCE:
            sorted_runs = [
                runs.merged(sorted_runs[start : start + _RUNS_AT_ONCE])
                for start in range(0, len(sorted_runs), _RUNS_AT_ONCE)
            ]
        runs.write(target, _merged(sorted_runs, dataset), rows, footer)
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sized:
    """A file, and how much of it there is."""

    path: Path
    rows: int
    decoded_bytes: int = 0
    is_run: bool = False
    """A stream of Arrow's, not a part."""

    def tables(self, dataset: Dataset, rows: int = ROW_GROUP_ROWS) -> Iterator[pa.Table]:
        """Yield the rows, so many at a time; a run has them as they were written."""
        return _streamed(self.path) if self.is_run else tables_of(self.path, dataset, rows)

    @classmethod
    def read(cls, path: Path) -> "_Sized":
        try:
            metadata = pq.read_metadata(path)
        except DAMAGE as error:
            raise CorruptArchiveError(path, 0, str(error)) from error
        groups = map(metadata.row_group, range(metadata.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        return cls(path=path, rows=metadata.num_rows, decoded_bytes=size)


class _Runs:
    """Writes sorted files: the last one, and those on the way to it."""

    def __init__(self, dataset: Dataset, scratch: Callable[[str], Path], stack: ExitStack) -> None:
        self._dataset = dataset
        self._scratch = scratch
        self._stack = stack
        self._serials = count(1)

    def write(
        self, path: Path, tables: Iterator[pa.Table], rows: int, footer: Mapping[str, str]
    ) -> None:
        with sorted_part(path, self._dataset, rows=rows, footer=footer, effort=LASTING) as write:
            for table in row_groups(tables):
                write(table)

    def of_group(self, group: Sequence[_Sized]) -> _Sized:
        """Return a group's rows as one file; a part that is alone in it is sorted already."""
        if len(group) == 1:
            return group[0]
        return self._run(_sorted_rows(group, self._dataset), sum(part.rows for part in group))

    def merged(self, runs: Sequence[_Sized]) -> _Sized:
        """Return several runs as one."""
        return self._run(_merged(runs, self._dataset), sum(run.rows for run in runs))

    def _run(self, tables: Iterator[pa.Table], rows: int) -> _Sized:
        path = self._scratch(f"run-{next(self._serials):05d}.arrow")
        self._stack.callback(path.unlink, missing_ok=True)
        packed = ipc.IpcWriteOptions(compression="lz4")
        with (
            pa.OSFile(str(path), "wb") as file,
            ipc.new_stream(file, self._dataset.schema, options=packed) as stream,
        ):
            for table in tables:
                for piece in pieces(table):
                    stream.write_table(piece)
        return _Sized(path=path, rows=rows, is_run=True)


def _grouped(parts: Sequence[_Sized], memory_bytes: int) -> Iterator[list[_Sized]]:
    """Yield parts that fit into memory together; one that does not is a group of its own."""
    group: list[_Sized] = []
    size = 0
    for part in parts:
        if group and size + part.decoded_bytes > memory_bytes:
            yield group
            group, size = [], 0
        group.append(part)
        size += part.decoded_bytes
    if group:
        yield group


def _sorted_rows(group: Sequence[_Sized], dataset: Dataset) -> Iterator[pa.Table]:
    tables = [table for part in group for table in part.tables(dataset)]
    if tables:
        yield _in_order(pa.concat_tables(tables), dataset)


def _in_order(table: pa.Table, dataset: Dataset) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in dataset.sorted_by])


def _streamed(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path)) as file, ipc.open_stream(file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch])


class _Run:
    """A sorted file, a few hundred rows of it in memory."""

    def __init__(self, file: _Sized, dataset: Dataset) -> None:
        self._dataset = dataset
        self._tables = file.tables(dataset, PIECE_ROWS)
        self._table: pa.Table | None = None
        self._keys: list[Key] = []
        self._read_on()

    def _read_on(self) -> None:
        self._table = next(self._tables, None)
        self._keys = [] if self._table is None else _keys(self._table, self._dataset)

    @property
    def last_key(self) -> Key | None:
        """The greatest key in memory; None at the end."""
        return self._keys[-1] if self._keys else None

    def take(self, until: Key) -> pa.Table | None:
        """Return the rows in memory up to a key, and read on when none is left."""
        if self._table is None:
            return None
        split = bisect_right(self._keys, until)
        taken = self._table.slice(0, split)
        self._table, self._keys = self._table.slice(split), self._keys[split:]
        if not self._keys:
            self._read_on()
        return taken


def _keys(table: pa.Table, dataset: Dataset) -> list[Key]:
    """Return what the rows are sorted by; null stands behind all values, as in Arrow."""
    columns = [table[name].to_pylist() for name in dataset.sorted_by]
    return [
        tuple((value is None, value or 0) for value in row) for row in zip(*columns, strict=True)
    ]


def _merged(files: Sequence[_Sized], dataset: Dataset) -> Iterator[pa.Table]:
    runs = [_Run(file, dataset) for file in files]
    # Up to the least of the last keys, everything there is lies in memory.
    while ends := [end for run in runs if (end := run.last_key) is not None]:
        until = min(ends)
        taken = [table for run in runs if (table := run.take(until)) is not None]
        yield _in_order(pa.concat_tables(taken), dataset)
