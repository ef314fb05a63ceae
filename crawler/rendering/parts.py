"""What a page's scripts ask for while it is rendered: asked for by us, and archived as it came.

Each is a requisite of its page: named in the journal, allowed by its host's robots.txt, within the
bounds of requisites, and captured like everything else. It is asked for at once, though: a page
waits for its parts, and a server that it is asked of for one thing after another.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from scrapy import Request

from archive.address import crawl_address, identity_of, origin_of
from archive.coverage import Fate
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.message import ContentError, address_said
from crawler.changes import Change, read, settled, together
from crawler.discover.advertising import advertised
from crawler.discover.candidate import AddressKind, Candidate
from crawler.fetch.failures import ERRORS
from crawler.fetch.politeness import ATTEMPTS
from crawler.judgement import Judgement, Step, judge
from crawler.listings import robots_read
from crawler.page import Page, page_of_response, page_without_response
from crawler.rendering.window import Asked, Served
from crawler.requisites import redirect_rested, requisite_answered
from crawler.run import CrawlRun
from crawler.scheduler import request_for
from crawler.site import Site
from crawler.stored import stored_payload

T = TypeVar("T")

MOST_HOPS: Final = 5
"""Redirects that are followed for one part."""
_STOPPED: Final = "stopped"
# What the same bytes are good for on every page; what is asked for by a script is its page's news.
_LASTING: Final = frozenset({"script", "stylesheet"})
# What the page's own script says of its request. Cookies and passwords are never sent for it, and
# who asks, how and in which coding is said as for any other request.
_NOT_PASSED_ON: Final = frozenset(
    {
        "accept-encoding",
        "accept-language",
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "proxy-authorization",
        "upgrade-insecure-requests",
        "user-agent",
    }
)
# Of a message, and not of what it carries; Chromium gets the body as it is.
_OF_THE_CODING: Final = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}
)


@dataclass(slots=True, kw_only=True)
class Parts:
    """Serves the parts of one page."""

    run: CrawlRun
    page: Page
    site: Site
    _count: int = 0
    _robots: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def serve(self, asked: Asked) -> Served | None:
        """Return what a script gets for a request; None when it gets nothing."""
        url = crawl_address(asked.url)
        if url is None:
            self._note("no_address", asked.url)
            return None
        self._count += 1
        if self._count > self.run.frontier.bounds.a_page:
            self.run.issues.warn("requisites_too_many", site=self.site.name, url=self.page.url)
            return None
        part = await self._part(url, asked)
        return None if part is None else served(part)

    async def _part(self, url: str, asked: Asked) -> Page | None:
        by, named_in = self.page.address, str(AddressKind.REQUISITE)
        for _ in range(MOST_HOPS + 1):
            if why := self.run.guard.refuses_url(url):
                self._note(why, url)
                return None
            if identity_of(url) in self.run.frontier.withdrawn:
                return None
            known = self.run.reader.addresses.find(url)
            if known is not None and self._stands(known, asked):
                return self._stored(known)
            address = await self._named(url, AddressKind.REQUISITE, named_in, by=by)
            part = await self._allowed(address, asked)
            target = None if part is None else _target(part)
            if target is None:
                return part
            url, by, named_in = target, address, "redirect"
        return None

    def _stands(self, known: Address, asked: Asked) -> bool:
        """Whether an address is not asked for: it is a page, or what is stored is good enough."""
        if known.kind != AddressKind.REQUISITE:
            return True
        now = self.run.clock()
        return asked.kind in _LASTING and self.run.reader.addresses.is_resting(known.id, now=now)

    def _stored(self, known: Address) -> Page | None:
        if known.payload_id is None:
            return None
        empty = Page(
            address=known, capture=self.page.capture, fetched_at=self.run.clock(), status=None
        )
        return stored_payload(self.run.layout, self.run.reader, empty)

    async def _named(self, url: str, kind: AddressKind, named_in: str, *, by: Address) -> Address:
        """Return an address as the journal knows it, named and not queued: its turn is now."""
        item = advertised(self.site, Candidate(url=url, kind=kind, advertised_in=named_in), by=by)
        run_id, now = self.run.id, self.run.clock()

        def change(journal: Journal) -> Address:
            journal.addresses.advertise(run_id, (item,), now=now)
            address = journal.addresses.find(url)
            assert address is not None
            # What stands if the crawl is killed before the answer is here.
            journal.addresses.settle(address.id, Fate.FAILED, _STOPPED)
            return address

        return await self._committed(change)

    async def _allowed(self, address: Address, asked: Asked) -> Page | None:
        """Return the answer to a request that robots.txt and the bounds allow; None else."""
        refusal = await self._refusal(address)
        if refusal is None:
            part = await self._fetched(address, asked)
            if isinstance(part, Page):
                return await self._settled(part)
            refusal = part
        await self._committed(
            lambda journal: journal.addresses.settle(address.id, Fate.REFUSED, refusal)
        )
        return None

    async def _refusal(self, address: Address) -> str | None:
        permissions, origin = self.run.frontier.permissions, origin_of(address.url)
        async with self._robots[origin]:
            rules = permissions.rules_for(address.url)
            if rules is None:
                await self._ask_robots(f"{origin}/robots.txt")
                rules = permissions.rules_for(address.url)
        if rules is None:
            return "robots_unreachable"
        return permissions.verdict(rules, address.url)

    async def _ask_robots(self, url: str) -> None:
        # For the page's sake: the part itself is in no WARC yet, which has to tell all this again.
        by, named_in = self.page.address, str(AddressKind.ROBOTS)
        for _ in range(MOST_HOPS + 1):
            address = await self._named(url, AddressKind.ROBOTS, named_in, by=by)
            answer = await self._fetched(address, Asked(url=url, kind=AddressKind.ROBOTS))
            if not isinstance(answer, Page):
                return
            if (target := _target(answer)) is None:
                await self._read(answer, robots_read(answer))
                return
            await self._read(answer, settled(answer, Fate.REDIRECTED))
            if self.run.guard.refuses_url(target):
                return
            url, by, named_in = target, address, "redirect"

    async def _fetched(self, address: Address, asked: Asked) -> Page | str:
        """Return the answer to a request, archived; a word for why it was not made."""
        if self.run.politeness.is_put_off(self.run.frontier.server_of(address)):
            return "put_off"
        visit = self.run.frontier.begin_part(self.site, address)
        if isinstance(visit, str):
            return visit
        request = request_for(visit, self.run)
        for name, value in asked.fields:
            if name.lower() not in _NOT_PASSED_ON and not name.lower().startswith("sec-"):
                request.headers[name] = value
        return await self._answered(request)

    async def _answered(self, request: Request) -> Page:
        try:
            answer = page_of_response(await self.run.engine.download(request))
        except ERRORS:
            answer = page_without_response(request)
        await asyncio.wrap_future(answer.capture)
        return answer

    async def _settled(self, part: Page) -> Page | None:
        """Say what became of a part; return it when it can be used."""
        # It is not asked for again: its page does not wait for that.
        judgement = judge(part.status, part.failure, attempts=ATTEMPTS)
        await self._read(part, self._outcome(part, judgement))
        if judgement.step is Step.UNCHANGED:
            return self._stored(part.address)
        return None if part.failure else part

    def _outcome(self, part: Page, judgement: Judgement) -> Change:
        match judgement.step:
            case Step.REDIRECT:
                left = settled(part, Fate.REDIRECTED, judgement.reason)
                return together(left, redirect_rested(self.run, part))
            case Step.PUT_BACK:
                return settled(part, Fate.FAILED, _STOPPED)
            case _:
                return requisite_answered(self.run, part, self.site, judgement)

    async def _read(self, part: Page, change: Change) -> None:
        await self._committed(together(change, read(part)))

    async def _committed(self, change: Callable[[Journal], T]) -> T:
        return await asyncio.wrap_future(self.run.recorder.write(change))

    def _note(self, why: str, url: str) -> None:
        self.run.issues.warn("part_refused", site=self.site.name, why=why, url=url[:200])


def served(page: Page) -> Served | None:
    """Return an answer as the browser gets it; None when its body cannot be decoded."""
    try:
        body = page.body()
    except ContentError:
        return None
    fields = tuple(each for each in page.headers if each[0].lower() not in _OF_THE_CODING)
    return Served(status=page.status or 0, fields=fields, body=body)


def _target(page: Page) -> str | None:
    """Return where an answer leads; None when it leads nowhere."""
    if judge(page.status, page.failure, attempts=ATTEMPTS).step is not Step.REDIRECT:
        return None
    return crawl_address(address_said(page.header("Location") or ""), base=page.url)
