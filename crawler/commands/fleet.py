"""`newsreel fleet`: which worker has which site, and what is due, by the ledger."""

import json
from contextlib import closing
from datetime import datetime

from rich.table import Table

from archive.columns import plain
from archive.counted import counted
from archive.extras import extra_missing
from archive.instant import now_utc
from crawler.console import answer_console
from crawler.telling import time_ahead

try:
    from crawler.fleet.ledger import Entry, Ledger
except ImportError as error:  # SQLAlchemy
    raise extra_missing("several workers need a ledger, which is SQLAlchemy's", "fleet") from error


def show_fleet(url: str, *, as_json: bool) -> int:
    """Print every site of a ledger; return 0.

    Raises ConfigError when the address is none, LedgerError when the ledger does not answer.
    """
    with closing(Ledger(url, clock=now_utc)) as ledger:
        entries = ledger.entries()
    console = answer_console()
    if as_json:
        console.out(json.dumps([plain(entry) for entry in entries], indent=1))
        return 0
    now = now_utc()
    table = Table(box=None, pad_edge=False)
    for column in ("site", "turns", "due", "held by"):
        table.add_column(column, justify="right" if column == "turns" else "left")
    for entry in entries:
        table.add_row(entry.site, str(entry.round), _due(entry, now), entry.holder or "")
    console.print(table)
    console.print(f"\n{sentence(entries, now=now)}", soft_wrap=True)
    return 0


def sentence(entries: tuple[Entry, ...], *, now: datetime) -> str:
    """Return how many sites there are, are held, and wait for a worker."""
    held = [entry for entry in entries if entry.holder is not None]
    waiting = [entry for entry in entries if entry.holder is None and entry.due_at <= now]
    workers = len({entry.holder for entry in held})
    return (
        f"{counted(len(entries), 'site')}; {len(held)} held by {counted(workers, 'worker')}, "
        f"{len(waiting)} due and waiting for one"
    )


def _due(entry: Entry, now: datetime) -> str:
    return "now" if entry.due_at <= now else f"in {time_ahead(entry.due_at, now)}"
