"""The whole job beside what people do without Newsreel: fetch, archive, read, keep rows.

All sides fetch the same pages of one server, their proxy, turn by turn, each in processes of its
own; wall time and CPU of all of these count, start-up included. `newsreel` is the command as it
is: robots.txt and sitemaps, WARC and index, extraction in its workers, Parquet, journal, ledger.
Beside it (job_sides.py) `scrapy` reads the same sitemaps and keeps no archive; `script` is told the
addresses. What reading costs alone is measured, too. Give it a WARC: without one, the pages are the
project's own, which are small.
"""

import argparse
import ctypes
import gzip
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bench_extract import own_pages, pages_at

from crawler.extract.address import registrable_domain
from crawler.extract.kept import warm_up
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

_HERE: Final = Path(__file__).parent
_NEWSREEL: Final = Path(sys.executable).with_name("newsreel")
_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): grandchildren are ours to wait for
_SITEMAPS: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    wall_s: float
    cpu_s: float


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
            url: _answer(gzip.compress(page.body, 5, mtime=0), page.content_type or "text/html")
            for url, page in self.pages.items()
        }
        listed: dict[str, list[str]] = defaultdict(list)
        for url in self.pages:
            listed[urlsplit(url).netloc].append(f"<url><loc>{url}</loc></url>")
        self.homes = tuple(f"http://{host}/" for host in listed)
        for home, urls in zip(self.homes, listed.values(), strict=True):
            robots = f"Sitemap: {home}sitemap.xml\n"
            sitemap = f'<urlset xmlns="{_SITEMAPS}">{"".join(urls)}</urlset>'
            self._answers[f"{home}robots.txt"] = _answer(
                gzip.compress(robots.encode()), "text/plain"
            )
            self._answers[f"{home}sitemap.xml"] = _answer(
                gzip.compress(sitemap.encode()), "text/xml"
            )
            self._answers[home] = _answer(gzip.compress(b"<p>Nothing is new.</p>"), "text/html")

    def serve(self, listener: socket.socket) -> None:
        """Answer GET ADDRESS, as a proxy, on kept-alive connections."""
        while True:
            threading.Thread(target=self._talk, args=(listener.accept()[0],), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection:
            pending = b""
            while data := connection.recv(65536):
                pending += data
                while b"\r\n\r\n" in pending:
                    head, _, pending = pending.partition(b"\r\n\r\n")
                    url = head.split(b" ", 2)[1].decode()
                    connection.sendall(self._answers.get(url) or _MISSING)


def _answer(body: bytes, media_type: str) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Encoding: gzip\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


_MISSING: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def cost_of(command: Sequence[str | Path]) -> Cost:
    """Return what a command takes with all the processes that it leaves behind."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=_HERE.parent)
    wall_s = time.perf_counter() - began
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall_s, cpu_s)


def sides(origin: Origin, proxy: str) -> Mapping[str, Callable[[Path], Cost]]:
    """Return the sides: each does the job into a folder."""

    def told(side: str) -> Callable[[Path], Cost]:
        def run(folder: Path) -> Cost:
            (folder / "urls.txt").write_text("\n".join(origin.pages))
            (folder / "homes.txt").write_text("\n".join(origin.homes))
            return cost_of([sys.executable, _HERE / "job_sides.py", side, proxy, folder])

        return run

    def newsreel(folder: Path) -> Cost:
        options = ("--proxy", proxy, "--delay", "0", "--store", folder / "store")
        return cost_of([_NEWSREEL, "crawl", *origin.homes, *options])

    return {"scrapy": told("scrapy"), "newsreel": newsreel, "script": told("script")}


def reading_alone(pages: Sequence[SourcePage]) -> float:
    """Return the CPU seconds that reading every page takes in one warm process."""
    warm_up()
    began = time.process_time()
    for page in pages:
        read_page(page)
    return time.process_time() - began


def compare(origin: Origin, proxy: str, rounds: int) -> None:
    """Print what each side takes, beside Scrapy with its feed."""
    found: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(rounds):
        for side, run in sides(origin, proxy).items():
            with tempfile.TemporaryDirectory() as folder:
                found[side].append(run(Path(folder)))
    for side, costs in found.items():
        walls = [
            each.wall_s / base.wall_s for each, base in zip(costs, found["scrapy"], strict=True)
        ]
        cpus = [each.cpu_s / base.cpu_s for each, base in zip(costs, found["scrapy"], strict=True)]
        print(
            f"{side:9} {statistics.median(each.wall_s for each in costs):6.1f} s wall, "
            f"{statistics.median(each.cpu_s for each in costs):6.1f} s CPU; of scrapy "
            f"{statistics.median(walls):.2f} wall ({min(walls):.2f} to {max(walls):.2f}), "
            f"{statistics.median(cpus):.2f} CPU ({min(cpus):.2f} to {max(cpus):.2f})"
        )


def main() -> None:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warc", nargs="?", type=Path, help="its pages instead of the project's own")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    origin = Origin(list(pages_at(options.warc) if options.warc else own_pages()))
    print(f"{len(origin.pages)} pages of {len(origin.homes)} sites")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        threading.Thread(target=origin.serve, args=(listener,), daemon=True).start()
        compare(origin, f"http://127.0.0.1:{listener.getsockname()[1]}", options.rounds)
    alone = reading_alone(list(origin.pages.values()))
    print(f"reading alone takes {alone:.1f} s of CPU")


if __name__ == "__main__":
    main()
