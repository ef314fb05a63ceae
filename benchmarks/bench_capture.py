"""What capturing costs: the CPU of a crawl with the wire tap and the archive, beside plain Scrapy.

All sides fetch the same pages from the same server, in processes of their own, turn by turn;
nothing is decoded or extracted. The ratio of their CPU seconds (user and system, all threads, less
what a crawl of one page takes) is the answer; the server's are not counted. `captured` has every
setting of the plain side, `newsreel` those of a true crawl, which turns off what Scrapy does beside
fetching. Wget asks for one page after the other. Run it with `make bench`.

How many pages are kept a second is a race: `jsonl` is plain Scrapy with a JSON Lines feed of
address, status, headers and text; `newsreel` as above; `crawl` is all of `newsreel crawl`, from
robots.txt to the ledger, but for the reading of articles.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Final

from archive.warc.foreign import read_any
from benchmarks.invented_sites import DISTINCT, packed, replying
from benchmarks.loopback import serving
from benchmarks.machine import wget_version
from benchmarks.process_cost import Cost, cost_of, module
from benchmarks.rounds import Compared, in_turn
from benchmarks.tables import NOT_GIVEN, spread, table

PAGES: Final = 600
SIZE_BYTES: Final = 200_000
ROUNDS: Final = 3
WGET: Final = ("wget", "wget --warc-file")
SIDES: Final[Mapping[str, str]] = {
    "plain": "Scrapy's own settings, nothing kept",
    "newsreel": "what a crawl runs: wire tap, journal, WARC and its index",
    "captured": "the same under Scrapy's own settings",
    "wget": "nothing kept",
    "wget --warc-file": "a WARC",
}
RACE: Final[Mapping[str, str]] = {
    "jsonl": "Scrapy with a feed of address, status, headers and text",
    "crawl": "all of `newsreel crawl`, but no page is read",
    "newsreel": "as above",
    "wget --warc-file": "as above",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What each side took for so many pages, its start-up taken off."""

    pages: int
    size_bytes: int
    sent_bytes: float
    """Of a page, as gzip sends it."""
    cpu_s: Compared
    pages_a_second: Compared

    def markdown(self) -> str:
        """Return both tables."""
        rounds = len(self.cpu_s.taken[self.cpu_s.base])
        return (
            f"{self.pages} pages of {self.size_bytes / 1000:.0f} KB HTML, "
            f"{self.sent_bytes / 1000:.0f} KB gzipped, {rounds} rounds; the start-up of each side "
            f"is taken off.\n\n"
            f"{self._costs()}\n\n{self._race()}"
        )

    def _costs(self) -> str:
        rows = [
            (side, spread(self.cpu_s.ratios(side)), self._ms(side), what)
            if side in self.cpu_s.taken
            else (side, "not installed", NOT_GIVEN, what)
            for side, what in SIDES.items()
        ]
        return table(("side", "CPU of plain Scrapy", "ms CPU a page", "what it does"), rows)

    def _ms(self, side: str) -> str:
        return f"{1000 * self.cpu_s.middle(side) / self.pages:.2f}"

    def _race(self) -> str:
        rows = [
            (side, spread(self.pages_a_second.ratios(side)), f"{each:.0f}", what)
            if side in self.pages_a_second.taken and (each := self.pages_a_second.middle(side))
            else (side, "not installed", NOT_GIVEN, what)
            for side, what in RACE.items()
        ]
        return table(("side", "pages a second, of the feed's", "pages", "what it does"), rows)


def _fetched(side: str, port: int, pages: int) -> Cost:
    """Return what one of the sides of fetch_pages.py takes."""
    return cost_of(module("fetch_pages", side, port, pages))


def _peak_mib(side: str, port: int, pages: int) -> float:
    return float(json.loads(_fetched(side, port, pages).said)["peak_mib"])


def _wget(side: str, port: int, pages: int) -> Cost:
    """Return what wget takes for the same pages, told by their addresses."""
    with tempfile.TemporaryDirectory() as folder:
        listed, warc = Path(folder) / "addresses.txt", Path(folder) / "pages"
        listed.write_text("".join(f"http://127.0.0.1:{port}/{each}\n" for each in range(pages)))
        keeping = [f"--warc-file={warc}"] if side == WGET[1] else []
        command = ["wget", "--quiet", "--no-config", "--no-proxy", "--output-document=/dev/null"]
        cost = cost_of([*command, *keeping, f"--input-file={listed}"])
        if keeping:
            kept = sum(each.status == 200 for each in read_any(warc.with_suffix(".warc.gz")))
            assert kept == pages, f"{kept} of {pages} pages are in the WARC"
        return cost


def sides(names: Sequence[str], port: int, pages: int) -> dict[str, Callable[[], Cost]]:
    """Return those of the sides that are installed."""
    return {
        side: partial(_wget if side in WGET else _fetched, side, port, pages)
        for side in names
        if side not in WGET or wget_version()
    }


def measure(*, pages: int = PAGES, size_bytes: int = SIZE_BYTES, rounds: int = ROUNDS) -> Capture:
    """Have all sides fetch so many pages."""
    bodies = [packed(number, size_bytes) for number in range(min(pages, DISTINCT))]
    everyone = tuple(dict.fromkeys((*SIDES, *RACE)))
    with serving(replying(bodies)) as port:
        nothing = in_turn(sides(everyone, port, 1), min(3, rounds))
        found = in_turn(sides(everyone, port, pages), rounds)
    idle_s = {side: min(each.cpu_s for each in costs) for side, costs in nothing.items()}
    idle_wall_s = {side: min(each.wall_s for each in costs) for side, costs in nothing.items()}
    return Capture(
        pages=pages,
        size_bytes=size_bytes,
        sent_bytes=mean(map(len, bodies)),
        cpu_s=Compared(
            base="plain",
            taken={
                side: [each.cpu_s - idle_s[side] for each in costs]
                for side, costs in found.items()
                if side in SIDES
            },
        ),
        pages_a_second=Compared(
            base="jsonl",
            taken={
                side: [pages / (each.wall_s - idle_wall_s[side]) for each in costs]
                for side, costs in found.items()
                if side in RACE
            },
        ),
    )


def peaks(pages: int, size_bytes: int) -> str:
    """Return the most memory that fetching takes, of so many pages and of four times as many."""
    bodies = [packed(number, size_bytes) for number in range(min(pages, DISTINCT))]
    with serving(replying(bodies)) as port:
        rows = [
            (side, *[f"{_peak_mib(side, port, count):.0f} MiB" for count in (pages, 4 * pages)])
            for side in ("plain", "captured")
        ]
    return table(("peak of", f"{pages} pages", f"{4 * pages} pages"), rows)


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--size", type=int, default=SIZE_BYTES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--peaks", action="store_true", help="memory alone")
    options = parser.parse_args()
    if options.peaks:
        print(peaks(options.pages, options.size))
        return
    told = measure(pages=options.pages, size_bytes=options.size, rounds=options.rounds)
    print(told.markdown())


if __name__ == "__main__":
    main()
