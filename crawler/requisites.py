"""Requisites of pages on their way: which are queued for a page, and what follows from one."""

from datetime import timedelta
from typing import Final

from archive.coverage import Fate
from archive.message import ContentError
from archive.replay.requisites import page_pictures, page_requisites, sheet_requisites
from crawler.changes import Change, nothing, rested, settled, together, validated
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.freshness import UNSAID, fresh_for
from crawler.discover.requisites import Requisites
from crawler.extract.decode import decode
from crawler.judgement import Judgement, Step
from crawler.page import Page
from crawler.run import CrawlRun
from crawler.site import Site

MOST_NESTED: Final = 3
"""Stylesheets that one may be imported through; one more is nobody's design."""
READ_BYTES: Final = 4 * 1024 * 1024
"""Of a page or stylesheet: it is read while the crawl waits, and no page needs as much to say what
it needs."""
_NAMED: Final = {Requisites.IMAGES: page_pictures, Requisites.PAGE: page_requisites}
"""What reads the addresses that are wanted from a page."""
_SHEETS: Final = frozenset({"text/css"})
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", None})


def requisites_queued(run: CrawlRun, page: Page, site: Site, body: bytes) -> Change:
    """Return the change that queues what a page needs, as far as the site and the operator want."""
    wanted = run.plan.requisites_of(site)
    if wanted is Requisites.NONE or page.media_type not in _PAGES:
        return nothing
    return _queued(run, page, site, _NAMED[wanted](_text(page, body), page.url))


def requisite_answered(run: CrawlRun, page: Page, site: Site, judgement: Judgement) -> Change:
    """Return what follows from a requisite's answer that leads nowhere else.

    It is settled, and rests until it may have changed.
    """
    now = run.clock()
    if judgement.step not in {Step.READ, Step.UNCHANGED}:
        assert judgement.fate is not None
        # Not there, or not for us: a week later it may be.
        ended = settled(page, judgement.fate, judgement.reason)
        return together(ended, rested(page, until=now + UNSAID))
    rest = rested(page, until=now + fresh_for(page.header, now))
    if judgement.step is Step.UNCHANGED:
        return together(settled(page, Fate.UNCHANGED, "not_modified"), rest)
    kept = settled(page, Fate.NOT_ARTICLE, AddressKind.REQUISITE)
    return together(_named_in_sheet(run, page, site), kept, validated(page), rest)


def redirect_rested(run: CrawlRun, page: Page) -> Change:
    """Return the change that lets a requisite's redirect stand for a while."""
    return rested(page, until=run.clock() + timedelta(days=1))


def _named_in_sheet(run: CrawlRun, page: Page, site: Site) -> Change:
    is_wanted = run.plan.requisites_of(site) is Requisites.PAGE
    if not is_wanted or page.media_type not in _SHEETS or page.address.depth >= MOST_NESTED:
        return nothing
    try:
        text = _text(page, page.body())
    except ContentError:
        return nothing
    return _queued(run, page, site, sheet_requisites(text, page.url), is_link=True)


def _queued(
    run: CrawlRun, page: Page, site: Site, urls: tuple[str, ...], *, is_link: bool = False
) -> Change:
    most = run.frontier.bounds.a_page
    if len(urls) > most:
        run.issues.warn("requisites_too_many", site=site.name, url=page.url)
    found = (
        Candidate(url=url, kind=AddressKind.REQUISITE, advertised_in=AddressKind.REQUISITE)
        for url in urls[:most]
        # What shows itself as no public address is not even asked what it allows.
        if run.guard.refuses_url(url) is None
    )
    return run.frontier.advertising(site, found, by=page.address, is_link=is_link)


def _text(page: Page, body: bytes) -> str:
    return decode(page.source(body[:READ_BYTES]))
