"""The process in which a site is crawled, as the worker sees it: ordered, kept going, ended."""

import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import IO, Final

from crawler.exit_codes import UNEXPECTED, WORST_FIRST
from crawler.fleet.crawling import Crawled, Order, order_line, read_answer
from crawler.fleet.leasing import Lease

_LOOK_S: Final = 0.2
_LAST_WORDS_S: Final = 60.0
"""For a crawl that was asked to end; then it is killed, which loses nothing that was committed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a crawl did not end as crawls do."""

    exit_code: int
    why: str


def crawl_apart(order: Order, lease: Lease, stopping: threading.Event) -> Crawled | Failure:
    """Crawl in a process of its own, which ends when the lease does, or when it is to stop."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as answer:
        # In a session of its own, or Ctrl-C in a terminal would reach it before we decide.
        with subprocess.Popen(
            [sys.executable, "-m", "crawler.fleet.crawling"],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as crawling:
            assert crawling.stdin is not None
            _say(crawling.stdin, order_line(order))
            lease.tell = partial(_say, crawling.stdin, "still yours\n")
            _wait(crawling, (lease.lost, stopping))
            lease.tell = None
        said.seek(0)
        answer.seek(0)
        if crawling.returncode:
            sentence = (said.read().strip().splitlines() or ["it said nothing"])[-1]
            is_known = crawling.returncode in WORST_FIRST
            return Failure(crawling.returncode if is_known else UNEXPECTED, sentence)
        return read_answer(answer.read())


def _say(crawling: IO[str], line: str) -> None:
    with suppress(BrokenPipeError, ValueError):  # it has ended
        crawling.write(line)
        crawling.flush()


def _wait(crawling: "subprocess.Popen[str]", ends: tuple[threading.Event, ...]) -> None:
    kill_at: float | None = None
    while crawling.poll() is None:
        if kill_at is None and any(each.is_set() for each in ends):
            crawling.terminate()
            kill_at = time.monotonic() + _LAST_WORDS_S
        elif kill_at is not None and time.monotonic() > kill_at:
            crawling.kill()
        with suppress(subprocess.TimeoutExpired):
            crawling.wait(_LOOK_S)
