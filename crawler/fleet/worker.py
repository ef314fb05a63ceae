"""A worker: takes turns of due sites, some at a time, until it is stopped or all is done."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from archive.errors import LedgerError, ObjectStoreError
from crawler.exit_codes import worst
from crawler.fleet.turn import Outcome, Post, Took, take_turn

POLL_S: Final = 5.0
"""Between two looks at a ledger in which nothing is to be had."""
_AFTER_OUTAGE_S: Final = 30.0


@dataclass(slots=True)
class Tally:
    """What became of the turns so far."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    requests: int = 0
    new_rows: int = 0
    codes: set[int] = field(default_factory=set)

    def count(self, took: Took) -> None:
        """Add a turn."""
        self.outcomes[took.outcome] += 1
        self.requests += took.requests
        self.new_rows += took.new_rows
        if took.outcome is not Outcome.STOPPED:
            self.codes.add(took.exit_code)

    @property
    def exit_code(self) -> int:
        """The worst that a turn ended with."""
        return worst(self.codes)


@dataclass(slots=True)
class Worker:
    """Lanes, each of which has one site at a time."""

    post: Post
    lanes: int
    is_once: bool
    """Whether it ends when no site is due, instead of waiting for the next."""
    report: Callable[[Took], None]
    trouble: Callable[[str], None]
    """Told when ledger or object store do not answer."""
    stopping: threading.Event = field(default_factory=threading.Event)
    poll_s: float = POLL_S
    tally: Tally = field(default_factory=Tally)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Take turns until it is stopped; once, until no site is due.

        Raises LedgerError or ObjectStoreError when those do not answer and all was to be done once;
        else it waits for them.
        """
        with ThreadPoolExecutor(self.lanes, thread_name_prefix="lane") as lanes:
            for lane in [lanes.submit(self._lane) for _ in range(self.lanes)]:
                lane.result()

    def _lane(self) -> None:
        while not self.stopping.is_set():
            try:
                if self._has_ended():
                    return
            except (LedgerError, ObjectStoreError) as error:
                if self.is_once:
                    self.stopping.set()
                    raise
                self.trouble(str(error))
                self.stopping.wait(_AFTER_OUTAGE_S)

    def _has_ended(self) -> bool:
        """Take a turn, or wait for one; return whether there is none to wait for."""
        claim = self.post.ledger.claim(self.post.name, lease=self.post.lease)
        if claim is not None:
            took = take_turn(self.post, claim, self.stopping)
            with self._lock:
                self.tally.count(took)
                self.report(took)
            return False
        if self.is_once and not self.post.ledger.due():
            return True
        self.stopping.wait(self.poll_s)
        return False
