"""Scrapy's scheduler, over the frontier: requests come out of it, none are put in."""

from collections.abc import Callable
from typing import Any, Final

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.defer import _schedule_coro
from typing_extensions import override

from crawler.discover.candidate import AddressKind
from crawler.discover.frontier import Visit
from crawler.fetch.keys import ADDRESS, VISIT, WAIT
from crawler.run import CrawlRun, user_agent

_ACCEPT: Final = {
    AddressKind.SITEMAP: "application/xml,text/xml;q=0.9,*/*;q=0.5",
    AddressKind.FEED: "application/rss+xml,application/atom+xml,application/feed+json,*/*;q=0.5",
    AddressKind.ROBOTS: "text/plain,*/*;q=0.5",
    # Without a wish a server sends the form that everything can show.
    AddressKind.REQUISITE: "*/*",
}
_HTML: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_SHORTEST_SLEEP_S: Final = 0.005


class FrontierScheduler(BaseScheduler):
    """Hands Scrapy the frontier's visits, as politeness allows and archive and readers keep up."""

    def __init__(self, crawler: Crawler, run: CrawlRun) -> None:
        self._crawler = crawler
        self._run = run
        self._alarm: Any = None
        """Twisted's delayed call that ends the sleep; None before the first."""

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler) -> "FrontierScheduler":
        """Use the spider's run."""
        run: Any = getattr(crawler.spider, "run", None)
        return cls(crawler, run)

    @override
    def open(self, spider: Any) -> None:
        """Let other threads wake the engine from here on."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        self._reactor: Any = reactor
        self._run.threads.call = self._reactor.callFromThread
        self._run.threads.wake = self._wake
        self._run.threads.stop = self._close_spider
        self._run.engine.download = self._download
        self._run.engine.is_stopping = lambda: not self._crawler.crawling

    @override
    def close(self, reason: str) -> None:
        """Sleep no more."""
        self._run.threads.wake = lambda: None
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()

    @override
    def has_pending_requests(self) -> bool:
        """Whether the crawl goes on: something is queued, in flight or not committed yet."""
        return self._run.frontier.has_work or not self._run.recorder.is_idle

    @override
    def enqueue_request(self, request: Request) -> bool:
        """Refuse: an address is queued in the journal, or nowhere (returns False)."""
        return False

    @override
    def next_request(self) -> Request | None:
        """Return the next request; None when every site waits, or archive or readers catch up."""
        if self._run.recorder.failure is not None:
            self._stop()
            return None
        if self._run.recorder.is_full or self._run.pool.is_full:
            return None
        try:
            visit = self._run.frontier.next_visit()
        except Exception as error:
            # Whatever it is: Scrapy only logs it, and would wait for the next request for ever.
            self._run.faults.append(error)
            self._stop()
            raise
        if visit is None:
            self._sleep(self._run.frontier.ready_in())
            return None
        failed: Any = getattr(self._crawler.spider, "failed", None)
        return request_for(visit, self._run, errback=failed)

    async def _download(self, request: Request) -> Response:
        assert self._crawler.engine is not None
        return await self._crawler.engine.download_async(request)

    def _stop(self) -> None:
        """End the crawl: what it brings cannot be kept."""
        if not self._run.outcome:
            self._run.outcome.append("failed")
            self._run.threads.stop()

    def _close_spider(self) -> None:
        engine = self._crawler.engine
        if engine is not None:
            _schedule_coro(engine.close_spider_async(reason="failed"))

    def _wake(self) -> None:
        # There is no public way to tell the engine that a scheduler has something again.
        slot = getattr(self._crawler.engine, "_slot", None)
        if slot is not None:
            slot.nextcall.schedule()

    def _sleep(self, seconds: float | None) -> None:
        """Wake up when the next site may be asked."""
        if self._alarm is not None and self._alarm.active():
            self._alarm.cancel()
        if seconds is not None:
            pause_s = max(seconds, _SHORTEST_SLEEP_S)
            self._alarm = self._run.timing.call_later(pause_s, self._wake)


def request_for(
    visit: Visit, run: CrawlRun, *, errback: Callable[..., Any] | None = None
) -> Request:
    """Return the request of a visit: conditional whenever there is something to compare with."""
    address = visit.address
    headers = {
        "User-Agent": user_agent(run.plan.contact),
        "Accept": _ACCEPT.get(AddressKind(address.kind), _HTML),
        "Accept-Language": "en;q=0.9,*;q=0.5",
        "Accept-Encoding": "gzip, deflate, br, zstd",
    }
    if address.payload_id is not None:
        if address.etag:
            headers["If-None-Match"] = address.etag
        if address.last_modified:
            headers["If-Modified-Since"] = address.last_modified
    meta = {ADDRESS: address, VISIT: visit, WAIT: visit.wait}
    if visit.site.manners.has_cookies:
        meta["cookiejar"] = visit.site.name
    else:
        meta["dont_merge_cookies"] = True
    if address.kind == AddressKind.REQUISITE:
        meta["download_maxsize"] = run.frontier.bounds.each_bytes
    if run.plan.proxy is not None:
        meta["proxy"] = run.plan.proxy
    return Request(
        address.url,
        headers=headers,
        meta=meta,
        dont_filter=True,
        errback=errback,
    )
