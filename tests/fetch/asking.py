"""Asks an origin in ways that no crawl of ours does, through the tap and into a store.

Run as a process of its own, because a reactor runs once: asking.py STORE BASE_URL
"""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from typing_extensions import override

from archive.instant import now_utc
from archive.journal.addresses import Advertised
from archive.recorder import Recorder
from archive.store import open_for_writing
from archive.warc.records import Provenance
from archive.warcs import WarcSeries
from crawler.fetch.guard import AddressGuard
from crawler.fetch.keys import ADDRESS, VISIT

RUN: Final = "run-1"
BINARY: Final = bytes(range(256)) * 16
# Path, method, body; asked one after the other on one connection.
ASKED: Final = (
    ("/head", "HEAD", b""),
    ("/posted", "POST", BINARY),
    ("/put", "PUT", b""),
    ("/got", "GET", b""),
)
_HANDLER: Final = "crawler.fetch.handler.WireCaptureHandler"


class Asker(Spider):
    """Makes each request once, and looks at no answer."""

    name = "asker"
    run: Any = None
    base_url = ""

    @override
    async def start(self) -> AsyncIterator[Any]:
        """Yield the requests."""
        for number, (path, method, body) in enumerate(ASKED, start=1):
            meta = {ADDRESS: SimpleNamespace(id=number, attempts=0), VISIT: None}
            yield Request(
                self.base_url + path, method=method, body=body, meta=meta, priority=-number
            )

    @override
    def parse(self, response: Any) -> None:
        """Take the answer for given."""


def ask(root: Path, base_url: str) -> None:
    """Make every request, and seal what came of them."""
    with open_for_writing(root, now=now_utc()) as store:
        provenance = Provenance(software="test", run_id=RUN)
        warcs = WarcSeries(store.layout, run_id=RUN, provenance=provenance, clock=now_utc)
        recorder = Recorder(store, warcs, run_id=RUN)
        asked = [
            Advertised(url=base_url + path, site="asked", kind="page", advertised_in="operator")
            for path, _, _ in ASKED
        ]
        with store.journal.transaction():
            store.journal.addresses.advertise(RUN, asked, now=now_utc())
        Asker.base_url = base_url
        Asker.run = SimpleNamespace(
            recorder=recorder,
            layout=store.layout,
            clock=now_utc,
            guard=AddressGuard.allowing(["127.0.0.0/8"]),
            frontier=SimpleNamespace(answered=lambda *_, **__: None),
        )
        process = AsyncCrawlerProcess(
            {
                "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER},
                "CONCURRENT_REQUESTS": 1,
                "REMOTE_CONTROL_ENABLED": False,
                "TELNETCONSOLE_ENABLED": False,
                "LOG_LEVEL": "ERROR",
            }
        )
        process.crawl(Asker)
        process.start()
        recorder.close(is_finished=True)


if __name__ == "__main__":
    ask(Path(sys.argv[1]), sys.argv[2])
