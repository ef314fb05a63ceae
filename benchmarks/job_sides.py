"""One side of bench_job.py in a process of its own: what people do without Newsreel.

`scrapy` finds the pages by robots.txt and sitemaps, reads each where it arrives and writes a JSON
Lines feed; `script` is told the pages, asks for one after the other and keeps a WARC, too. `unread`
is Newsreel itself without the reading.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.spiders import SitemapSpider

from benchmarks import plain_trafilatura

_ABREAST: Final = 16
_SETTINGS: Final = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": _ABREAST,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _ABREAST,
    "TELNETCONSOLE_ENABLED": False,
}


def read(body: bytes, url: str) -> dict[str, Any]:
    """Return what trafilatura makes of a page, as the row that is kept."""
    found = plain_trafilatura.with_metadata(body, url)
    row = found.as_dict() if found else {}
    return {"url": url, **{name: row.get(name) for name in ("title", "author", "date", "text")}}


class Reader(SitemapSpider):
    """Asks for what the sites' sitemaps name, and reads each page where it arrives."""

    name = "reader"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield the page's row."""
        yield read(response.body, response.url)


def with_scrapy(folder: Path, proxy: str) -> None:
    """Crawl into a feed."""
    os.environ["http_proxy"] = proxy
    feed = {str(folder / "rows.jsonl"): {"format": "jsonlines"}}
    robots = [f"{home}robots.txt" for home in (folder / "homes.txt").read_text().split()]
    process = AsyncCrawlerProcess({**_SETTINGS, "FEEDS": feed})
    process.crawl(Reader, sitemap_urls=robots)
    process.start()


def with_script(folder: Path, proxy: str) -> None:
    """Ask one by one, keep a WARC and a file of rows."""
    from warcio.capture_http import capture_http  # noqa: I001 - before requests, as it asks

    import requests

    with capture_http(str(folder / "pages.warc.gz")), (folder / "rows.jsonl").open("w") as rows:
        session = requests.Session()
        session.proxies = {"http": proxy}
        for url in (folder / "urls.txt").read_text().split():
            rows.write(json.dumps(read(session.get(url).content, url)) + "\n")


def unread(folder: Path, proxy: str) -> None:
    """Crawl as `newsreel crawl` does, and read no page."""
    from benchmarks.unread_crawl import crawl_unread  # the other sides do without its modules

    urls, homes = ((folder / name).read_text().split() for name in ("urls.txt", "homes.txt"))
    crawl_unread(homes, proxy, least_pages=len(urls) * 9 // 10)  # a few of saved pages are empty


if __name__ == "__main__":
    side, proxy, work = sys.argv[1:]
    {"scrapy": with_scrapy, "script": with_script, "unread": unread}[side](Path(work), proxy)
