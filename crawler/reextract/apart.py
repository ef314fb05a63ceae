"""A process that does tasks for the one that begins it: where pages are read, a page may end it.

A worker of Dask's is no such place: its own threads and the reader's would wait for each other, its
memory goes back to the system after every page, and whoever ends it ends what it does for others.
Of multiprocessing's processes it may begin none, since it is one itself, and a daemon.
"""

import os
import select
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from archive.errors import NewsreelError, WorkersError

if TYPE_CHECKING:
    from crawler.reextract.crew import Ground
    from crawler.reextract.tasks import Task

_ENDED: Final = (EOFError, OSError)
"""What a connection raises whose other end is gone."""


class Apart:
    """The process, which is begun with the first task, and anew after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: Connection[Any, Any] | None = None

    def __del__(self) -> None:
        self.close()

    def perform(self, task: "Task", ground: "Ground") -> Any:
        """Have a task done, and return its outcome; raises the NewsreelError that it raised.

        Raises ChildProcessError when it ended the process, as whatever nobody foresaw does, and
        WorkersError when none can begin.
        """
        ours = self._ours or self._begin()
        try:
            ours.send((task, ground))
            outcome, failure = ours.recv()
        except _ENDED as error:
            code = self._end()
            raise ChildProcessError(f"the process that did {task.title} ended: {code}") from error
        if failure is not None:
            raise failure
        return outcome

    def close(self) -> None:
        """End the process, if one was begun."""
        if self._ours is not None:
            self._end()

    def _begin(self) -> "Connection[Any, Any]":
        self._ours, theirs = Pipe()
        handle = theirs.fileno()
        # Modules are found where this process finds them, and nowhere else.
        program = f"import sys; sys.path[:] = {sys.path!r}; import {__name__} as apart; "
        command = [sys.executable, "-P", "-c", f"{program}apart.serve({handle})"]
        # A group of its own: Ctrl-C in a terminal is told the one that has us do it.
        self._process = subprocess.Popen(  # noqa: S603 - our own
            command, pass_fds=[handle], process_group=0
        )
        theirs.close()
        try:
            self._ours.recv()
        except _ENDED as error:
            code = self._end()
            raise WorkersError(
                f"a worker's process that reads pages cannot begin, and ended with {code}; what it "
                "said of it is on the worker's standard error"
            ) from error
        return self._ours

    def _end(self) -> int:
        assert self._process is not None
        assert self._ours is not None
        self._ours.close()
        self._ours = None
        return self._process.wait()


_OURS: Final = threading.local()


def perform_apart(task: "Task", ground: "Ground") -> Any:
    """Do a task in a process that belongs to this thread; all else is as of `Apart.perform`."""
    if not hasattr(_OURS, "apart"):
        _OURS.apart = Apart()
    return _OURS.apart.perform(task, ground)


def serve(handle: int) -> None:
    """Do what is asked for on a connection until nobody is there to ask, and no moment longer."""
    theirs: Connection[Any, Any] = Connection(handle)
    threading.Thread(target=_end_with, args=(handle,), daemon=True).start()
    from crawler.extract import ready  # noqa: F401, PLC0415 - loads trafilatura
    from crawler.reextract.crew import begin  # noqa: PLC0415 - pyarrow

    begin()
    with suppress(*_ENDED):
        theirs.send(os.getpid())
        while True:
            theirs.send(_outcome(*theirs.recv()))


def _end_with(handle: int) -> None:
    """End this process, whatever it is doing, when the other end of a connection is closed."""
    hung_up = select.poll()
    hung_up.register(handle, 0)  # POLLHUP is told unasked (poll(2))
    hung_up.poll()
    os._exit(0)


def _outcome(task: "Task", ground: "Ground") -> tuple[Any, NewsreelError | None]:
    from crawler.reextract.crew import perform_here  # noqa: PLC0415 - pyarrow

    try:
        return perform_here(task, ground), None
    except NewsreelError as failure:
        return None, failure
