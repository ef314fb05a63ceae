"""What a large frontier costs: addresses are named, found due, handed out and settled.

The journal is filled to each size in a process of its own, and then opened by another as a call of
`crawl --due` opens it. Steps that are made an address have to cost the same at every size; the
memory of a crawl has to stay flat, for nothing of the frontier is held in it. Figures are ratios
against the smallest size of the same run; memory is in MB. Run it with `make bench-frontier`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.coverage import Fate
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.runs import Run
from crawler.discover.revisits import LADDER, Schedule

NOON: Final = datetime(2026, 5, 18, 12, tzinfo=UTC)
RUN: Final = "20260518T120000Z-9c41"
SITES: Final = 100
_BATCH: Final = 1_000
_LISTED: Final = 1_000
_HANDED: Final = 1_000


def item(number: int) -> Advertised:
    """Return one page of one of the sites, as a sitemap names it."""
    site = f"site-{number % SITES}"
    url = f"https://{site}.example/2026/05/{number}-a-story-of-some-length-in-words/"
    return Advertised(url=url, site=site, kind="page", advertised_in="sitemap", by=1, priority=100)


def listed(first: int, count: int) -> tuple[Advertised, ...]:
    """Return what a listing of so many pages names."""
    return tuple(map(item, range(first, first + count)))


@contextmanager
def timed(told: dict[str, float], name: str, per: int) -> Iterator[None]:
    """Note the microseconds a step takes, for each of so many addresses."""
    began = time.perf_counter()
    yield
    told[name] = (time.perf_counter() - began) / per * 1e6


def fill(path: Path, size: int) -> dict[str, float]:
    """Name so many addresses, and settle all but a tenth; return what each took at the end."""
    told: dict[str, float] = {}
    journal = Journal.open(path)
    with journal.transaction():
        journal.runs.begin(Run(id=RUN, plan="{}", started_at=NOON))
    for first in range(0, size, _BATCH):
        with timed(told, "name a new address", _BATCH), journal.transaction():
            journal.addresses.advertise(RUN, listed(first, _BATCH), now=NOON)
        with timed(told, "settle an address", _BATCH), journal.transaction():
            for number in range(first + 1, first + 1 + _BATCH - _BATCH // 10):
                journal.addresses.settle(number, Fate.ARCHIVED, article_id=f"a{number}")
    journal.close()
    return told


def call(path: Path, size: int) -> dict[str, float]:
    """Do what a call of `crawl --due` does; return what each step took, and the memory."""
    told: dict[str, float] = {}
    sites = [f"site-{number}" for number in range(SITES)]
    with timed(told, "open, and find when the next is due (ms)", 1_000):
        journal = Journal.open(path)
        journal.looks.next_due(LADDER)
    now = NOON + timedelta(minutes=30)
    with timed(told, "name a known address again", _LISTED), journal.transaction():
        again = Schedule(now).cause
        journal.addresses.advertise(RUN, listed(size // 2, _LISTED), now=now, again=again)
    with timed(told, "hand out the next of a site", _HANDED):
        for number in range(_HANDED):
            journal.addresses.queued(RUN, sites[number % SITES], now=now, limit=8)
    told["memory of a call, MB"] = _megabytes()
    due_at = NOON + timedelta(hours=2)
    began = time.perf_counter()
    with journal.transaction():
        count = journal.looks.queue_due(RUN, sites, LADDER, now=due_at)
    told["queue a due address, all at once"] = (time.perf_counter() - began) / count * 1e6
    told["memory with all of them due, MB"] = _megabytes()
    journal.close()
    return told


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(step: str, path: Path, size: int) -> dict[str, float]:
    """Do one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--path", str(path), "--size", str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    said: dict[str, float] = json.loads(done.stdout)
    return said


def main() -> None:
    """Print the table, or do one step of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--step", choices=("fill", "call"))
    parser.add_argument("--path", type=Path)
    parser.add_argument("--size", type=int)
    chosen = parser.parse_args()
    if chosen.step:
        steps: dict[str, Callable[[Path, int], dict[str, Any]]] = {"fill": fill, "call": call}
        print(json.dumps(steps[chosen.step](chosen.path, chosen.size)))
        return
    told: dict[int, dict[str, float]] = {}
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "journal.db"
            told[size] = apart("fill", path, size) | apart("call", path, size)
            told[size]["journal, MB"] = path.stat().st_size / 1e6
    smallest = told[chosen.sizes[0]]
    print("| step, µs an address | " + " | ".join(f"{size:,}" for size in told) + " |")
    print("|---|" + "---|" * len(told))
    for name, base in smallest.items():
        cells = (f"{each[name]:.1f} ({each[name] / base:.2f} x)" for each in told.values())
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
