"""`newsreel status`: what is archived, what is missing, and what needs a look."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from archive.counted import counted
from archive.durable import is_held
from archive.errors import LossError
from archive.instant import now_utc
from archive.journal.alarms import Alarm
from archive.journal.journal import Journal, require_journal
from archive.journal.runs import WAITING, Run
from archive.journal.standing import SiteStanding, standing
from archive.layout import Layout
from archive.shortfall import shortfalls
from crawler.console import answer_console
from crawler.telling import command_line, coverage_sentence, damages_told, state_of, time_ago

_LOOK_AT: Final = (
    "select url, fate, reason from coverage where fate in ('failed', 'blocked', 'unreadable', "
    "'gone') or reason = 'robots_unreachable'"
)


def show_status(root: Path, *, as_json: bool) -> int:
    """Print how each site stands, and return 5 where a file is shorter than it must be.

    Raises NoStoreError without a store, LossError without its journal.
    """
    layout = Layout(root)
    require_journal(layout)
    journal = Journal.read(layout.journal)
    try:
        sites = standing(journal)
        newest = journal.runs.newest(1)
        rows = journal.parts.rows_of("articles")
        alarms = journal.alarms.all()
        archive_bytes = sum(warc.committed_length for warc in journal.runs.warcs())
    finally:
        journal.close()
    damages = shortfalls(layout)
    code = LossError.exit_code if damages else 0
    console = answer_console()
    if as_json:
        answer = {
            "store": str(root),
            "rows": rows,
            "warc_bytes": archive_bytes,
            "last_run": newest[0].id if newest else None,
            "last_outcome": newest[0].outcome if newest else None,
            "damages": [each.what for each in damages],
            "sites": [asdict(site) for site in sites],
        }
        console.out(json.dumps(answer, ensure_ascii=False, default=str, indent=1))
        return code
    troubled = {alarm.site for alarm in alarms}
    console.print(coverage_sentence(sites, troubled=troubled, damaged=len(damages)), soft_wrap=True)
    console.print()
    for line in damages_told(damages, root):
        console.print(line, soft_wrap=True)
    _print_sites(console, sites, troubled=troubled)
    _print_trouble(console, sites, alarms, root)
    for run in newest:
        console.print(f"\nlast run {run.id} {_end_of(run, layout)}", soft_wrap=True)
    console.print(f"{root}  {counted(rows, 'row')}, {archive_bytes / 1e6:,.1f} MB of WARC")
    return code


def _print_trouble(
    console: Console, sites: Sequence[SiteStanding], alarms: Sequence[Alarm], root: Path
) -> None:
    """Print what is wrong with each site, and since when.

    What no count of addresses tells, a silent site or a sitemap that is gone, is told as the crawl
    told it.
    """
    troubled = {site.site: site for site in sites if site.needs_a_look}
    for site in troubled.values():
        console.print(f"\n{site.site}  {site.trouble}{_since(site, alarms)}")
    if troubled:
        look = command_line("newsreel", "sql", _LOOK_AT, "--store", str(root))
        console.print(f"  $ {look}", soft_wrap=True)
    for alarm in alarms:
        if alarm.site not in troubled:
            console.print(f"\n{alarm.site}  {alarm.what} (since {_moment(alarm)})", soft_wrap=True)


def _since(site: SiteStanding, alarms: Sequence[Alarm]) -> str:
    """Return since when something is wrong with a site; empty when no crawl has told it yet."""
    began = [alarm for alarm in alarms if alarm.site == site.site]
    first = min(began, key=lambda each: each.began_at, default=None)
    return f" (since {_moment(first)})" if first else ""


def _moment(alarm: Alarm) -> str:
    return f"{alarm.began_at:%Y-%m-%d %H:%M} UTC"


def _end_of(run: Run, layout: Layout) -> str:
    """Return how a run ended, or that it did not."""
    if run.outcome is None:
        is_running = is_held(layout.lock)
        return "is running" if is_running else "was cut off: the same command goes on with it"
    if run.outcome == WAITING:
        return f"went on {time_ago(run.ended_at, now_utc())}: `crawl --due` goes on with it"
    goes_on = "" if run.outcome == "finished" else ": the same command goes on with it"
    return f"{run.outcome} {time_ago(run.ended_at, now_utc())}{goes_on}"


def _print_sites(
    console: Console, sites: Sequence[SiteStanding], *, troubled: Collection[str]
) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("site", "advertised", "archived", "coverage", "pending", "last request", "state"):
        table.add_column(name, justify="left" if name in {"site", "state"} else "right")
    for site in sites:
        table.add_row(
            site.site,
            str(site.advertised),
            str(site.archived),
            f"{site.coverage:.0%}" if site.coverage is not None else "-",
            str(site.pending or "·"),
            time_ago(site.last_request_at, now_utc()),
            state_of(site, is_troubled=site.site in troubled),
        )
    console.print(table)
