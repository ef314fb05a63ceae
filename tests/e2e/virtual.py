"""Weeks of `crawl --due` in a minute: the newsroom and every clock of the crawl are set by hand.

The sites answer on loopback as always, and everything is kept as always. Only waiting is left
out: where a crawl would sleep, its clock goes on at once. Many crawls in one process share its
reactor, which cannot be started twice.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.reactor import install_reactor
from twisted.internet.defer import Deferred
from twisted.internet.threads import blockingCallFromThread
from typing_extensions import override

from crawler.commands.crawl import crawl, plan_crawl, settings_of
from crawler.commands.due import crawl_due
from crawler.discover.frontier import PATIENCE
from crawler.extract.pool import ReadingPool
from crawler.newsroom.listener import Request, Response
from crawler.newsroom.server import Newsroom
from crawler.plan import Plan
from crawler.progress import Progress
from crawler.run import CrawlRun
from crawler.spider import NewsSpider
from crawler.summary import Summary
from crawler.timing import Timing

BEGAN: Final = datetime(2026, 5, 18, 6, tzinfo=UTC)
_MOMENT_S: Final = 0.002
NEWSROOM_LOCK: Final = threading.Lock()


@dataclass(slots=True)
class VirtualTime:
    """A clock that stands, and goes on where somebody would sleep."""

    seconds: float = 0.0
    is_free: Callable[[], bool] = lambda: False
    """Whether nothing goes on that takes no time here, such as an answer that is on its way."""

    def clock(self) -> datetime:
        """Return the time of day."""
        return BEGAN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the seconds that went by."""
        return self.seconds

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        """Let the time go by, and call."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        # Nobody sleeps longer than a run's patience: what seems to has an answer to read yet.
        is_free = self.is_free() and seconds <= PATIENCE.total_seconds()
        self.seconds += seconds if is_free else 0.0
        running: Any = reactor
        return running.callLater(0.0 if is_free else _MOMENT_S, call)

    @property
    def timing(self) -> Timing:
        """The clocks of a crawl."""
        return Timing(clock=self.clock, monotonic=self.monotonic, call_later=self.call_later)


class TimedNewsroom(Newsroom):
    """The invented news world, on virtual time."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(now=BEGAN, stopwatch=time.monotonic)
        self._time = time

    @override
    def respond(self, request: Request) -> Response:
        """Answer as of now."""
        with NEWSROOM_LOCK:
            self.now = max(self.now, self._time.clock())
        return super().respond(request)


@dataclass(slots=True, kw_only=True)
class VirtualCrawls:
    """A store, workers, and a clock that is set by hand."""

    time: VirtualTime
    store: Path
    pool: ReadingPool

    def crawl(self, plan: Plan) -> Summary:
        """Crawl in the reactor that goes on running."""
        silence = Progress(Console(stderr=True, quiet=True), is_quiet=True)
        return crawl(
            self.store,
            plan,
            silence,
            timing=self.time.timing,
            fetch=self._fetch,
            pool=self.pool,
        )

    def _fetch(self, run: CrawlRun, progress: Progress) -> int:
        """Crawl in the reactor that goes on running; nothing stops it."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        def begin() -> Any:
            runner = AsyncCrawlerRunner(settings_of(run))
            task = runner.crawl(NewsSpider, run=run, progress=progress)
            return Deferred.fromFuture(asyncio.ensure_future(task))

        def is_free() -> bool:
            is_still = run.recorder.is_idle and not run.politeness.is_asking
            return is_still and run.frontier.has_work

        self.time.is_free = is_free
        blockingCallFromThread(reactor, begin)
        return 0


@dataclass(slots=True, kw_only=True)
class Months(VirtualCrawls):
    """A newsroom, and the calls that a clock makes."""

    newsroom: Newsroom
    delay_s: float = 2.0
    calls: list[dict[str, Any]] = field(default_factory=list)
    """What each call said, and when it was made."""

    def call(self) -> None:
        """Call `crawl --due`, as a clock does."""
        sites = self.newsroom.sites
        words = tuple(f"http://{site.host}/" for site in sites)
        called_s = self.time.seconds

        def now(targets: Any) -> int:
            plan = plan_crawl(
                targets,
                allowed_networks=(),
                proxy=sites[0].base_url,
                delay_s=self.delay_s,
                is_due=True,
            )
            summary = self.crawl(plan)
            self.calls.append(_said(summary, called_s, self.time.seconds))
            return summary.exit_code

        crawl_due(self.store, words, now, is_quiet=True, clock=self.time.clock)

    def sleep_until(self, hours: float) -> None:
        """Let the time go by up to so many hours after the beginning."""
        self.time.seconds = max(self.time.seconds, hours * 3600)
        self.newsroom.now = max(self.newsroom.now, self.time.clock())

    def told(self) -> dict[str, Any]:
        """Return what happened: the calls, and every request as the sites saw it."""
        return {
            "calls": self.calls,
            "requests": [
                {
                    "site": each.site,
                    "path": each.path,
                    "status": each.status,
                    "at_s": each.at_s,
                    "bytes": each.sent_bytes,
                }
                for each in self.newsroom.requests
            ],
        }


def _said(summary: Summary, called_s: float, ended_s: float) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(summary.to_json())
    return said | {"called_s": called_s, "ended_s": ended_s}


@contextmanager
def months(store: Path) -> Iterator[Months]:
    """Open the newsroom, workers and a virtual clock."""
    with virtual_crawls(store) as crawls, TimedNewsroom(crawls.time) as newsroom:
        yield Months(newsroom=newsroom, time=crawls.time, store=store, pool=crawls.pool)


@contextmanager
def virtual_crawls(store: Path) -> Iterator[VirtualCrawls]:
    """Open workers and a virtual clock."""
    pool = ReadingPool(workers=2)
    try:
        yield VirtualCrawls(time=VirtualTime(), store=store, pool=pool)
    finally:
        pool.stop()


def play(story: Callable[[Path], dict[str, Any]], store: Path) -> None:
    """Run a story in a thread beside the reactor, and print what it tells as JSON."""
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor  # noqa: PLC0415 - the one just installed

    running: Any = reactor
    told: dict[str, Any] = {}
    faults: list[BaseException] = []

    def tell() -> None:
        try:
            told.update(story(store))
        except BaseException as fault:  # noqa: BLE001 - told below, in the main thread
            faults.append(fault)
        finally:
            running.callFromThread(running.stop)

    running.callWhenRunning(threading.Thread(target=tell).start)
    running.run()
    if faults:
        raise faults[0]
    json.dump(told, sys.stdout)
