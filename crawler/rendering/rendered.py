"""A page rendered: shown in a browser, archived as its document stood, and handed on to be read."""

import asyncio
import time
import uuid
from typing import Final

from archive.rendering import RENDERED_STATUS, Rendering
from crawler.page import Page
from crawler.rendering.parts import Parts, served
from crawler.rendering.window import UnrenderedError
from crawler.run import CrawlRun, user_agent
from crawler.site import Site

_HTML: Final = frozenset({"text/html", "application/xhtml+xml", None})
_SETTLING_S: Final = 0.2
"""Ctrl-C ends the browser, too, and may do so before it reaches the crawl."""
_LOOKS_UP_S: Final = 0.5
"""How soon a crawl that is being stopped lets go of a page."""


class LeftError(Exception):
    """The crawl is being stopped: the page is rendered by the next one."""


async def rendered(run: CrawlRun, page: Page, site: Site) -> Page | None:
    """Return a page as a browser shows it, archived; None when it is read as it was sent.

    Raises LeftError when the crawl is being stopped, and CaptureError when something of it could
    not be kept.
    """
    is_page = page.status == RENDERED_STATUS and page.media_type in _HTML
    sent = served(page) if site.needs_javascript and is_page else None
    if run.browser is None or sent is None:
        return None
    began = time.monotonic()
    serve = Parts(run=run, page=page, site=site).serve
    agent = user_agent(run.plan.contact)
    showing = asyncio.ensure_future(
        run.browser.document(page.url, sent, serve, site=site.name, agent=agent)
    )
    try:
        dom = await _unless_stopped(run, showing)
    except UnrenderedError as error:
        await asyncio.sleep(_SETTLING_S)
        if run.engine.is_stopping():
            raise LeftError from error
        run.issues.warn(
            "page_unrendered", site=site.name, url=page.url, why=error.reason, told=error.detail
        )
        return None
    return await _archived(run, page, dom, elapsed_s=time.monotonic() - began)


async def _unless_stopped(run: CrawlRun, showing: "asyncio.Future[bytes]") -> bytes:
    """Wait for a document; give it up when the crawl is asked to stop."""
    while not (await asyncio.wait({showing}, timeout=_LOOKS_UP_S))[0]:
        if run.engine.is_stopping():
            showing.cancel()
            await asyncio.wait({showing})
            raise LeftError
    return showing.result()


async def _archived(run: CrawlRun, page: Page, dom: bytes, *, elapsed_s: float) -> Page:
    source = await asyncio.wrap_future(page.capture)
    most = run.browser.patience.dom_bytes if run.browser else len(dom)
    kept = dom if len(dom) <= most else dom[:most].decode("utf-8", "ignore").encode()
    rendering = Rendering(
        url=page.url,
        rendered_at=run.clock(),
        dom=kept,
        record_id=f"<{uuid.uuid4().urn}>",
        source_record_id=str(source.warc_record_id),
        source_fetched_at=source.fetch_time,
        truncated=None if kept is dom else "length",
        elapsed_ms=round(elapsed_s * 1000),
    )
    capture = run.recorder.keep_rendering(rendering, page.address.id)
    await asyncio.wrap_future(capture)
    return page.rendered(kept, capture, at=rendering.rendered_at)
