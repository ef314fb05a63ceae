"""`newsreel crawl`: fetch, archive and read what sites advertise."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

# Scrapy asks for the whole call stack while this module loads, which takes a quarter of a second
# unless it comes before everything else.
from scrapy.core.downloader.handlers import http11  # noqa: F401 - to have it loaded first
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from typing_extensions import override

import crawler.settings
from archive.counted import counted
from archive.coverage import Fate
from archive.durable import write_whole
from archive.errors import ConfigError
from archive.journal.runs import WAITING
from archive.store import open_for_writing
from crawler.console import answer_console, message_console
from crawler.discover.requisites import Requisites
from crawler.fetch.guard import AddressGuard, AddressRefusedError
from crawler.plan import Plan, Target, find_target, read_contact, read_networks, read_proxy
from crawler.progress import Progress
from crawler.registry import known_sites
from crawler.run import CrawlRun, end_overdue, finish, open_run
from crawler.spider import NewsSpider
from crawler.summary import Summary, before, summarise
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
        targets = _watched(targets)
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


def _watched(targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the sites among targets, each once: pages are looked at again with their site."""
    sites = {target.site.name: target for target in reversed(targets) if target.is_site}
    if not sites:
        raise ConfigError("--due looks after whole sites: give a site's name or its front page")
    return tuple(reversed(sites.values()))


def run_crawl(root: Path, plan: Plan, *, is_quiet: bool, as_json: bool) -> int:
    """Crawl, print how it went, and return the exit code."""
    errors, answer = message_console(), answer_console()
    if plan.contact is None and not plan.allowed_networks and not is_quiet:
        errors.print(
            "warning: no --contact is set, so a site's owner has nobody to write to; "
            "NEWSREEL_CONTACT sets it for good"
        )
    summary = crawl(root, plan, Progress(errors, is_quiet=is_quiet))
    if as_json:
        answer.out(summary.to_json())
    elif not is_quiet or summary.exit_code:
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
    if summary.requisites["requests"]:
        console.print(_told(summary.requisites), soft_wrap=True)
    for problem in summary.problems:
        console.print(f"\n{problem.site}  {problem.what}", soft_wrap=True)
        console.print(f"  $ {problem.hint}", soft_wrap=True)


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
) -> Summary:
    """Crawl a plan into a store; return how it went.

    Raises StoreError when the store cannot be used, CaptureError when something could not be kept.
    """
    began = time.monotonic()
    with ExitStack() as opened:
        store = opened.enter_context(open_for_writing(root, now=timing.clock()))
        if plan.is_due:
            end_overdue(store, plan, known_sites(), timing)
        token = secrets.token_hex(2)
        run = opened.enter_context(open_run(store, plan, known_sites(), token=token, timing=timing))
        there_before = before(run)
        progress.begin(run)
        signum = (fetch or _fetch)(run, progress)
        for failure in (run.recorder.failure, *run.faults):
            if failure is not None:
                raise failure
        outcome = "stopped" if signum else WAITING if plan.is_due else "finished"
        finish(run, store, outcome=outcome)
        progress.end(outcome)
        summary = summarise(
            run,
            outcome=outcome,
            before=there_before,
            wall_s=round(time.monotonic() - began, 1),
            signum=signum,
        )
        write_whole(run.layout.run(run.id) / "summary.json", summary.to_json().encode())
        return summary


class _Process(AsyncCrawlerProcess):
    """Scrapy's process, that remembers which signal stopped it."""

    signum = 0

    @override
    def _signal_shutdown(self, signum: int, _: Any) -> None:
        self.signum = signum
        super()._signal_shutdown(signum, _)


def _fetch(run: CrawlRun, progress: Progress) -> int:
    """Run Scrapy until the frontier is empty; return the signal that stopped it, or 0."""
    # On a full disk the log is full too; that is told once, not again with every line of it.
    logging.raiseExceptions = False
    settings = Settings()
    settings.setmodule(crawler.settings, priority="project")
    settings.set("NEWSREEL_ALLOW_NETWORKS", [str(each) for each in run.plan.allowed_networks])
    settings.set("NEWSREEL_PROXY_HOST", _host(run.plan.proxy))
    folder = run.layout.run(run.id)
    folder.mkdir(parents=True, exist_ok=True)
    settings.set("LOG_FILE", str(folder / "crawl.log"))
    process = _Process(settings)
    process.crawl(NewsSpider, run=run, progress=progress)
    process.start()
    return process.signum


def _host(proxy: str | None) -> str | None:
    return urlsplit(proxy).hostname if proxy else None
