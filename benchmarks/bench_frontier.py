"""What a large frontier costs: addresses are named, found due, handed out and settled.

The journal is filled to each size in a process of its own, and then opened by another as a call of
`crawl --due` opens it. Steps that are made an address have to cost the same at every size; the
memory of a crawl has to stay flat, for nothing of the frontier is held in it. Figures are ratios
against the smallest size of the same run; memory is in MiB. Run it with `make bench`.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from archive.coverage import Fate
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.runs import Run
from benchmarks.process_cost import cost_of, module, peak_mib
from benchmarks.tables import table
from crawler.discover.revisits import LADDER, Schedule

NOON: Final = datetime(2026, 5, 18, 12, tzinfo=UTC)
RUN: Final = "20260518T120000Z-9c41"
SITES: Final = 100
FRONTIERS: Final = (10_000, 100_000, 1_000_000)
NAMING: Final = "name a new address"
SETTLING: Final = "settle an address"
HANDING: Final = "hand out the next of a site"
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
        with timed(told, NAMING, _BATCH), journal.transaction():
            journal.addresses.advertise(RUN, listed(first, _BATCH), now=NOON)
        with timed(told, SETTLING, _BATCH), journal.transaction():
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
    with timed(told, HANDING, _HANDED):
        for number in range(_HANDED):
            journal.addresses.queued(RUN, sites[number % SITES], now=now, limit=8)
    told["memory of a call, MiB"] = peak_mib()
    due_at = NOON + timedelta(hours=2)
    began = time.perf_counter()
    with journal.transaction():
        count = journal.looks.queue_due(RUN, sites, LADDER, now=due_at)
    told["queue a due address, all at once"] = (time.perf_counter() - began) / count * 1e6
    told["memory with all of them due, MiB"] = peak_mib()
    journal.close()
    return told


def apart(step: str, path: Path, size: int) -> dict[str, float]:
    """Do one step in a process of its own."""
    done = cost_of(module("bench_frontier", "--step", step, "--path", path, "--size", size))
    said: dict[str, float] = json.loads(done.said)
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What every step took at every size."""

    told: Mapping[int, Mapping[str, float]]

    def markdown(self) -> str:
        """Return the table, with ratios against the smallest size."""
        smallest = self.told[min(self.told)]
        rows = [
            (step, f"{base:.1f}", *[self._cell(step, size) for size in sorted(self.told)[1:]])
            for step, base in smallest.items()
        ]
        sizes = [f"{size:,}" for size in sorted(self.told)]
        return (
            f"Addresses of {SITES} sites; microseconds an address where nothing else is said, and "
            f"how many times those of the smallest.\n\n{table(('step', *sizes), rows)}"
        )

    def largest(self, step: str) -> float:
        """Return what a step takes of the largest frontier."""
        return self.told[max(self.told)][step]

    def _cell(self, step: str, size: int) -> str:
        took, base = self.told[size][step], self.told[min(self.told)][step]
        return f"{took:.1f} ({took / base:.2f} x)"


def measure(sizes: Sequence[int] = FRONTIERS) -> Frontier:
    """Fill a journal to each size, and have another process open it."""
    told: dict[int, dict[str, float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "journal.db"
            told[size] = apart("fill", path, size) | apart("call", path, size)
            told[size]["journal, MB"] = path.stat().st_size / 1e6
    return Frontier(told=told)


def main() -> None:
    """Print the table, or do one step of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=FRONTIERS)
    parser.add_argument("--step", choices=("fill", "call"))
    parser.add_argument("--path", type=Path)
    parser.add_argument("--size", type=int)
    chosen = parser.parse_args()
    if chosen.step:
        steps: dict[str, Callable[[Path, int], dict[str, float]]] = {"fill": fill, "call": call}
        print(json.dumps(steps[chosen.step](chosen.path, chosen.size)))
    else:
        print(measure(chosen.sizes).markdown())


if __name__ == "__main__":
    main()
