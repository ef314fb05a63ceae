"""What reading a page costs: Newsreel's extraction beside trafilatura's, in one process.

Page by page all contestants read the same bytes, in an order that turns by one each page, so that a
busy machine slows all of them alike; process time counts. `lxml parse` and `lexbor parse` are
floors: parsing alone, nothing read. Without arguments the pages are the project's own: the golden
pages of tests/sites and the stories of the demo newsroom, which are smaller than pages of the web.
Run it with make bench, or give .venv/bin/python benchmarks/bench_extract.py WARC
files, or folders of which every `*.html` and `*.html.gz` is read.
"""

import argparse
import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

import trafilatura
from lxml import html
from selectolax.lexbor import LexborHTMLParser

from archive.warc.foreign import read_any
from crawler.extract.kept import warm_up
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.newsroom.listener import Request
from crawler.newsroom.server import Newsroom

SITES: Final = Path(__file__).parent.parent / "tests" / "sites"
BASELINE: Final = "trafilatura with metadata"
CONTESTANTS: Final[dict[str, Callable[[SourcePage], Any]]] = {
    "newsreel": read_page,
    BASELINE: lambda page: trafilatura.bare_extraction(page.body, page.url, with_metadata=True),
    "trafilatura, text alone": lambda page: trafilatura.bare_extraction(page.body, page.url),
    "lxml parse (floor)": lambda page: html.document_fromstring(page.body),
    "lexbor parse (floor)": lambda page: LexborHTMLParser(page.body),
}


def own_pages() -> Iterator[SourcePage]:
    """Yield the golden pages and the newsroom's stories."""
    for folder in sorted(page.parent for page in SITES.glob("*/*/page.html")):
        url = (folder / "url.txt").read_text("utf-8").strip()
        yield SourcePage(url=url, body=(folder / "page.html").read_bytes())
    newsroom = Newsroom(now=datetime(2031, 6, 14, 8, 30, tzinfo=UTC))
    for site in ("lampwick", "hearthside", "proscenium"):
        for url in newsroom.stories(site, by_name=True):
            headers = {"host": urlsplit(url).netloc}
            asked = Request(site=site, method="GET", target=url, headers=headers)
            yield SourcePage(url=url, body=newsroom.respond(asked).body)


def pages_at(place: Path) -> Iterator[SourcePage]:
    """Yield the pages of a WARC, or of a folder's HTML files, gzipped or not."""
    if not place.is_dir():
        for record in read_any(place):
            kind = (record.content_type or "").partition(";")[0]
            if kind == "text/html" and record.status in {200, None}:
                yield SourcePage(
                    url=record.url, body=record.payload, content_type=record.content_type
                )
        return
    for file in sorted((*place.rglob("*.html"), *place.rglob("*.html.gz"))):
        body = file.read_bytes()
        body = gzip.decompress(body) if file.suffix == ".gz" else body
        yield SourcePage(url=f"https://pages.example/{file.name}", body=body)


def measure(pages: Sequence[SourcePage], rounds: int) -> dict[str, list[float]]:
    """Return the CPU seconds that each contestant took for each page, the best of its rounds."""
    names = list(CONTESTANTS)
    spent = {name: [float("inf")] * len(pages) for name in names}
    for turn in range(rounds):
        for index, page in enumerate(pages):
            for place in range(len(names)):
                name = names[(turn + index + place) % len(names)]
                began = time.process_time()
                CONTESTANTS[name](page)
                took = time.process_time() - began
                spent[name][index] = min(spent[name][index], took)
    return spent


def main() -> None:
    """Read the pages and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", type=Path, nargs="*", help="WARC files, folders of HTML files")
    parser.add_argument("--every", type=int, default=1, help="read every Nth page alone")
    parser.add_argument("--rounds", type=int, default=1, help="the best of N counts")
    options = parser.parse_args()
    found = (page for place in options.places for page in pages_at(place))
    pages = list(found if options.places else own_pages())[:: options.every]
    warm_up()
    measure(pages[:5], 1)
    spent = measure(pages, options.rounds)
    whole = sum(spent[BASELINE])
    size = sum(len(page.body) for page in pages)
    print(
        f"{len(pages)} pages, {size / len(pages) / 1024:.0f} KiB each, trafilatura "
        f"{trafilatura.__version__}"
    )
    print(f"{'':26} {'ratio':>6} {'ms a page':>10} {'median':>7}")
    for name, times in spent.items():
        mean_ms, median_ms = 1000 * sum(times) / len(pages), 1000 * median(times)
        print(f"{name:26} {sum(times) / whole:6.3f} {mean_ms:10.1f} {median_ms:7.1f}")


if __name__ == "__main__":
    main()
