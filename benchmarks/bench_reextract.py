"""What a second process is worth to a re-extraction, and what two Dask workers cost beside it.

Every row of a store is read again, nothing is written, ways turn by turn; what a command takes that
has nothing to read is measured, too, and taken off. Without a store, invented pages are crawled.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from distributed import LocalCluster

from benchmarks.invented_sites import homes, packed, replying
from benchmarks.loopback import serving
from benchmarks.process_cost import NEWSREEL, Cost, cost_of
from benchmarks.rounds import Compared, in_turn
from benchmarks.tables import spread, table

PAGES: Final = 640
SIZE_BYTES: Final = 40_000
ROUNDS: Final = 3
BASE: Final = "1 process"
_NOTHING: Final = ("--since", "2999-01-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reextraction:
    """What each way took to read every row of a store again."""

    rows: int
    wall_s: Compared
    empty_s: Mapping[str, float]
    """What a way takes that has nothing to read."""

    def markdown(self) -> str:
        """Return the table."""
        bare = Compared(
            base=BASE,
            taken={
                way: [each - self.empty_s[way] for each in taken]
                for way, taken in self.wall_s.taken.items()
            },
        )
        rows = [
            (
                way,
                f"{self.wall_s.middle(way):.1f} s",
                f"{self.empty_s[way]:.1f} s",
                spread(self.wall_s.inverse(way)),
                spread(bare.inverse(way)),
            )
            for way in self.wall_s.taken
        ]
        columns = ("way", "whole", "of it start-up", "times as fast as one process")
        rounds = len(self.wall_s.taken[BASE])
        return (
            f"{self.rows} rows, nothing written, {rounds} rounds.\n\n"
            f"{table((*columns, 'without start-up'), rows)}"
        )


def crawl(store: Path, pages: int, size_bytes: int) -> None:
    """Crawl invented pages of as many sites as are asked abreast into a store."""
    with serving(replying([packed(number, size_bytes) for number in range(pages)])) as port:
        options = ["--proxy", f"http://127.0.0.1:{port}", "--delay", "0", "--store", store]
        cost_of([NEWSREEL, "crawl", *homes(pages), *options])


def read_again(store: Path, *options: str) -> Cost:
    """Return what it takes to read every row of a store."""
    return cost_of([NEWSREEL, "reextract", "--store", store, "--dry-run", "--json", *options])


def compare(store: Path, ways: Mapping[str, Sequence[str]], rounds: int) -> Reextraction:
    """Read a store in each way."""
    empty = {way: read_again(store, *options, *_NOTHING).wall_s for way, options in ways.items()}
    found = in_turn(
        {way: partial(read_again, store, *options) for way, options in ways.items()}, rounds
    )
    return Reextraction(
        rows=json.loads(found[BASE][0].said)["rows"],
        wall_s=Compared(
            base=BASE, taken={way: [each.wall_s for each in costs] for way, costs in found.items()}
        ),
        empty_s=empty,
    )


def measure(
    given: Path | None = None,
    *,
    pages: int = PAGES,
    size_bytes: int = SIZE_BYTES,
    rounds: int = ROUNDS,
) -> Reextraction:
    """Read a store again in each way, or invented pages."""
    with tempfile.TemporaryDirectory() as folder:
        store = given or Path(folder) / "store"
        if given is None:
            crawl(store, pages, size_bytes)
        with LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster:
            ways = {
                BASE: ("--jobs", "1"),
                "2 processes": ("--jobs", "2"),
                "2 Dask workers, which stand already": ("--scheduler", cluster.scheduler_address),
            }
            return compare(store, ways, rounds)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?", type=Path, help="instead of invented pages")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--size", type=int, default=SIZE_BYTES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    told = measure(
        options.store, pages=options.pages, size_bytes=options.size, rounds=options.rounds
    )
    print(told.markdown())


if __name__ == "__main__":
    main()
