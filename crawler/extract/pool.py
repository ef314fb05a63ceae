"""Reading pages in worker processes, so that a hostile page costs seconds and not the crawl."""

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import TYPE_CHECKING, Final

from pebble import ProcessExpired, ProcessPool
from typing_extensions import override

from archive.errors import ExtractError, WorkersError
from crawler.extract import worker
from crawler.extract.page import SourcePage
from crawler.extract.rules import Design

if TYPE_CHECKING:
    from crawler.extract.reading import Reading

NO_WORKERS: Final = (
    "the processes that read pages cannot start, or were killed; what they said of it is on "
    "standard error. Nothing that was fetched is lost: the next run reads it"
)
PAGE_LIMIT_S: Final = 10.0
"""Of CPU time: a hundred times what a long article takes."""
_PAGES_PER_WORKER: Final = 2000
"""A worker is replaced after this many pages: lxml and trafilatura keep what they once took."""
_WAITING_PER_WORKER: Final = 16
"""Pages that may wait for a worker, each with all that its request holds on to: what a worker reads
in a quarter of a second, within which the next answers come."""
LOOK_S: Final = 1.0
"""Between two looks at whether the pool is broken: pebble tells only the tasks that it took up."""
_WALL_FOR_CPU: Final = 10
"""How often the limit of CPU time a page may take on the wall, where a machine is busy or swaps."""


class ReadingPool:
    """Workers that each read one page at a time, within a limit of CPU time and of memory.

    What happens to a worker happens to one page: the next page gets a new worker.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        page_limit_s: float = PAGE_LIMIT_S,
        memory_bytes: int = 1_500_000_000,
        pages_per_worker: int = _PAGES_PER_WORKER,
    ) -> None:
        self._page_limit_s = page_limit_s
        self._most_waiting = workers * _WAITING_PER_WORKER
        self._open: set[Future[Reading]] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look_on, name="readers", daemon=True)
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=pages_per_worker,
            initializer=worker.begin,
            initargs=(memory_bytes,),
            context=fork_server(),
        )

    @property
    def is_full(self) -> bool:
        """Whether the crawl should wait: the workers have enough to read until more can come."""
        return len(self._open) > self._most_waiting

    def submit(self, page: SourcePage, rules: Design | None = None) -> "Future[Reading]":
        """Return the reading to come; its failure is an ExtractError that names the reason.

        The limits begin when a worker takes the page up, not when it is handed in. When no worker
        can be had, all readings that are due fail with WorkersError, which this raises too
        from then on.
        """
        reading: Future[Reading] = Future()
        reading.set_running_or_notify_cancel()
        with self._lock:
            self._open.add(reading)
        is_heeded = signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        try:  # the first one starts the processes
            with _deaf_to_signals(is_sigterm_heeded=is_heeded):
                task = self._pool.schedule(
                    worker.read,
                    args=(page, rules, self._page_limit_s),
                    timeout=_WALL_FOR_CPU * self._page_limit_s,
                )
        except (RuntimeError, OSError) as error:  # the pool is broken, or no process can begin
            self._fail_all()
            raise WorkersError(NO_WORKERS) from error
        task.add_done_callback(lambda done: self._settle(reading, done, page.url))
        if self._watch.ident is None:
            self._watch.start()
        return reading

    def _settle(self, reading: "Future[Reading]", done: "Future[Reading]", url: str) -> None:
        """Hand a worker's result on, its failures as reasons of our own."""
        failure = None if done.cancelled() else done.exception()
        if isinstance(failure, BrokenProcessPool):
            self._fail_all()
            return
        with self._lock:
            if reading not in self._open:
                return
            self._open.remove(reading)
        if done.cancelled():
            reading.set_exception(ExtractError("crash", f"reading {url} was given up"))
        elif failure is None:
            reading.set_result(done.result())
        else:
            reading.set_exception(_named(failure, url))

    def _look_on(self) -> None:
        """Tell readings that wait in a pool which broke before it took them up."""
        while not self._ended.wait(LOOK_S):
            if not self._pool.active:
                self._fail_all()

    def _fail_all(self) -> None:
        """Let no reading wait for workers that will not come: the pool forgets what it queued."""
        with self._lock:
            waiting, self._open = self._open, set()
        for reading in waiting:
            reading.set_exception(WorkersError(NO_WORKERS))

    def close(self) -> None:
        """Wait for what was handed in, and end the workers."""
        self._pool.close()
        self._pool.join()
        self._ended.set()

    def stop(self) -> None:
        """End the workers now; what was handed in fails as `crash`."""
        self._ended.set()
        self._pool.stop()
        self._pool.join()


class _Worker(ForkServerProcess):
    """A process that is ended with SIGKILL, for it may be deaf to SIGTERM."""

    @override
    def terminate(self) -> None:
        self.kill()


class _ForkServer(ForkServerContext):
    """What makes such processes."""

    Process = _Worker


def fork_server(*modules: str) -> ForkServerContext:
    """Return where workers come from: a process without threads that is ready to read, and more.

    A fork of this process, with Twisted's and pyarrow's threads, may hold their locks for ever; a
    worker started from nothing would take a second before its first page.
    """
    context = _ForkServer()
    context.set_forkserver_preload([*modules, "crawler.extract.pool", "crawler.extract.ready"])
    return context


def warm(*modules: str, is_sigterm_heeded: bool = False) -> None:
    """Begin the process that workers come from, so that it loads while this one does.

    `is_sigterm_heeded`: this process will end its work in good order on SIGTERM, for which it needs
    its workers. Where it cannot begin, nothing is said: whoever needs a worker will say so.
    """
    fork_server(*modules)
    with suppress(OSError), _deaf_to_signals(is_sigterm_heeded=is_sigterm_heeded):
        forkserver.ensure_running()


@contextmanager
def _deaf_to_signals(*, is_sigterm_heeded: bool) -> Iterator[None]:
    """Keep signals that are sent to all of us from processes that are begun in the block.

    A terminal sends Ctrl-C so, systemd SIGTERM. They inherit the mask, and are ended by the pool; a
    signal to this one waits for a moment. Where SIGTERM ends this process at once, it has to end
    them, too: nobody else would before their work is done.
    """
    signals = {signal.SIGINT, signal.SIGTERM} if is_sigterm_heeded else {signal.SIGINT}
    resource_tracker.ensure_running()  # begun within, it would leave the mask lifted
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _named(failure: BaseException, url: str) -> ExtractError:
    """Return the error that says why a page could not be read."""
    match failure:
        case ExtractError():
            return failure
        case TimeoutError():
            return ExtractError("timeout", f"{url} took too long")
        case ProcessExpired() if failure.exitcode == -signal.SIGPROF:
            return ExtractError("timeout", f"{url} took too long")
        case MemoryError():
            return ExtractError("memory", f"{url} needs more memory than a worker may take")
        case ProcessExpired():
            return ExtractError("crash", f"{url} ended its worker: {failure}")
    error = ExtractError("unreadable", f"{url}: {type(failure).__name__}: {failure}")
    error.__cause__ = failure
    return error
