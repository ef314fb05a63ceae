"""The download handler: it fetches as Scrapy's does, and hands every exchange to the archive.

What goes through it is archived: pages, sitemaps, robots.txt, redirects, errors, cut-off bodies and
requests that got no answer. It is the only way out to the web.
"""

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response
from typing_extensions import override

from archive.address import host_of
from archive.coverage import Fate
from archive.exchange import Exchange
from archive.recorder import Recorder
from crawler.discover.frontier import Frontier
from crawler.fetch.failures import ERRORS, FAILURES, UNREACHABLE, StoppedError
from crawler.fetch.guard import AddressGuard, AddressRefusedError
from crawler.fetch.keys import ADDRESS, CAPTURE, FAILURE, STARTED_AT, VISIT, WAIT
from crawler.fetch.politeness import Refusal, retry_after_s
from crawler.fetch.wire import CURRENT, Tap, WirePool
from crawler.judgement import Step, judge

_STOP_S: Final = 3.0
"""What an answer may take altogether once the crawl is asked to stop: whoever sent SIGTERM sends
SIGKILL soon."""


class WireCaptureHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with the wire tap under it."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

        self._reactor: Any = reactor
        self._pool = WirePool(reactor, persistent=True)
        # A site has one connection at a time, but of a proxy's all sites are: it is their host.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")
        run: Any = getattr(crawler.spider, "run", None)
        self._recorder: Recorder = run.recorder
        self._guard: AddressGuard = run.guard
        self._clock: Callable[[], datetime] = run.clock
        self._frontier: Frontier = run.frontier
        self._spools = run.layout.staging
        # Randomness is a system call, and one of them is enough for all names that follow from it.
        self._namespace, self._numbers = uuid.uuid4(), itertools.count(1)
        self._timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    @override
    async def download_request(self, request: Request) -> Response:
        """Fetch, archive, and return the answer; a failure is archived and raised."""
        tap, began = Tap(self._clock, self._spools), time.monotonic()
        # Scrapy's middlewares are off; without this the handler gives up after ten seconds.
        request.meta["download_timeout"] = self._timeout_s
        token = CURRENT.set(tap)
        failure: str | None = "unforeseen"  # a fault of ours: asked again, but not for ever
        cut: str | None = "unspecified"
        refusal: Refusal | None = None
        is_blocked = False
        try:
            if reason := self._guard.refuses_url(request.url):
                raise AddressRefusedError(reason, request.url)
            response = await self._unless_stopped(super().download_request(request))
        except ERRORS as error:
            failure, cut = self._name(request, error, tap)
            raise
        else:
            failure, cut = None, None
            refusal, is_blocked = _refusal(request, response, self._clock())
            return response
        finally:
            CURRENT.reset(token)
            exchange = _exchange(
                request,
                tap,
                uuid.uuid5(self._namespace, str(next(self._numbers))),
                failed=(failure, cut),
                elapsed_s=time.monotonic() - began,
                ended_at=self._clock(),
            )
            tap.close()
            request.meta[FAILURE] = exchange.failure
            request.meta[STARTED_AT] = exchange.started_at
            capture = self._recorder.keep(exchange, request.meta[ADDRESS].id)
            request.meta[CAPTURE] = capture
            if exchange.failure in UNREACHABLE and not len(exchange.response):
                refusal = _no_connection(request)
            self._frontier.answered(
                request.meta[VISIT],
                capture,
                refusal=refusal,
                is_blocked=is_blocked,
                size_bytes=len(exchange.response),
                came_from=_address(request, exchange),
            )

    async def _unless_stopped(self, fetch: Coroutine[Any, Any, Response]) -> Response:
        """Wait for an answer; give a slow one up when the crawl is asked to stop."""
        download = asyncio.ensure_future(fetch)
        try:
            while not (await asyncio.wait({download}, timeout=_STOP_S))[0]:
                if not self._crawler.crawling:
                    raise StoppedError("the crawl is being stopped")
            return download.result()
        finally:
            download.cancel()

    def _name(self, request: Request, error: BaseException, tap: Tap) -> tuple[str, str]:
        """Return the ledger's word for a failure, and what WARC calls the cut."""
        if tap.has_too_many_headers:
            return "headers_too_large", "length"
        # Twisted lets a resolver say only that a name is unknown; ours remembers the true reason.
        is_guarded = isinstance(error, CannotResolveHostError) and "proxy" not in request.meta
        if is_guarded and self._reactor.nameResolver.refusal(host_of(request.url)):
            return "refused_address", "unspecified"
        return next((word, cut) for kind, word, cut in FAILURES if isinstance(error, kind))


def _refusal(request: Request, response: Response, now: datetime) -> tuple[Refusal | None, bool]:
    """Return what an answer asks of us, None when it asks for no patience; and whether it refuses
    us.
    """
    attempts = request.meta[ADDRESS].attempts + 1
    judgement = judge(response.status, None, attempts=attempts)
    if judgement.step is not Step.RETRY and not judgement.is_throttled:
        return None, judgement.fate is Fate.BLOCKED
    field = response.headers.get("Retry-After")
    refusal = Refusal(
        attempts=attempts,
        is_throttled=judgement.is_throttled,
        retry_after_s=retry_after_s(field.decode("latin-1") if field else None, now),
    )
    return refusal, judgement.is_throttled


def _no_connection(request: Request) -> Refusal:
    attempts = request.meta[ADDRESS].attempts + 1
    return Refusal(attempts=attempts, is_throttled=False, is_unreachable=True)


def _address(request: Request, exchange: Exchange) -> str | None:
    """Return the address that answered, with its port; None behind a proxy or without an answer."""
    if exchange.ip is None:
        return None
    parts = urlsplit(request.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{exchange.ip} {port}"


def _exchange(
    request: Request,
    tap: Tap,
    identifier: uuid.UUID,
    *,
    failed: tuple[str | None, str | None],
    elapsed_s: float,
    ended_at: datetime,
) -> Exchange:
    wait: Any = request.meta.get(WAIT)
    response = tap.response
    is_cut = len(response) > 0 and not tap.is_whole
    failure, cut = failed
    return Exchange(
        url=request.url,
        method=request.method,
        started_at=tap.started_at or ended_at,
        request=tap.request,
        response=response,
        record_id=f"<{identifier.urn}>",
        request_record_id=f"<{uuid.uuid5(identifier, 'request').urn}>",
        ip=None if request.meta.get("proxy") else tap.ip,
        protocols=_protocols(response, tap),
        cipher_suite=tap.tls[1] if tap.tls else None,
        truncated=(cut or "disconnect") if is_cut else None,
        failure=failure or ("cut_off" if is_cut else None),
        elapsed_ms=round(elapsed_s * 1000),
        waited_ms=wait.ms if wait else 0,
        wait_reason=wait.reason if wait else None,
    )


def _protocols(response: bytes | memoryview, tap: Tap) -> tuple[str, ...]:
    """Return WARC-Protocol values: what the answer's own first line says, and TLS below it."""
    is_old = response[:8] == b"HTTP/1.0"
    http = ("http/1.0" if is_old else "http/1.1",) if len(response) else ()
    return (*http, f"tls/{tap.tls[0].removeprefix('TLSv')}") if tap.tls else http
