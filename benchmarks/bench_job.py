"""The whole job beside what people do without Newsreel: fetch, archive, read, keep rows.

All sides fetch the same pages of one server, their proxy, turn by turn, each in processes of its
own; wall time and CPU of all of these count, start-up included. `newsreel` is the command as it
is: robots.txt and sitemaps, WARC and index, extraction in its workers, Parquet, journal, ledger.
Beside it (job_sides.py) `scrapy` reads the same sitemaps and keeps no archive; `script` is told the
addresses. What reading costs alone is measured, too. Give it a WARC: without one, the pages are the
project's own, which are small and few, so each stands under several addresses.
"""

import argparse
import gzip
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

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
    reading_s: float
    """CPU seconds that Newsreel takes to read the pages alone, in one warm process."""

    def markdown(self) -> str:
        """Return the table."""
        rounds = len(self.cpu_s.taken[self.cpu_s.base])
        rows = [(side, *self._row(side), what) for side, what in SIDES.items()]
        columns = ("side", "wall", "CPU", "wall of Scrapy", "CPU of Scrapy", "what it does")
        return (
            f"{self.pages} pages of {self.sites} sites, {rounds} rounds, start-up included. Of "
            f"Newsreel's CPU, reading the pages takes {self.reading_s:.1f} s.\n\n"
            f"{table(columns, rows)}"
        )

    def _row(self, side: str) -> tuple[str, ...]:
        return (
            f"{self.wall_s.middle(side):.1f} s",
            f"{self.cpu_s.middle(side):.1f} s",
            spread(self.wall_s.ratios(side)),
            spread(self.cpu_s.ratios(side)),
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

    def told(side: str) -> Callable[[], Cost]:
        def run() -> Cost:
            with tempfile.TemporaryDirectory() as folder:
                Path(folder, "urls.txt").write_text("\n".join(origin.pages))
                Path(folder, "homes.txt").write_text("\n".join(origin.homes))
                return cost_of(module("job_sides", side, proxy, folder))

        return run

    def newsreel() -> Cost:
        with tempfile.TemporaryDirectory() as folder:
            options = ("--proxy", proxy, "--delay", "0", "--store", folder)
            return cost_of([NEWSREEL, "crawl", *origin.homes, *options])

    return {"scrapy": told("scrapy"), "newsreel": newsreel, "script": told("script")}


def reading_alone(pages: Sequence[SourcePage]) -> float:
    """Return the CPU seconds that reading every page takes in one warm process."""
    warm_up()
    began = time.process_time()
    for page in pages:
        read_page(page)
    return time.process_time() - began


def measure(pages: Sequence[Given], *, rounds: int = ROUNDS) -> Job:
    """Have all sides do the job."""
    origin = Origin([page.source for page in pages])
    with serving(origin.reply) as port:
        found = in_turn(sides(origin, f"http://127.0.0.1:{port}"), rounds)
    return Job(
        pages=len(origin.pages),
        sites=len(origin.homes),
        wall_s=Compared(base="scrapy", taken=_each(found, lambda cost: cost.wall_s)),
        cpu_s=Compared(base="scrapy", taken=_each(found, lambda cost: cost.cpu_s)),
        reading_s=reading_alone(list(origin.pages.values())),
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
