"""Where a rebuild writes its changes: each is a transaction, done when it is handed in."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from archive.errors import CaptureError
from archive.journal.journal import Journal

T = TypeVar("T")


class AtOnce:
    """Takes the recorder's place: nothing is archived, so nothing has to wait for a batch."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()  # parts are published in a thread of their own
        self.failure: CaptureError | None = None

    def write(self, change: Callable[[Journal], T]) -> "Future[T]":
        """Apply a change; the future is done."""
        done: Future[T] = Future()
        with self._lock, self._journal.transaction():
            result = change(self._journal)
        done.set_result(result)
        return done

    def give_up(self, error: CaptureError) -> None:
        """Note that rows could not be kept; the rebuild ends with that."""
        self.failure = self.failure or error
