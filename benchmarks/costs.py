"""What 10^9 captures would cost, on paper: bytes, core-hours, requests, and which limit is first.

Nothing is measured here: the figures of the other benches' runs are multiplied. What is assumed
beside them stands in the table, and is a constant below.
"""

from dataclasses import dataclass
from typing import Final

from benchmarks.bench_dataset import LARGE, SMALL, Dataset
from benchmarks.bench_frontier import HANDING, NAMING, SETTLING, Frontier
from benchmarks.bench_memory import JOURNAL, OTHERS, PACKED, WARC, LongCrawl
from benchmarks.tables import table

CAPTURES: Final = 10**9
_DELAY_S: Final = 2
_DAY_S: Final = 86_400
_YEAR_DAYS: Final = 365
_SITES: Final = 200
_TURNS_A_DAY: Final = 4
"""`newsreel work` waits six hours between two turns of a site, unless told otherwise."""
_OBJECTS_A_TURN: Final = 7
"""A WARC, three parts, the journal, the shipment and the manifest, each a PUT."""
_NAMES_A_LISTING: Final = 1_000
_TERABYTE: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What was measured, and what follows."""

    crawl: LongCrawl
    dataset: Dataset
    frontier: Frontier

    def markdown(self) -> str:
        """Return what 10^9 captures take, and where the limits are."""
        return (
            f"Computed from the tables above for {CAPTURES:,} captures, each an article. Assumed: "
            f"{_SITES} sites, {_DELAY_S} s between two requests to one; where they are shipped "
            f"to an object store, {_TURNS_A_DAY} turns a day, {_OBJECTS_A_TURN} objects a turn.\n\n"
            f"{table(('of 10^9 captures', 'each', 'all'), [*self._bytes(), *self._hours()])}\n\n"
            f"{table(('limit', 'is met', 'at that rate, 10^9 captures'), self._limits())}"
        )

    def _bytes(self) -> list[tuple[str, ...]]:
        """Return the bytes of what is kept."""
        kept = {
            "WARC": self.crawl.page_left_bytes(WARC),
            "articles, as written": self.dataset.row_bytes(SMALL),
            "articles, compacted": self.dataset.row_bytes(LARGE),
            "captures, coverage": self.crawl.page_left_bytes(OTHERS),
            "journal": self.crawl.page_left_bytes(JOURNAL),
            "journal, packed as it is shipped": self.crawl.page_left_bytes(PACKED),
        }
        return [
            (kind, f"{each:,.0f} bytes", f"{each * CAPTURES / _TERABYTE:,.1f} TB")
            for kind, each in kept.items()
        ]

    def _hours(self) -> list[tuple[str, ...]]:
        frontier_us = sum(map(self.frontier.largest, (NAMING, HANDING, SETTLING)))
        taken = {
            "CPU of the crawl, reading included": self.crawl.cost.cpu_s / self.crawl.pages,
            "of it the frontier": frontier_us / 1e6,
            "CPU of compacting": self.dataset.compacting_s / self.dataset.rows,
        }
        return [
            (kind, f"{1000 * each:.2f} ms", f"{each * CAPTURES / 3600:,.0f} core-hours")
            for kind, each in taken.items()
        ]

    def _limits(self) -> list[tuple[str, ...]]:
        site = _DAY_S / _DELAY_S
        process = self.crawl.pages / self.crawl.cost.wall_s * _DAY_S
        journal, warc = (self.crawl.page_left_bytes(kind) for kind in (PACKED, WARC))
        turns = _SITES * _TURNS_A_DAY
        a_year = turns * _YEAR_DAYS
        return [
            (
                "a site's pace",
                f"{site:,.0f} requests a day",
                f"{CAPTURES / site / _YEAR_DAYS:,.0f} sites that are asked without a pause, a year",
            ),
            (
                "all sites' pace",
                f"{_SITES * site:,.0f} requests a day",
                f"{CAPTURES / site / _SITES:,.0f} days",
            ),
            (
                "one process, on the machine above",
                f"{process:,.0f} captures a day",
                f"{CAPTURES / process:,.0f} days",
            ),
            (
                "journals, shipped whole each turn",
                f"after {warc / journal / _TURNS_A_DAY:,.0f} days they are more than the new WARCs",
                f"{journal * CAPTURES * _TURNS_A_DAY / _TERABYTE:,.1f} TB a day",
            ),
            (
                "an object store's PUTs",
                f"{turns * _OBJECTS_A_TURN:,} a day",
                f"{a_year * _OBJECTS_A_TURN:,} a year",
            ),
            (
                "listing the manifests",
                f"{turns:,} more a day",
                f"{a_year / _NAMES_A_LISTING:,.0f} requests a listing after a year",
            ),
        ]
