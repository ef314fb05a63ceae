"""`newsreel crawl`: fetch, archive and read what sites advertise."""

import asyncio
import gc
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

# Scrapy asks for the whole call stack while this module loads, which takes a quarter of a second
# unless it comes before everything else.
from scrapy.core.downloader.handlers import http11  # noqa: F401 - to have it loaded first
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from typing_extensions import override

import crawler.settings
from archive.counted import counted, verb
from archive.coverage import Fate
from archive.dataset.memory import leave_pandas_out
from archive.durable import write_whole
from archive.errors import ConfigError
from archive.journal.runs import WAITING
from archive.journal.standing import standing
from archive.store import Store, open_for_writing
from crawler.console import answer_console, message_console
from crawler.discover.requisites import Requisites
from crawler.discover.revisits import LADDER, LONGEST_GAP
from crawler.extract.pool import ReadingPool
from crawler.fetch.guard import AddressGuard, AddressRefusedError
from crawler.herald import Herald
from crawler.metrics import Gauges, exposition
from crawler.plan import (
    Plan,
    find_target,
    read_contact,
    read_networks,
    read_proxy,
    watched_sites,
)
from crawler.progress import Progress
from crawler.registry import known_sites
from crawler.rendering.browser import require_browser
from crawler.run import CrawlRun, begin, end_overdue, finish, open_run
from crawler.spider import NewsSpider
from crawler.stopping import Stopping, heeding
from crawler.summary import Summary, before, remember, summarise
from crawler.timing import Timing

_COLUMNS: Final[Mapping[str, tuple[Fate, ...]]] = {
    "new": (Fate.ARCHIVED,),
    "same": (Fate.UNCHANGED,),
    "no article": (Fate.NOT_ARTICLE,),
    "moved": (Fate.REDIRECTED,),
    "gone": (Fate.GONE,),
    "refused": (Fate.REFUSED,),
    "blocked": (Fate.BLOCKED,),
    "failed": (Fate.FAILED, Fate.UNREADABLE),
    "pending": (Fate.PENDING,),
}
_SOON_S: Final = 0.02
_REAL: Final = Timing()


def plan_crawl(
    words: Sequence[str],
    *,
    allowed_networks: Sequence[str],
    proxy: str | None,
    contact: str | None = None,
    requisites: str | None = None,
    **limits: Any,
) -> Plan:
    """Return the plan of a command line; ConfigError names what is wrong in it."""
    targets = tuple(find_target(word, known_sites()) for word in words)
    if limits.get("is_due"):
        targets = watched_sites(targets)
    for target in targets:
        if target.site.needs_javascript:
            require_browser(target.site.name)
    guard = AddressGuard(allowed=read_networks(allowed_networks))
    for seed in (seed for target in targets for seed in target.seeds):
        if reason := guard.refuses_url(seed.url):
            # The guard would refuse it later too, but only in the ledger.
            raise ConfigError(str(AddressRefusedError(reason, seed.url)))
    return Plan(
        targets=targets,
        words=tuple(words),
        allowed_networks=guard.allowed,
        proxy=read_proxy(proxy),
        contact=read_contact(contact),
        requisites=None if requisites is None else Requisites(requisites),
        **limits,
    )


def run_crawl(root: Path, plan: Plan, herald: Herald, *, is_quiet: bool, as_json: bool) -> int:
    """Crawl, print how it went, and return the exit code."""
    leave_pandas_out()
    errors, answer = message_console(), answer_console()
    if plan.contact is None and not plan.allowed_networks and not is_quiet:
        errors.print(
            "warning: no --contact is set, so a site's owner has nobody to write to; "
            "NEWSREEL_CONTACT sets it for good"
        )
    herald.begin()
    try:
        summary = crawl(root, plan, Progress(errors, is_quiet=is_quiet))
    except BaseException:
        herald.fail()
        raise
    herald.end(summary)
    if as_json:
        answer.out(summary.to_json())
    elif not is_quiet or (summary.began or summary.ended if plan.is_due else summary.exit_code):
        print_summary(summary, answer)
    return summary.exit_code


