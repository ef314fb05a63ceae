"""Reads WARCs for a verification, part by part, in processes beside each other."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.verify.digested import Digested, digested
from archive.verify.members import Damaged, read_members

Found = Digested | Damaged

SPAN_BYTES: Final = 16 << 20
"""How much of a file is one piece of work: what comes back for it is held in memory."""
WORTH_A_PROCESS: Final = 64 << 20
"""Less than this is read sooner than a process has started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a file, from the beginning of a member to that of another, or to the end."""

    path: Path
    start: int
    end: int


def read_span(span: Span) -> list[Found]:
    """Return all that lies in a part of a file; raises OSError when it cannot be read."""
    with span.path.open("rb", buffering=0) as file:
        return [digested(each) for each in read_members(file, span.end, start=span.start)]


def spans_of(
    path: Path, end: int, begins: Sequence[int], *, span_bytes: int = SPAN_BYTES
) -> Iterator[Span]:
    """Cut a file into parts at places where members are known to begin."""
    start = 0
    for begin in begins:
        if start + span_bytes <= begin < end:
            yield Span(path=path, start=start, end=begin)
            start = begin
    if start < end:
        yield Span(path=path, start=start, end=end)


class Readers:
    """Worker processes, or none when there is too little to read."""

    def __init__(self, *, workers: int, total_bytes: int) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._ahead = 2 * workers
        if workers > 1 and total_bytes >= WORTH_A_PROCESS:
            # A fork of a process with threads may hold their locks for ever.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=workers, mp_context=context)

    def read(self, spans: Iterator[Span]) -> Iterator[list[Found]]:
        """Yield what lies in each part, in their order."""
        if self._pool is None:
            yield from map(read_span, spans)
            return
        waiting: deque[Future[list[Found]]] = deque()
        for span in spans:
            waiting.append(self._pool.submit(read_span, span))
            if len(waiting) > self._ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
