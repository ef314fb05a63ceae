"""Who does the tasks of a re-extraction: processes of this machine, or a Dask cluster's.

Whoever does a task reads its pages itself. A page that is too much for that costs the process and
the task, which is then done anew with its pages read apart, as a crawl has them read.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from pebble import ProcessPool

from archive.dataset.memory import leave_pandas_out
from archive.errors import ConfigError, ExtractError, NewsreelError, WorkersError
from archive.journal.journal import Journal
from archive.layout import Layout
from crawler.extract import worker
from crawler.extract.page import SourcePage
from crawler.extract.pool import LOOK_S, NO_WORKERS, PAGE_LIMIT_S, ReadingPool, fork_server
from crawler.extract.rules import Design
from crawler.reextract.edition import reader_edition
from crawler.reextract.rereading import Rereader
from crawler.reextract.tasks import Task

if TYPE_CHECKING:
    from crawler.extract.reading import Reading

_MEMORY_BYTES: Final = 4_000_000_000
"""Address space of a process that does tasks: a page's, and what Arrow reserves."""
_PAGES_AHEAD: Final = 4


class Crew(Protocol):
    """Whoever does tasks."""

    def perform(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Do them all; yield each with its outcome, in the order in which they are done."""
        ...


class Done(Protocol):
    """The end of a task, in whatever process: a Future of Python's or of Dask's."""

    def result(self) -> Any:
        """Return the outcome."""
        ...

    def exception(self) -> BaseException | None:
        """Return what the task failed with; None when it did not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a task is done on; it is the same for whoever does it."""

    root: Path
    """The store's folder, which each process sees under this name."""
    journal: Path
    """What is asked of the captures: the store's journal, or a copy of it."""
    edition: str
    """Of the reader that everybody must be."""


def perform_here(task: Task, ground: Ground) -> Any:
    """Do a task in this process, and return its outcome.

    Raises ConfigError when another edition of the reader is installed here.
    """
    if reader_edition() != ground.edition:
        raise ConfigError(
            "a worker reads pages with other rules or libraries than this machine: install the "
            "same Newsreel on both, and start the worker anew"
        )
    return task.perform(_rereader(ground))


def begin() -> None:
    """Make this process one that does tasks, one at a time: its limits are the whole process's."""
    leave_pandas_out()
    worker.begin(_MEMORY_BYTES)


@lru_cache(maxsize=1)
def _rereader(ground: Ground) -> Rereader:
    return rereader(ground, Here(), ahead=0)


def rereader(ground: Ground, reads: "Here | ReadingPool", *, ahead: int) -> Rereader:
    """Return what reads a store's pages again, by somebody who reads pages."""
    return Rereader(
        layout=Layout(ground.root),
        journal=Journal.read(ground.journal),
        reads=reads,
        ahead=ahead,
    )


class Here:
    """Reads each page at once, in the process that asks: a page that takes too long ends it."""

    def submit(self, page: SourcePage, rules: Design | None = None) -> "Future[Reading]":
        """Return the reading, which is done; its failure is an ExtractError."""
        reading: Future[Reading] = Future()
        try:
            reading.set_result(worker.read(page, rules, PAGE_LIMIT_S))
        except ExtractError as error:
            reading.set_exception(error)
        return reading


@dataclass(slots=True)
class Careful:
    """Does a task whose process failed, with another process for each page that fails."""

    ground: Ground
    _open: ExitStack = field(default_factory=ExitStack)
    _rereader: Rereader | None = None

    def settle(self, task: Task, done: Done) -> Any:
        """Return a task's outcome; do it here where a process could not."""
        failure = done.exception()
        if failure is None:
            return done.result()
        if isinstance(failure, NewsreelError):
            raise failure
        return task.perform(self._apart())  # whatever it was comes out here, page by page

    def _apart(self) -> Rereader:
        if self._rereader is None:
            pool = self._open.enter_context(closing(ReadingPool()))
            self._rereader = rereader(self.ground, pool, ahead=_PAGES_AHEAD)
            self._open.callback(self._rereader.journal.close)
        return self._rereader

    def close(self) -> None:
        """End its processes."""
        self._open.close()


class LocalCrew:
    """Processes of this machine."""

    def __init__(self, ground: Ground, *, workers: int) -> None:
        self._ground = ground
        self._careful = Careful(ground)
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=begin,
            context=fork_server(__name__),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()  # a task that was begun is begun again by the next job
        self._pool.join()
        self._careful.close()

    def perform(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Any]]:
        """Do tasks side by side; yield each with its outcome, in the order in which they end."""
        try:
            begun = {
                self._pool.schedule(perform_here, args=(task, self._ground)): task for task in tasks
            }
        except (RuntimeError, OSError) as error:  # the pool is broken, or no process can begin
            raise WorkersError(NO_WORKERS) from error
        waiting = {*begun}
        while waiting:
            ended, waiting = wait(waiting, timeout=LOOK_S, return_when=FIRST_COMPLETED)
            if not ended and not self._pool.active:
                raise WorkersError(NO_WORKERS)
            for done in ended:
                yield begun[done], self._careful.settle(begun[done], done)
