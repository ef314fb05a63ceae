"""One crawl from its first request to its last commit: what it opens, shares and closes."""

import logging
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

from scrapy import Request
from scrapy.http import Response

from archive.journal.journal import Journal
from archive.journal.runs import WAITING, Run
from archive.layout import Layout
from archive.recorder import Recorder
from archive.rows import RowSink
from archive.store import Store
from archive.warc.records import Provenance
from archive.warcs import WarcSeries
from archive.withdrawn import withdrawals
from crawler import settings
from crawler.discover.frontier import PATIENCE, Frontier
from crawler.discover.permission import Permissions
from crawler.extract.pool import ReadingPool
from crawler.fetch.guard import AddressGuard
from crawler.fetch.holding import take_up_holds
from crawler.fetch.politeness import Politeness
from crawler.issues import Issues
from crawler.plan import Plan
from crawler.promises import Promises
from crawler.rendering.browser import Browser
from crawler.sites import Sites
from crawler.timing import Timing
from pipelines.quarantine import Quarantine

logger = logging.getLogger(__name__)

SOFTWARE: Final = f"Newsreel/{version('newsreel')}"
AGENT: Final = "newsreel"
"""The product token that robots.txt groups are matched by."""
LASTS_OF_DUE: Final = timedelta(hours=24)
"""Then a run of `--due` ends, its ledger is published and its WARC sealed, and another begins."""
LONGEST_OF_DUE: Final = timedelta(minutes=15)
"""How long one call of `--due` goes on: what is left waits for the next, behind what is due then.

A site with ten thousand new pages must not keep the others' front pages waiting for hours."""
PATIENCE_OF_DUE: Final = timedelta(minutes=1)
"""How long a call of `--due` waits for a retry: the next call is near."""
_REAL: Final = Timing()


async def _not_running(request: Request) -> Response:
    raise RuntimeError(f"no engine runs that could ask for {request.url}")


@dataclass(slots=True)
class Threads:
    """How other threads speak to the one that crawls; set once its loop runs."""

    call: Callable[[Callable[[], None]], None] = lambda call: call()
    """Runs a call soon in the crawl's thread."""
    wake: Callable[[], None] = lambda: None
    """Makes the crawl ask for its next visit."""

    stop: Callable[[], None] = lambda: None
    """Ends the crawl; call it in the crawl's thread."""

    def post(self, call: Callable[[], None]) -> None:
        """Run a call in the crawl's thread, then let it look for work."""

        def both() -> None:
            call()
            self.wake()

        self.call(both)


@dataclass(slots=True)
class Engine:
    """What is asked of Scrapy's engine; set once its loop runs."""

    download: Callable[[Request], Awaitable[Response]] = _not_running
    """Makes a request at once, behind others to the same host."""
    is_stopping: Callable[[], bool] = lambda: False
    """Whether the crawl was asked to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRun:
    """What the parts of one crawl share."""

    id: str
    plan: Plan
    sites: Sites
    layout: Layout
    reader: Journal
    """The journal for reading, in the crawl's own thread."""
    recorder: Recorder
    rows: RowSink
    frontier: Frontier
    politeness: Politeness
    guard: AddressGuard
    pool: ReadingPool
    quarantine: Quarantine
    issues: Issues
    promises: Promises
    clock: Callable[[], datetime]
    threads: Threads
    engine: Engine = field(default_factory=Engine)
    browser: Browser | None = None
    """What runs pages' scripts; None when a store is told again, and no page is rendered."""
    timing: Timing = field(default_factory=Timing)
    since: datetime | None = None
    """When this call of `--due` began, of which alone the summary speaks; None: of the run."""
    is_resumed: bool = False
    outcome: list[str] = field(default_factory=list)
    """Why the crawl was stopped, when it was; empty while nothing stopped it."""
    faults: list[Exception] = field(default_factory=list)
    """What kept the crawl from beginning; empty when nothing did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A run that the journal knows as going on."""

    run: Run
    is_resumed: bool


def user_agent(contact: str | None) -> str:
    """Return the User-Agent: who asks, and whom a site's owner can write to.

    >>> user_agent("archive@library.example").split(" ", 1)[1]
    '(+archive@library.example)'
    """
    return f"{SOFTWARE} (+{contact})" if contact else SOFTWARE