def print_summary(summary: Summary, console: Console) -> None:
    """Print one line a site, the sentence, and what needs a look with the command to run next."""
    table = Table(box=None, pad_edge=False)
    for name in ("site", *_COLUMNS):
        table.add_column(name, justify="left" if name == "site" else "right")
    for site, fates in summary.fates.items():
        counts = (sum(fates.get(fate, 0) for fate in _COLUMNS[name]) for name in _COLUMNS)
        table.add_row(site, *(str(count) if count else "·" for count in counts))
    console.print(table)
    console.print()
    if summary.outcome == "stopped":
        console.print("Stopped; everything finished is committed. The same command goes on.")
    console.print(summary.sentence, soft_wrap=True)
    console.print(counts_told(summary), soft_wrap=True)
    for resting in summary.resting:
        console.print(resting, soft_wrap=True)
    if summary.requisites["requests"]:
        console.print(_told(summary.requisites), soft_wrap=True)
    is_due = summary.outcome == WAITING  # called by a clock: what is known need not be told again
    for problem in summary.began if is_due else summary.problems:
        console.print(f"\n{problem.site}  {problem.what}", soft_wrap=True)
        console.print(f"  $ {problem.hint}", soft_wrap=True)
    for alarm in summary.ended:
        console.print(f"\n{alarm.site}  is over: {alarm.what}", soft_wrap=True)


def counts_told(summary: Summary) -> str:
    """Return what was asked for and added, of a run that goes on also what was there before."""
    requests = f"{counted(summary.requests_now, 'request')} in {summary.wall_s:.0f} s"
    added = counted(summary.new_rows_now, "new row")
    if summary.is_resumed:
        requests += f" since the run goes on, {summary.requests:,} in all"
        added += f", {summary.new_rows:,} in all"
    return f"{requests}; {added}; {counted(summary.rows, 'row')} in {summary.store}/articles"


def _told(requisites: Mapping[str, int]) -> str:
    megabytes = requisites["bytes"] / 1_000_000
    missed = [f"{requisites[what]} {what}" for what in ("failed", "refused") if requisites[what]]
    return (
        f"{counted(requisites['requests'], 'request')} besides for what the pages need, "
        f"{megabytes:.1f} MB"
        f"{''.join(f'; {each}' for each in missed)}"
    )


def crawl(
    root: Path,
    plan: Plan,
    progress: Progress,
    *,
    timing: Timing = _REAL,
    fetch: Callable[[CrawlRun, Progress], int] | None = None,
    pool: ReadingPool | None = None,
) -> Summary:
    """Crawl a plan into a store; return how it went.

    Who crawls many times in one process hands in what can only be had once there: the reactor, in
    `fetch`, and the workers. Raises StoreError when the store cannot be used, CaptureError when
    something could not be kept.
    """
    began = time.monotonic()
    with ExitStack() as opened:
        stopping = opened.enter_context(heeding())
        store = opened.enter_context(open_for_writing(root, now=timing.clock()))
        set_back = _mend_what_the_clock_did(store, now=timing.clock())
        if plan.is_due:
            end_overdue(store, plan, known_sites(), timing)
        begun = begin(store, plan, token=secrets.token_hex(2), now=timing.clock())
        run = opened.enter_context(
            open_run(store, plan, known_sites(), begun, timing=timing, pool=pool)
        )
        there_before = before(run)
        progress.begin(run)
        if set_back:
            progress.warn(set_back)
        signum = (fetch or partial(_fetch, stopping=stopping))(run, progress)
        for failure in (run.recorder.failure, *run.faults):
            if failure is not None:
                raise failure
        outcome = "stopped" if signum else WAITING if plan.is_due else "finished"
        if set_back:  # only now has the run's log been opened
            run.issues.warn("clock_set_back", site="", told=set_back)
        finish(run, store, outcome=outcome)
        progress.end(outcome)
        summary = summarise(
            run,
            outcome=outcome,
            before=there_before,
            wall_s=round(time.monotonic() - began, 1),
            signum=signum,
        )
        tell(summary, run, store)
        return summary


