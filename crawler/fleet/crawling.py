"""Crawls one site into its store and ends the run, in a process of its own: a reactor starts once.

The order comes as one line on standard input. More lines say that the site is still the worker's;
when they stay out for as long as a lease, or the input ends, another may have the site, and this
crawl must not go on asking it. The answer is one line on standard output.
"""

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from archive.columns import plain
from archive.dataset.memory import leave_pandas_out
from archive.errors import NewsreelError
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.journal.runs import WAITING
from archive.layout import Layout
from archive.store import open_for_writing
from crawler.commands.awake import due_at
from crawler.commands.crawl import crawl, plan_crawl
from crawler.extract.pool import ReadingPool
from crawler.plan import Plan
from crawler.progress import Progress
from crawler.registry import known_sites
from crawler.run import finish, open_run, resume

_GRACE_S: Final = 20.0
"""For what is under way when the worker is gone; then the process ends as if it was killed."""
_SHARE: Final = 0.9
"""Of a lease; what is left of it is for the answers under way."""
_WHEN_UNKNOWN: Final = timedelta(days=1)
"""For a site of which nothing is ever due by itself: its front page is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every crawl of a worker is told, as the options of `newsreel crawl` are given."""

    delay_s: float
    proxy: str | None = None
    allowed_networks: tuple[str, ...] = ()
    contact: str | None = None
    most_pages: int | None = None
    readers: int = 1
    """Processes that read pages."""

    def plan(self, word: str) -> Plan:
        """Return the plan for a site; ConfigError says what is wrong with it."""
        return plan_crawl(
            (word,),
            allowed_networks=self.allowed_networks,
            proxy=self.proxy,
            contact=self.contact,
            delay_s=self.delay_s,
            most_pages=self.most_pages,
            is_due=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a process is to do."""

    root: Path
    """Of the site's store."""
    word: str
    terms: Terms
    lease_s: float
    """How long the worker has the site after each sign of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How the crawl of a site went."""

    exit_code: int
    """That of `newsreel crawl`."""
    is_whole: bool
    """Whether it ended by itself; what was stopped is not shipped."""
    requests: int
    new_rows: int
    next_due: datetime
    looks: tuple[str, ...] = ()
    """What needs a look since this turn, a sentence each."""


def crawl_site(root: Path, word: str, terms: Terms, *, clock: Callable[[], datetime]) -> Crawled:
    """Ask a site for all that is due, as `newsreel crawl --due` does, and let the run end with it.

    A run that waited for the next call could not be shipped: its WARC would grow on elsewhere.
    """
    plan = terms.plan(word)
    silence = Progress(Console(stderr=True, quiet=True), is_quiet=True)
    with closing(_Stopped(ReadingPool(workers=terms.readers))) as readers:
        summary = crawl(root, plan, silence, pool=readers.pool)
        is_whole = summary.outcome == WAITING
        if is_whole:
            _end_runs(root, plan, readers.pool, now=clock())
    with closing(Journal.read(Layout(root).journal)) as journal:
        next_due = due_at((word,), known_sites(), journal, now=clock())
    return Crawled(
        exit_code=summary.exit_code,
        is_whole=is_whole,
        requests=summary.requests_now,
        new_rows=summary.new_rows_now,
        next_due=next_due or clock() + _WHEN_UNKNOWN,
        looks=tuple(problem.what for problem in summary.began),
    )


@dataclass(frozen=True, slots=True)
class _Stopped:
    """A pool that is stopped where others are closed."""

    pool: ReadingPool

    def close(self) -> None:
        """End the workers."""
        self.pool.stop()


def _end_runs(root: Path, plan: Plan, pool: ReadingPool, *, now: datetime) -> None:
    """End every run of the store: ledgers are published, WARCs sealed."""
    with open_for_writing(root, now=now) as store:
        for run in store.journal.runs.open_plans():
            with open_run(store, plan, known_sites(), resume(store, run), pool=pool) as ending:
                finish(ending, store, outcome="finished")


def order_line(order: Order) -> str:
    """Return an order as `main` takes it."""
    return json.dumps(plain({**asdict(order), "root": str(order.root)})) + "\n"


def _read_order(line: str) -> Order:
    told = json.loads(line)
    networks = tuple(told["terms"]["allowed_networks"])
    terms = Terms(**{**told["terms"], "allowed_networks": networks})
    return Order(**{**told, "root": Path(told["root"]), "terms": terms})


def read_answer(line: str) -> Crawled:
    """Return what `main` answered."""
    told = json.loads(line)
    next_due = datetime.fromisoformat(told["next_due"])
    return Crawled(**{**told, "next_due": next_due, "looks": tuple(told["looks"])})


def main() -> int:
    """Do what the order says; return the exit code of an error, told in one sentence."""
    order = _read_order(_first_line())
    leave_pandas_out()
    threading.Thread(target=_end_with_lease, args=(order.lease_s,), daemon=True).start()
    try:
        crawled = crawl_site(order.root, order.word, order.terms, clock=now_utc)
    except NewsreelError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps(plain(crawled)) + "\n")
    return 0


def _first_line() -> str:
    """Return the order; what comes behind it is left in the pipe, where it is waited for."""
    line = b""
    while (each := os.read(sys.stdin.fileno(), 1)) not in {b"", b"\n"}:
        line += each
    return line.decode()


def _end_with_lease(lease_s: float) -> None:
    """Stop when the worker says nothing for so long, or is gone: before another may begin."""
    worker = sys.stdin.fileno()
    while select.select([worker], [], [], _SHARE * lease_s)[0] and os.read(worker, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