@contextmanager
def open_run(
    store: Store,
    plan: Plan,
    sites: Sites,
    begun: Begun,
    *,
    timing: Timing = _REAL,
    pool: ReadingPool | None = None,
) -> Iterator[CrawlRun]:
    """Open what a run works with, and close it in the end, but for a pool that is handed in."""
    run, clock = begun.run, timing.clock
    threads = Threads()
    warcs = WarcSeries(
        store.layout,
        run_id=run.id,
        provenance=Provenance(
            software=SOFTWARE,
            run_id=run.id,
            operator=plan.contact,
            user_agent=user_agent(plan.contact),
            robots="obey (RFC 9309)",
            plan=run.plan,
            run_began=run.started_at,
        ),
        clock=clock,
        known=store.journal.runs.warcs(),
    )
    reader = Journal.read(store.layout.journal)
    recorder = Recorder(store, warcs, run_id=run.id, on_commit=lambda: threads.post(lambda: None))
    rows = RowSink(store.layout, reader, recorder, run_id=run.id, clock=clock)
    politeness = Politeness(
        delay_s=plan.delay_s,
        monotonic=timing.monotonic,
        shortest_backoff_s=settings.NEWSREEL_SHORTEST_BACKOFF_S,
        dice=random.random,
    )
    take_up_holds(politeness, reader, now=clock(), tries_circuits=not plan.is_due)
    workers = ReadingPool(workers=os.cpu_count() or 1) if pool is None else pool
    permissions = Permissions(reader, agent=AGENT, run_began=run.started_at, clock=clock)
    frontier = Frontier(
        reader=reader,
        recorder=recorder,
        politeness=politeness,
        permissions=permissions,
        run_id=run.id,
        clock=clock,
        post=threads.post,
        is_due=plan.is_due,
        patience=PATIENCE_OF_DUE if plan.is_due else PATIENCE,
        ends_at=clock() + LONGEST_OF_DUE if plan.is_due else None,
        most_pages=plan.most_pages,
        bounds=settings.NEWSREEL_REQUISITES,
        withdrawn=withdrawals(store.layout),
    )
    try:
        yield CrawlRun(
            id=run.id,
            plan=plan,
            sites=sites,
            layout=store.layout,
            reader=reader,
            recorder=recorder,
            rows=rows,
            frontier=frontier,
            politeness=politeness,
            guard=AddressGuard(allowed=plan.allowed_networks),
            pool=workers,
            quarantine=Quarantine(store.layout, recorder, clock=clock),
            issues=Issues(store.layout.run(run.id) / "issues.jsonl"),
            promises=Promises(),
            clock=clock,
            threads=threads,
            browser=Browser(settings.NEWSREEL_RENDERING),
            timing=timing,
            since=clock() if plan.is_due else None,
            is_resumed=begun.is_resumed,
        )
    finally:
        if pool is None:
            workers.stop()
        recorder.close()
        reader.close()


def finish(run: CrawlRun, store: Store, *, outcome: str) -> None:
    """Publish what waits and end the run; its WARC is sealed.

    A run that was stopped keeps its ledger open: the same command takes it up again. One that
    waits for what is due next goes on with its WARC, too.
    """
    run.frontier.remember_holds()
    counts = run.promises.counts
    run.recorder.write(lambda journal: journal.alarms.add_filled(run.id, counts))
    run.rows.close(is_finished=outcome == "finished", goes_on=outcome == WAITING)
    run.recorder.write(
        lambda journal: journal.runs.end(run.id, outcome=outcome, at=run.clock())
    ).result()
    run.recorder.close(is_finished=outcome != WAITING)
    logger.info("run ended run=%s outcome=%s store=%s", run.id, outcome, store.layout.root)


def end_overdue(store: Store, plan: Plan, sites: Sites, timing: Timing) -> None:
    """End the runs of `--due` that have lasted long enough, or that nobody will go on with.

    One that was cut off is gone on with first: it has answers that are not read yet.
    """
    now = timing.clock()
    for run in store.journal.runs.open_plans():
        # A clock that was set back makes one begin in what is the future now.
        is_over = run.plan != plan.key or abs(now - run.started_at) >= LASTS_OF_DUE
        if is_over and run.outcome is not None:
            with open_run(store, plan, sites, resume(store, run), timing=timing) as ending:
                finish(ending, store, outcome="finished")


def run_name(now: datetime, token: str) -> str:
    """Return the id of a run: when it began, and four random hex digits.

    >>> from datetime import UTC
    >>> run_name(datetime(2026, 11, 22, 18, 4, 2, tzinfo=UTC), "9c41")
    '20261122T180402Z-9c41'
    """
    return f"{now:%Y%m%dT%H%M%SZ}-{token}"


def begin(store: Store, plan: Plan, *, token: str, now: datetime) -> Begun:
    """Begin a run, or take up the one of the same plan that was interrupted."""
    journal = store.journal
    unfinished = journal.runs.unfinished(plan.key)
    if unfinished is not None:
        return resume(store, unfinished)
    run = Run(id=run_name(now, token), plan=plan.key, started_at=now)
    with journal.transaction():
        journal.runs.begin(run)
    return Begun(run=run, is_resumed=False)


def resume(store: Store, run: Run) -> Begun:
    """Take up a run that has not ended."""
    with store.journal.transaction():
        store.journal.runs.resume(run.id)
    return Begun(run=run, is_resumed=True)