def _mend_what_the_clock_did(store: Store, *, now: datetime) -> str:
    """Have be due what would sleep for years, and return what is said of it; empty: nothing is."""
    with store.journal.transaction():
        count = store.journal.looks.bring_back(LADDER, now=now)
    if not count:
        return ""
    return (
        f"this machine's clock was set back: {counted(count, 'address')} "
        f"{verb(count, 'was', 'were')} not due within {LONGEST_GAP.days} days from now, and "
        f"{verb(count, 'is', 'are')} due at once"
    )


def tell(summary: Summary, run: CrawlRun, store: Store) -> None:
    """Leave in the store how a crawl went: for people, for programs, and for the next crawl."""
    for problem in summary.began if run.plan.is_due else summary.problems:
        run.issues.warn(problem.kind, site=problem.site, told=problem.what)
    for alarm in summary.ended:
        run.issues.warn(f"over:{alarm.kind}", site=alarm.site, told=alarm.what)
    remember(summary, store.journal, now=run.clock())
    write_whole(run.layout.run(run.id) / "summary.json", summary.to_json().encode())
    gauges = Gauges(
        ended_at=run.clock(),
        exit_code=summary.exit_code,
        rows=summary.rows,
        sites=standing(run.reader),
        alarms=run.reader.alarms.all(),
    )
    write_whole(run.layout.metrics, exposition(gauges).encode())


class _Process(AsyncCrawlerProcess):
    """Scrapy's process, that stops its crawl also when that is only just beginning."""

    progress: Progress | None = None

    @override
    async def stop(self) -> None:
        """Stop once the engine runs: Scrapy leaves one alone that does not yet, and forgets it."""
        if self.progress is not None:
            self.progress.tell_of_stopping()
        # No event of Scrapy's comes both when an engine has started and when it has failed to.
        while any(map(_is_starting, self.crawlers)):  # noqa: ASYNC110 - hence
            await asyncio.sleep(_SOON_S)
        await super().stop()


def _is_starting(crawler: Crawler) -> bool:
    engine = getattr(crawler, "_engine", None)  # there is no public way to ask whether there is one
    return crawler.crawling and not (engine and engine.running)


def _fetch(run: CrawlRun, progress: Progress, *, stopping: Stopping) -> int:
    """Run Scrapy until the frontier is empty; return the signal that stopped it, or 0."""
    # On a full disk the log is full too; that is told once, not again with every line of it.
    logging.raiseExceptions = False
    process = _Process(settings_of(run))
    process.progress = progress
    stopping.tell = process._signal_shutdown  # noqa: SLF001 - what Scrapy's own handlers call
    if not stopping.signum:
        # What was loaded so far stays to the end. To look through it again and again for what can
        # be freed would hold the crawl up for a tenth of a second each time.
        gc.freeze()
        process.crawl(NewsSpider, run=run, progress=progress)
        # Twisted's handlers and Scrapy's would come one after the other, with moments between.
        process.start(install_signal_handlers=False)
    stopping.tell = None
    return stopping.signum


def settings_of(run: CrawlRun) -> Settings:
    """Return what Scrapy is told for a run, whose folder is there then."""
    settings = Settings()
    settings.setmodule(crawler.settings, priority="project")
    if any(target.site.manners.has_cookies for target in run.plan.targets):
        settings.set("DOWNLOADER_MIDDLEWARES", crawler.settings.NEWSREEL_COOKIES)
    settings.set("NEWSREEL_ALLOW_NETWORKS", [str(each) for each in run.plan.allowed_networks])
    settings.set("NEWSREEL_PROXY_HOST", _host(run.plan.proxy))
    folder = run.layout.run(run.id)
    folder.mkdir(parents=True, exist_ok=True)
    settings.set("LOG_FILE", str(folder / "crawl.log"))
    return settings


def _host(proxy: str | None) -> str | None:
    return urlsplit(proxy).hostname if proxy else None
