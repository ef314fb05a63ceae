"""What a robots.txt, a sitemap, a feed or a front page leads to."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from archive.address import origin_of
from archive.coverage import Fate
from archive.journal.journal import Journal
from archive.journal.runs import RobotsAnswer
from crawler.changes import Change, nothing, polled, record_id, refused, settled, together
from crawler.discover.candidate import ON_ANY_HOST, AddressKind, Candidate, Reading
from crawler.discover.feed import read_feed
from crawler.discover.front import read_front
from crawler.discover.robots import READ_BYTES
from crawler.discover.sitemap import read_sitemap
from crawler.page import Page
from crawler.run import CrawlRun
from crawler.site import Site

_OK: Final = 200
_FRAMES_DEEP: Final = 2
"""Frames within frames that are read: a page whose frame names another, and so on, has no end."""

logger = logging.getLogger(__name__)


def read_listing(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    """Return the change that queues what a listing names and settles its own address."""
    return _READERS[page.address.kind](run, page, site, body)


def robots_read(page: Page) -> Change:
    """Return the change that keeps a robots answer for its origin and those redirected to it.

    No answer is an answer too: it forbids everything for now (RFC 9309 section 2.3.1.4). One that
    is damaged says what can be read of it (section 2.3.1.5).
    """
    body = page.beginning(READ_BYTES + 1)
    status = None if page.failure else page.status
    reason = None if status == _OK else page.failure or f"http_{status}"

    def change(journal: Journal) -> None:
        for url in journal.addresses.redirected_from(page.address.run_id, page.address.id):
            journal.runs.keep_robots(
                RobotsAnswer(
                    origin=origin_of(url),
                    fetched_at=page.fetched_at,
                    status=status,
                    body=body,
                )
            )
        journal.captures.mark_read(record_id(page))
        journal.addresses.settle(page.address.id, Fate.READ, reason)

    return change


def links_queued(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    """Return the change that queues a page's links, when links are followed that far."""
    if page.address.depth >= run.plan.follow:
        return nothing
    front = read_front(
        body, content_type=page.header("Content-Type"), base=page.url, article_url=None
    )
    return _links(run, page, site, front.links)


def _links(run: CrawlRun, page: Page, site: Site, links: Iterable[Candidate]) -> Change:
    kept = [each for each in links if site.holds(each.url)]
    return run.frontier.advertising(site, kept, by=page.address, is_link=True)


def _sitemap(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    return _listed(run, page, site, read_sitemap(body, base=page.url))


def _feed(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    content_type = page.header("Content-Type")
    return _listed(run, page, site, read_feed(body, content_type=content_type, base=page.url))


def _front(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    front = read_front(
        body,
        content_type=page.header("Content-Type"),
        base=page.url,
        article_url=site.article_url,
    )
    articles = (each for each in front.candidates if site.holds(each.url))
    reading = Reading(candidates=(*front.feeds, *articles))
    depth = page.address.depth
    links = front.links if depth < run.plan.follow else ()
    frames = front.frames if depth < _FRAMES_DEEP else ()
    return together(_listed(run, page, site, reading), _links(run, page, site, (*frames, *links)))


def _listed(run: CrawlRun, page: Page, site: Site, reading: Reading) -> Change:
    """Return the change that queues all a listing names; other sites' pages are refused."""
    found = reading.candidates
    others = [
        each.url for each in found if each.kind not in ON_ANY_HOST and not site.holds(each.url)
    ]
    for flaw in reading.warnings:
        run.issues.warn(f"listing_{flaw}", site=site.name, url=page.url)
    logger.info("listing read url=%s addresses=%d", page.url, len(found))
    advertise = run.frontier.advertising(site, found, by=page.address)
    settle = together(
        refused(others, site=site.name, reason="off_site"),
        settled(page, Fate.READ, ",".join(reading.warnings) or None),
    )

    def change(journal: Journal) -> None:
        news = advertise(journal)
        settle(journal)
        polled(page, is_news=news > 0)(journal)

    return change


_READERS: Final[Mapping[str, Callable[[CrawlRun, Page, Site, bytes], Change]]] = {
    AddressKind.SITEMAP: _sitemap,
    AddressKind.FEED: _feed,
    AddressKind.FRONT: _front,
}
