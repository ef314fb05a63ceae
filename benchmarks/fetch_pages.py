"""One side of bench_capture.py: fetches pages with Scrapy, with or without the archive under it.

All sides load the same modules, so that their processes differ in nothing but the fetching.
"""

import asyncio
import json
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from archive.instant import now_utc
from archive.journal.addresses import Advertised
from archive.recorder import Recorder
from archive.store import open_for_writing
from archive.warc.records import Provenance
from archive.warcs import WarcSeries
from crawler import settings as newsreel
from crawler.fetch.guard import AddressGuard
from crawler.fetch.handler import ADDRESS, VISIT

_COMMON: Final[Mapping[str, Any]] = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
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

    def parse(self, response: Response) -> None:
        """Count the page as fetched; one that is empty is none."""
        Fetcher.fetched += bool(response.body)


def fetch(side: str) -> None:
    """Fetch every page as one side does."""
    process = AsyncCrawlerProcess(dict(SIDES[side]))
    process.crawl(Fetcher)
    process.start()
    assert Fetcher.fetched == Fetcher.pages, f"{Fetcher.fetched} of {Fetcher.pages} pages came"


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


if __name__ == "__main__":
    side, Fetcher.port, Fetcher.pages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    (fetch if side == "plain" else fetch_into_archive)(side)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"peak_mb": peak_mb}))
