"""One side of bench_capture.py: fetches pages with Scrapy, with or without the archive under it.

All sides load the same modules, so that their processes differ in nothing but the fetching.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response, TextResponse
from typing_extensions import override

from archive.instant import now_utc
from archive.journal.addresses import Advertised
from archive.recorder import Recorder
from archive.store import open_for_writing
from archive.warc.records import Provenance
from archive.warcs import WarcSeries
from benchmarks.invented_sites import ABREAST, homes
from benchmarks.process_cost import peak_mib
from benchmarks.unread_crawl import crawl_unread
from crawler import settings as newsreel
from crawler.fetch.guard import AddressGuard
from crawler.fetch.keys import ADDRESS, VISIT

_COMMON: Final[Mapping[str, Any]] = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": ABREAST,
    "CONCURRENT_REQUESTS_PER_DOMAIN": ABREAST,
    "COMPRESSION_ENABLED": False,  # no side decodes: it is the fetching that is compared
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
}
_UNDER_WAY: Final = 64
_PAUSE_S: Final = 0.005
_HANDLER: Final = "crawler.fetch.handler.WireCaptureHandler"
_CAPTURED: Final = {**_COMMON, "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER}}
# What Newsreel turns off in Scrapy besides, because it does it elsewhere or not at all.
_TURNED_OFF: Final = (
    "DOWNLOADER_MIDDLEWARES_BASE",
    "SPIDER_MIDDLEWARES_BASE",
    "EXTENSIONS_BASE",
    "CONCURRENT_ITEMS",
)
SIDES: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": _COMMON,
    "captured": _CAPTURED,
    "newsreel": {**_CAPTURED, **{name: getattr(newsreel, name) for name in _TURNED_OFF}},
    # What it keeps is text, so it has to decode.
    "jsonl": {**_COMMON, "COMPRESSION_ENABLED": True},
}


class Fetcher(Spider):
    """Asks for every page once, and looks at none."""

    name = "fetcher"
    run: Any = None
    port = 0
    pages = 0

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each page."""
        for number in range(self.pages):
            # As Newsreel's scheduler does: nothing is asked for while the archive is behind.
            while self.is_behind(number):  # noqa: ASYNC110 - nobody tells when it no longer is
                await asyncio.sleep(_PAUSE_S)
            meta = (
                {ADDRESS: SimpleNamespace(id=number + 1, attempts=0), VISIT: None}
                if self.run
                else {}
            )
            yield Request(f"http://127.0.0.1:{self.port}/{number}", meta=meta)

    fetched = 0

    def is_behind(self, number: int) -> bool:
        """Whether enough is under way, or waits to be archived, for the next page to wait."""
        is_full = self.run is not None and self.run.recorder.is_full
        return is_full or number - Fetcher.fetched > _UNDER_WAY

    def parse(self, response: Response) -> Any:
        """Count the page as fetched; one that is empty is none."""
        Fetcher.fetched += bool(response.body)


class Keeper(Fetcher):
    """Asks for every page once, and hands each to Scrapy's feed as an item."""

    @override
    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Yield what a page is, its text included."""
        super().parse(response)
        assert isinstance(response, TextResponse)
        yield {
            "url": response.url,
            "status": response.status,
            "headers": dict(response.headers.to_unicode_dict()),
            "body": response.text,
        }


def fetch(side: str, spider: type[Spider] = Fetcher, **besides: Any) -> None:
    """Fetch every page as one side does."""
    process = AsyncCrawlerProcess({**SIDES[side], **besides})
    process.crawl(spider)
    process.start()
    assert Fetcher.fetched == Fetcher.pages, f"{Fetcher.fetched} of {Fetcher.pages} pages came"


def fetch_into_feed(side: str) -> None:
    """Fetch every page, and keep it in a JSON Lines feed that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "pages.jsonl"
        fetch(side, Keeper, FEEDS={str(feed): {"format": "jsonlines"}})
        with feed.open() as lines:
            kept = sum(1 for _ in lines)
        assert kept == Fetcher.pages, f"{kept} of {Fetcher.pages} pages are in the feed"


def unread(_: str) -> None:
    """Crawl the pages as `newsreel crawl` does, and read none."""
    proxy = f"http://127.0.0.1:{Fetcher.port}"
    crawl_unread(homes(Fetcher.pages), proxy, least_pages=Fetcher.pages)


def _addresses() -> Iterator[Advertised]:
    """Yield the pages as an operator would have named them; their ids are 1, 2, ..."""
    for number in range(Fetcher.pages):
        url = f"http://127.0.0.1:{Fetcher.port}/{number}"
        yield Advertised(url=url, site="bench", kind="page", advertised_in="operator")


def fetch_into_archive(side: str) -> None:
    """Fetch every page, and archive it in a store that is thrown away."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_for_writing(Path(folder), now=now_utc()) as store,
    ):
        provenance = Provenance(software="bench", run_id="bench")
        warcs = WarcSeries(store.layout, run_id="bench", provenance=provenance, clock=now_utc)
        with store.journal.transaction():
            store.journal.addresses.advertise("bench", _addresses(), now=now_utc())
        recorder = Recorder(store, warcs, run_id="bench")
        Fetcher.run = SimpleNamespace(
            recorder=recorder,
            layout=store.layout,
            guard=AddressGuard.allowing(["127.0.0.0/8"]),
            clock=now_utc,
            frontier=SimpleNamespace(answered=lambda *_, **__: None),
        )
        fetch(side)
        recorder.close(is_finished=True)
        kept = store.journal.captures.count("bench")
        assert kept == Fetcher.pages, f"{kept} of {Fetcher.pages} pages are archived"


_WAYS: Final = {"plain": fetch, "jsonl": fetch_into_feed, "crawl": unread}

if __name__ == "__main__":
    side, Fetcher.port, Fetcher.pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _WAYS.get(side, fetch_into_archive)(side)
    sys.stdout.write(json.dumps({"peak_mib": peak_mib()}))
