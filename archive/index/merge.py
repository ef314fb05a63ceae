"""Sorts and merges more lines than fit into memory: sorted runs in files, merged as streams."""

import heapq
import itertools
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from archive.errors import CorruptArchiveError

RUN_BYTES: Final = 16 << 20
"""How much is sorted in memory at a time; as Python objects it is about twice that."""
FAN_IN: Final = 128
"""How many files are open at a time: a store may have more WARCs than a process may open files."""


def sort_into_runs(
    lines: Iterable[bytes], scratch: Path, *, run_bytes: int = RUN_BYTES
) -> tuple[Path, ...]:
    """Write lines, in whatever order they come, to sorted files in a folder, and return those."""
    runs: list[Path] = []
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= run_bytes:
            runs.append(_write_run(sorted(held), scratch))
            held, size = [], 0
    if held:
        runs.append(_write_run(sorted(held), scratch))
    return tuple(runs)


def merge_files(paths: Iterable[Path], scratch: Path, *, fan_in: int = FAN_IN) -> Iterator[bytes]:
    """Yield the lines of sorted files in order, one line of each in memory at a time.

    Raises CorruptArchiveError for a file whose lines are out of order, or whose last breaks off.
    """
    waiting = list(paths)
    while len(waiting) > fan_in:
        merged = _write_run(_merged(waiting[:fan_in]), scratch)
        waiting = [*waiting[fan_in:], merged]
    yield from _merged(waiting)


def _merged(paths: Iterable[Path]) -> Iterator[bytes]:
    with ExitStack() as opened:
        streams = [_in_order(opened.enter_context(path.open("rb")), path) for path in paths]
        yield from heapq.merge(*streams)


def _in_order(lines: Iterable[bytes], path: Path) -> Iterator[bytes]:
    offset, last = 0, b""
    for line in lines:
        if line < last or not line.endswith(b"\n"):
            why = "lines are out of order" if line < last else "the last line breaks off"
            raise CorruptArchiveError(path, offset, why)
        yield line
        offset, last = offset + len(line), line


def _write_run(lines: Iterable[bytes], scratch: Path) -> Path:
    names = (scratch.joinpath(f"run-{number}") for number in itertools.count(1))
    path = next(name for name in names if not name.exists())
    with path.open("xb") as file:
        file.writelines(lines)
    return path
