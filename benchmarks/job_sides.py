"""One side of bench_job.py in a process of its own: what people do without Newsreel.

`scrapy` is a spider that reads each page where it arrives and writes a JSON Lines feed; `script`
asks one page after the other and keeps a WARC, too.
"""

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import trafilatura
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

_ABREAST: Final = 16
_SETTINGS: Final = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": _ABREAST,
    "CONCURRENT_REQUESTS_PER_DOMAIN": _ABREAST,
    "TELNETCONSOLE_ENABLED": False,
}


def read(body: bytes | str, url: str) -> dict[str, Any]:
    """Return what trafilatura makes of a page, as the row that is kept."""
    found = trafilatura.bare_extraction(body, url, with_metadata=True)
    row = found.as_dict() if found else {}
    return {"url": url, **{name: row.get(name) for name in ("title", "author", "date", "text")}}


class Reader(Spider):
    """Asks for every page once, and reads it where it arrives."""

    name = "reader"
    urls: tuple[str, ...] = ()
    proxy = ""

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each page."""
        for url in self.urls:
            yield Request(url, meta={"proxy": self.proxy})

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield the page's row."""
        yield read(response.body, response.url)


def with_scrapy(folder: Path) -> None:
    """Crawl into a feed."""
    feed = {str(folder / "rows.jsonl"): {"format": "jsonlines"}}
    process = AsyncCrawlerProcess({**_SETTINGS, "FEEDS": feed})
    process.crawl(Reader)
    process.start()


def with_script(folder: Path) -> None:
    """Ask one by one, keep a WARC and a file of rows."""
    from warcio.capture_http import capture_http  # noqa: I001 - before requests, as it asks

    import requests

    with capture_http(str(folder / "pages.warc.gz")), (folder / "rows.jsonl").open("w") as rows:
        session = requests.Session()
        session.proxies = {"http": Reader.proxy}
        for url in Reader.urls:
            rows.write(json.dumps(read(session.get(url).content, url)) + "\n")


if __name__ == "__main__":
    side, Reader.proxy, work = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    Reader.urls = tuple((work / "urls.txt").read_text().split())
    {"scrapy": with_scrapy, "script": with_script}[side](work)
