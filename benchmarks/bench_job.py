"""The whole job beside what people do without Newsreel: fetch, archive, read, keep rows.

All sides fetch the same pages of one server, their proxy, turn by turn, each in processes of its
own; wall time and CPU of all of these count, start-up included. `newsreel` is the command as it
is: robots.txt and sitemaps, WARC and index, extraction in its workers, Parquet, journal, ledger.
Beside it (job_sides.py) `scrapy` reads the same sitemaps and keeps no archive; `script` is told the
addresses. The parts of Newsreel's job are measured alone, too: a crawl that reads nothing, the
reading, and the rows. Give it a WARC: without one, the pages are the
project's own, which are small and few, so each stands under several addresses.
"""

import argparse
import gzip
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from archive.article import Article
from archive.dataset.writer import write_articles
from benchmarks.given_pages import Given, own_pages, pages_at, repeated
from benchmarks.loopback import SITEMAPS, answer, serving
from benchmarks.process_cost import NEWSREEL, Cost, cost_of, module
from benchmarks.rounds import Compared, in_turn
from benchmarks.tables import spread, table
from crawler.extract.address import registrable_domain
from crawler.extract.kept import warm_up
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

ROUNDS: Final = 3
TIMES: Final = 6
"""Addresses that each of the project's own pages stands under."""
SIDES: Final[Mapping[str, str]] = {
    "scrapy": "Scrapy, trafilatura inline, JSON Lines feed, no archive",
    "newsreel": "`newsreel crawl`: WARC, index, journal, ledger, Parquet",
    "script": "requests, warcio, trafilatura; a WARC and JSON lines; is told the pages",
}
_MISSING: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_ZIPPED: Final = "Content-Encoding: gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What each side took for all of it."""

    pages: int
    sites: int
    wall_s: Compared
    cpu_s: Compared
    parts: "Parts"

    def markdown(self) -> str:
        """Return the table."""
        rounds = len(self.cpu_s.taken[self.cpu_s.base])
        rows = [(side, *self._row(side), what) for side, what in SIDES.items()]
        columns = ("side", "wall", "CPU", "wall of Scrapy", "CPU of Scrapy", "what it does")
        return (
            f"{self.pages} pages of {self.sites} sites, {rounds} rounds, start-up included.\n\n"
            f"{table(columns, rows)}\n\n{self.parts.told(self.cpu_s.middle('newsreel'))}"
        )

    def _row(self, side: str) -> tuple[str, ...]:
        return (
            f"{self.wall_s.middle(side):.1f} s",
            f"{self.cpu_s.middle(side):.1f} s",
            spread(self.wall_s.ratios(side)),
            spread(self.cpu_s.ratios(side)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """CPU seconds that the parts of Newsreel's job take, each measured alone."""

    crawl_s: float
    """All but the reading, start-up included: a crawl whose every page holds no article."""
    reading_s: float
    """In one process, its start-up included."""
    rows_s: float
    """The articles as Parquet, a part a site."""

    def told(self, whole_s: float) -> str:
        """Return what the whole takes of their sum."""
        ratio = whole_s / (self.crawl_s + self.reading_s + self.rows_s)
        return (
            f"Alone, a crawl that reads nothing takes {self.crawl_s:.1f} s of CPU, reading the "
            f"pages {self.reading_s:.1f} s, and writing the rows {self.rows_s:.1f} s: the whole "
            f"job takes {ratio:.2f} of their sum."
        )


class Origin:
    """Pages by their addresses, on one host a site, with robots.txt and a sitemap each."""

    def __init__(self, pages: Sequence[SourcePage]) -> None:
        hosts = Counter((registrable_domain(page.url), urlsplit(page.url).netloc) for page in pages)
        best = {site: host for (site, host), _ in reversed(hosts.most_common())}
        self.pages = {
            f"http://{host}{urlsplit(page.url).path}": page
            for page in pages
            for host in [urlsplit(page.url).netloc]
            if host in best.values() and urlsplit(page.url).path not in {"", "/", "/robots.txt"}
        }
        self._answers = {
            url: _zipped(page.body, page.content_type or "text/html")
            for url, page in self.pages.items()
        }
        listed: dict[str, list[str]] = defaultdict(list)
        for url in self.pages:
            listed[urlsplit(url).netloc].append(f"<url><loc>{url}</loc></url>")
        self.homes = tuple(f"http://{host}/" for host in listed)
        for home, urls in zip(self.homes, listed.values(), strict=True):
            sitemap = f'<urlset xmlns="{SITEMAPS}">{"".join(urls)}</urlset>'
            robots = f"Sitemap: {home}sitemap.xml\n"
            self._answers[f"{home}robots.txt"] = _zipped(robots.encode(), "text/plain")
            self._answers[f"{home}sitemap.xml"] = _zipped(sitemap.encode(), "text/xml")
            self._answers[home] = _zipped(b"<p>Nothing is new.</p>", "text/html")

    def reply(self, url: str) -> bytes:
        """Return what answers an address that a proxy is asked for."""
        return self._answers.get(url, _MISSING)


def _zipped(body: bytes, media_type: str) -> bytes:
    return answer(gzip.compress(body, 5, mtime=0), f"Content-Type: {media_type}", _ZIPPED)


def sides(origin: Origin, proxy: str) -> Mapping[str, Callable[[], Cost]]:
    """Return the sides: each does the job in a folder of its own."""

    def newsreel() -> Cost:
        with tempfile.TemporaryDirectory() as folder:
            options = ("--proxy", proxy, "--delay", "0", "--store", folder)
            return cost_of([NEWSREEL, "crawl", *origin.homes, *options])

    told = partial(_told, origin, proxy)
    return {
        "scrapy": partial(told, "scrapy"),
        "newsreel": newsreel,
        "script": partial(told, "script"),
    }


def _told(origin: Origin, proxy: str, side: str) -> Cost:
    """Return what a side of job_sides.py takes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "urls.txt").write_text("\n".join(origin.pages))
        Path(folder, "homes.txt").write_text("\n".join(origin.homes))
        return cost_of(module("job_sides", side, proxy, folder))


def parts_of(origin: Origin, proxy: str, rounds: int) -> Parts:
    """Measure the parts of Newsreel's job alone."""
    crawls = [_told(origin, proxy, "unread").cpu_s for _ in range(rounds)]
    start_s = cost_of([sys.executable, "-c", "import crawler.extract.ready"]).cpu_s
    warm_up()
    began = time.process_time()
    articles = [read_page(page).article for page in origin.pages.values()]
    read = time.process_time()
    sites: dict[str, list[Article]] = defaultdict(list)
    for article in filter(None, articles):
        sites[article.site_domain].append(article)
    with tempfile.TemporaryDirectory() as folder:
        for site, rows in sites.items():
            write_articles(Path(folder, f"{site}.parquet"), rows, {})
    return Parts(
        crawl_s=median(crawls), reading_s=start_s + read - began, rows_s=time.process_time() - read
    )


def measure(pages: Sequence[Given], *, rounds: int = ROUNDS) -> Job:
    """Have all sides do the job."""
    origin = Origin([page.source for page in pages])
    with serving(origin.reply) as port:
        proxy = f"http://127.0.0.1:{port}"
        found = in_turn(sides(origin, proxy), rounds)
        parts = parts_of(origin, proxy, rounds)
    return Job(
        pages=len(origin.pages),
        sites=len(origin.homes),
        wall_s=Compared(base="scrapy", taken=_each(found, lambda cost: cost.wall_s)),
        cpu_s=Compared(base="scrapy", taken=_each(found, lambda cost: cost.cpu_s)),
        parts=parts,
    )


def pages_of(place: Path | None) -> list[Given]:
    """Return the pages of a WARC as they are, or the project's own under several addresses."""
    return list(pages_at(place) if place else repeated(list(own_pages()), TIMES))


def _each(
    found: Mapping[str, Sequence[Cost]], figure: Callable[[Cost], float]
) -> dict[str, list[float]]:
    return {side: [figure(cost) for cost in costs] for side, costs in found.items()}


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warc", nargs="?", type=Path, help="its pages instead of the project's own")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(measure(pages_of(options.warc), rounds=options.rounds).markdown())


if __name__ == "__main__":
    main()
