"""What follows from one visit: addresses found, a submission, a retry, or a word in the ledger.

The same steps are taken for an answer fresh from the web and for one read back from the WARC after
a crash: a capture stays unread until everything that follows from it is committed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from archive.address import crawl_address, identity_of
from archive.article import PageKind
from archive.coverage import Fate
from archive.errors import ExtractError
from archive.message import ContentError, Decoded, address_said
from crawler.announcing import with_announced
from crawler.changes import (
    Change,
    nothing,
    polled,
    read,
    readdressed,
    settled,
    together,
    validated,
)
from crawler.discover.candidate import ON_ANY_HOST, AddressKind, Candidate
from crawler.discover.feed import looks_like_feed
from crawler.discover.requisites import Requisites
from crawler.discover.revisits import LISTINGS
from crawler.fetch.politeness import Refusal, retry_after_s
from crawler.judgement import Judgement, Step, judge
from crawler.listings import links_queued, read_listing, robots_read
from crawler.page import Page
from crawler.rendering.rendered import LeftError, rendered
from crawler.requisites import redirect_rested, requisite_answered, requisites_queued
from crawler.run import CrawlRun
from crawler.site import Site
from crawler.stored import stored_payload
from pipelines.submission import Submission

if TYPE_CHECKING:  # trafilatura is loaded in the worker processes alone
    from crawler.extract.reading import Reading

MOST_HOPS: Final = 10
"""Redirects that are followed from one advertised address."""

_LAST_STEPS: Final = frozenset({Step.READ, Step.UNCHANGED, Step.SETTLE})
_LETS_IN: Final = frozenset({Step.UNCHANGED, Step.REDIRECT})
_STILL_OPEN: Final = frozenset({Step.RETRY, Step.PUT_BACK})

_FATES: Final[Mapping[PageKind, Fate]] = {
    PageKind.CAPTCHA: Fate.BLOCKED,
    PageKind.CONSENT: Fate.BLOCKED,
    PageKind.ERROR: Fate.GONE,
}
"""What is said of pages that are no articles, where that is more than `not_article`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads pages for one run."""

    run: CrawlRun

    async def read(self, page: Page, site: Site) -> Submission | None:
        """Do what follows from a page; return the article that asks to be kept, if there is one.

        Everything else is committed when this returns.
        """
        judgement = judge(page.status, page.failure, attempts=page.address.attempts + 1)
        is_listing = page.address.kind not in {AddressKind.PAGE, AddressKind.REQUISITE}
        is_same_listing = judgement.step is Step.UNCHANGED and is_listing
        is_known = self.run.plan.is_due and page.address.kind in LISTINGS
        if is_same_listing and page.address.payload_id is not None and not is_known:
            # A listing that did not change still advertises all it did before; what that means
            # for a schedule stands in the journal.
            page = stored_payload(self.run.layout, self.run.reader, page)
            judgement = Judgement(step=Step.READ)
        if page.address.kind == AddressKind.REQUISITE and judgement.step in _LAST_STEPS:
            await self._commit(page, requisite_answered(self.run, page, site, judgement))
            return None
        if judgement.step is Step.READ:
            return await self._read_answer(page, site)
        if judgement.step in _LETS_IN or judgement.fate is Fate.GONE:
            self._welcomed(page)
        following = self._following(page, site, judgement)
        if judgement.step not in _STILL_OPEN:
            following = together(following, polled(page, is_news=False))
        await self._commit(page, following)
        return None

    async def _read_answer(self, page: Page, site: Site) -> Submission | None:
        if page.address.kind == AddressKind.ROBOTS:
            self._welcomed(page)
            await self._commit(page, together(robots_read(page), validated(page)))
            return None
        try:
            decoded = page.decoded()
        except ContentError as error:
            unreadable = settled(page, Fate.UNREADABLE, error.reason)
            await self._commit(page, together(unreadable, polled(page, is_news=False)))
            return None
        if page.address.kind == AddressKind.PAGE:
            return await self._read_page(page, site, decoded)
        self._welcomed(page)
        change = read_listing(self.run, page, site, decoded.body)
        if page.address.kind == AddressKind.FRONT:
            change = together(change, requisites_queued(self.run, page, site, decoded.body))
        await self._commit(page, together(change, validated(page)))
        return None

    def _welcomed(self, page: Page) -> None:
        self.run.politeness.welcome(self.run.frontier.server_of(page.address))

    def _following(self, page: Page, site: Site, judgement: Judgement) -> Change:
        """Return what an answer without a body worth reading leads to."""
        match judgement.step:
            case Step.REDIRECT:
                return self._redirected(page, site, judgement)
            case Step.RETRY:
                return self._retried(page, judgement)
            case Step.PUT_BACK:
                return self._queued_again(page, 0.0)
            case Step.UNCHANGED:
                return together(self._still_needed(page, site), self._unchanged(page))
            case Step.SETTLE if page.address.kind == AddressKind.ROBOTS:
                return robots_read(page)
            case _:
                assert judgement.fate is not None
                return settled(page, judgement.fate, judgement.reason)

    def _unchanged(self, page: Page) -> Change:
        if page.address.payload_id is None:  # no condition was sent: nothing says what stands
            return settled(page, Fate.FAILED, f"http_{page.status}")
        if page.address.kind in LISTINGS:
            return settled(page, Fate.UNCHANGED, "not_modified")
        if page.address.article_id is None:
            return settled(page, Fate.NOT_ARTICLE, "not_modified")
        return settled(page, Fate.UNCHANGED)

    def _still_needed(self, page: Page, site: Site) -> Change:
        """Queue what a page that was not modified needs: an earlier run may not have wanted it."""
        is_wanted = self.run.plan.requisites_of(site) is not Requisites.NONE
        if page.address.payload_id is None or not is_wanted:
            return nothing
        stored = stored_payload(self.run.layout, self.run.reader, page)
        try:
            return requisites_queued(self.run, stored, site, stored.body())
        except ContentError:
            return nothing

    def _redirected(self, page: Page, site: Site, judgement: Judgement) -> Change:
        """Queue where a redirect leads; beyond the site it is only noted."""
        kind = AddressKind(page.address.kind)
        target = crawl_address(address_said(page.header("Location") or ""), base=page.url)
        # The same address again is a way to ask for a cookie; the hops are bounded below.
        is_circle = target == page.url and not site.manners.has_cookies
        if target is None or is_circle:
            return settled(page, Fate.FAILED, "bad_redirect")
        if page.address.hops >= MOST_HOPS:
            return settled(page, Fate.FAILED, "too_many_redirects")
        if identity_of(target) == identity_of(page.url):
            return readdressed(page, target, at=self.run.clock())
        if self._leads_back(page, target):
            return settled(page, Fate.FAILED, "redirect_circle")
        if not site.holds(target) and kind not in ON_ANY_HOST:
            return settled(page, Fate.REDIRECTED, "off_site")
        found = Candidate(url=target, kind=kind, advertised_in="redirect")
        is_requisite = kind == AddressKind.REQUISITE
        return together(
            self.run.frontier.advertising(site, (found,), by=page.address),
            settled(page, Fate.REDIRECTED, judgement.reason),
            redirect_rested(self.run, page) if is_requisite else nothing,
        )

    def _leads_back(self, page: Page, target: str) -> bool:
        """Whether redirects of this run led to a page from the very address it leads to.

        Each would pass for moved then, and a site behind a cookie wall for one without a fault.
        """
        chain = self.run.reader.addresses.redirected_from(self.run.id, page.address.id)
        return identity_of(target) in map(identity_of, chain)

    def _retried(self, page: Page, judgement: Judgement) -> Change:
        """Queue an address again, for when it may be asked; its server is held already."""
        refusal = Refusal(
            attempts=page.address.attempts + 1,
            is_throttled=judgement.is_throttled,
            retry_after_s=retry_after_s(page.header("Retry-After"), self.run.clock()),
        )
        return self._queued_again(page, self.run.politeness.pause_s(refusal))

    def _queued_again(self, page: Page, pause_s: float) -> Change:
        at = self.run.clock() + timedelta(seconds=pause_s)
        return lambda journal: journal.addresses.retry(page.address.id, at=at)

    async def _read_page(self, page: Page, site: Site, decoded: Decoded) -> Submission | None:
        if not page.is_rendered:
            if self._is_same(page):
                self._welcomed(page)
                same = settled(page, Fate.UNCHANGED, "same_payload")
                found = self._found(page, site, decoded.body)
                await self._commit(page, together(found, same, validated(page)))
                return None
            if looks_like_feed(decoded.body, page.header("Content-Type")):
                await self._commit(page, settled(page, Fate.NOT_ARTICLE, "feed"))
                return None
            try:
                shown = await rendered(self.run, page, site)
            except LeftError:
                return None
            if shown is not None:
                return await self._read_story(shown, site, shown.decoded())
        return await self._read_story(page, site, decoded)

    def _found(self, page: Page, site: Site, body: bytes) -> Change:
        return together(
            links_queued(self.run, page, site, body), requisites_queued(self.run, page, site, body)
        )

    async def _read_story(self, page: Page, site: Site, decoded: Decoded) -> Submission | None:
        links = self._found(page, site, decoded.body)
        design = site.design_at(page.fetched_at)
        try:
            title = self.run.reader.addresses.announced(page.address.id).title
            source = page.source(decoded.body, is_whole=decoded.is_whole, title=title)
            reading = await asyncio.wrap_future(self.run.pool.submit(source, design))
        except ExtractError as error:
            await self._commit(page, links, is_read=False)
            self.run.issues.warn("page_unreadable", site=site.name, why=str(error)[:200])
            self.run.quarantine.keep_page(
                page.url, page.capture, page.address.id, reason=error.reason
            )
            return None
        if _FATES.get(reading.kind) is Fate.BLOCKED:
            self.run.politeness.count_against(self.run.frontier.server_of(page.address))
        else:
            self._welcomed(page)
        # A page that could not be rendered is asked for anew, and not whether it has changed.
        is_unrendered = site.needs_javascript and not page.is_rendered
        found = links if is_unrendered else together(links, validated(page))
        if reading.article is None:
            await self._commit(page, together(found, self._no_article(page, reading)))
            return None
        # The article is committed with its part; what its page links to need not wait for that.
        await self._commit(page, found, is_read=False)
        return self._submission(page, site, reading)

    def _submission(self, page: Page, site: Site, reading: "Reading") -> Submission:
        assert reading.article is not None
        article = replace(
            with_announced(reading.article, self.run.reader.addresses.announced(page.address.id)),
            first_seen_at=page.address.first_seen_at,
            fetch_time=page.fetched_at,
            rights=replace(reading.article.rights, robots="allowed"),
        )
        return Submission(
            article=article, site=site.name, address_id=page.address.id, capture=page.capture
        )

    def _no_article(self, page: Page, reading: "Reading") -> Change:
        fate = _FATES.get(reading.kind, Fate.NOT_ARTICLE)
        reason = reading.reason or reading.kind
        return settled(page, fate, reason, page_kind=reading.kind)

    def _is_same(self, page: Page) -> bool:
        """Whether these are the very bytes that the address's article was read from before."""
        known = self.run.reader.addresses.get(page.address.id)
        if page.is_left or known.article_id is None or known.payload_id is None:
            return False
        payload = self.run.reader.captures.payload_of(known.payload_id)
        return payload is not None and payload.digest == page.digest

    async def _commit(self, page: Page, change: Change, *, is_read: bool = True) -> None:
        """Apply a change once the page's record is committed.

        A page whose row is still to come stays unread: after a crash it is extracted again.
        """
        await asyncio.wrap_future(page.capture)
        done = together(change, read(page)) if is_read else change
        await asyncio.wrap_future(self.run.recorder.write(done))
