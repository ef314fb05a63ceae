"""Memory over time: what `newsreel crawl` has of it, looked at every second of a long crawl.

Sites of invented pages are crawled by the command as it is, with its workers, into a store; memory
that grows with the pages would show. What the store takes in the end, and what the crawl took of
the processor, is what costs.py goes on from. `make soak` does this for 50,000 pages.
"""

import argparse
import gzip
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.invented_articles import article, news_page
from benchmarks.invented_sites import DISTINCT, homes, replying
from benchmarks.loopback import serving
from benchmarks.process_cost import NEWSREEL, Cost, cost_of
from benchmarks.tables import table
from tests.soak.watched_process import Sample, watched

PAGES: Final = 4_000
_LOOKS: Final = 8
WARC: Final = "WARC"
OTHERS: Final = "captures and coverage, as written"
JOURNAL: Final = "journal"
PACKED: Final = "journal, packed as it is shipped"
_KINDS: Final[Mapping[str, str]] = {
    WARC: "warc/**/*.warc.gz",
    "index of the WARC": "index/**/*.cdxj",
    OTHERS: "c*/**/*.parquet",
    JOURNAL: "journal.db",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LongCrawl:
    """What one long crawl took, and what it left."""

    pages: int
    page_bytes: float
    cost: Cost
    samples: Sequence[Sample]
    left_bytes: Mapping[str, int]
    """Of every kind of file in the store but the articles, which are too alike to say anything."""

    def page_left_bytes(self, kind: str) -> float:
        """Return what a page leaves of a kind of file."""
        return self.left_bytes[kind] / self.pages

    def markdown(self) -> str:
        """Return how memory went, and what the crawl left."""
        return (
            f"{self.pages:,} pages of {self.page_bytes / 1000:.0f} KB HTML, each read and kept: "
            f"{self.pages / self.cost.wall_s:.0f} a second, "
            f"{1000 * self.cost.cpu_s / self.pages:.1f} ms of CPU a page in all processes.\n\n"
            f"{self._memory()}\n\n{self._left()}"
        )

    def _memory(self) -> str:
        looks = [self.samples[place] for place in _evenly(len(self.samples), _LOOKS)]
        columns = ("pages fetched", *(f"{each.pages:,}" for each in looks))
        rows = (
            ("MiB of the crawl", *(f"{each.rss_mib:.0f}" for each in looks)),
            ("its peak until then", *(f"{each.peak_mib:.0f}" for each in looks)),
            ("MiB of its largest worker", *(f"{each.workers_mib:.0f}" for each in looks)),
        )
        return table(columns, rows)

    def _left(self) -> str:
        rows = [(kind, f"{self.page_left_bytes(kind):,.0f}") for kind in self.left_bytes]
        return table(("what a page leaves", "bytes"), rows)


def measure(*, pages: int = PAGES) -> LongCrawl:
    """Crawl so many pages, and look."""
    bodies = [news_page(article(number)) for number in range(min(pages, DISTINCT))]
    reply = replying([gzip.compress(body, 5, mtime=0) for body in bodies])
    asked: set[str] = set()

    def counted(target: str) -> bytes:
        if target.rpartition("/")[2].isdigit():
            asked.add(target)
        return reply(target)

    with ExitStack() as stack:
        store = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(serving(counted))
        options = ("--proxy", f"http://127.0.0.1:{port}", "--delay", "0", "--store", store)
        samples: list[Sample] = []

        @contextmanager
        def watching(pid: int) -> Iterator[None]:
            with watched(pid, lambda: len(asked)) as seen:
                yield
            samples.extend(each for each in seen if each.pages)

        cost = cost_of([NEWSREEL, "crawl", *homes(pages), *options], watching)
        assert len(asked) == pages, f"{len(asked)} of {pages} pages were asked for"
        return LongCrawl(
            pages=pages,
            page_bytes=sum(map(len, bodies)) / len(bodies),
            cost=cost,
            samples=samples,
            left_bytes=_left_bytes(store),
        )


def _left_bytes(store: Path) -> dict[str, int]:
    sizes = {
        kind: sum(path.stat().st_size for path in store.glob(pattern))
        for kind, pattern in _KINDS.items()
    }
    return sizes | {PACKED: len(gzip.compress((store / "journal.db").read_bytes()))}


def _evenly(count: int, wanted: int) -> list[int]:
    """Return so many places from the first to the last, or all of them."""
    if count <= wanted:
        return list(range(count))
    return [round(place * (count - 1) / (wanted - 1)) for place in range(wanted)]


def main() -> None:
    """Crawl, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES)
    print(measure(pages=parser.parse_args().pages).markdown())


if __name__ == "__main__":
    main()
