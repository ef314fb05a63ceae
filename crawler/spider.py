"""NewsSpider: the one spider, which every site file specialises with declarations."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar, Final, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from typing_extensions import override

from archive.address import crawl_address
from archive.errors import ConfigError, JournalError, NewsreelError, WorkersError
from archive.journal.addresses import Address
from archive.layout import SLUG
from crawler.discover.candidate import AddressKind
from crawler.discover.requisites import Requisites
from crawler.extract.rules import Design, Expect, Rules
from crawler.manners import Manners, read_hours
from crawler.page import Page, page_of_response, page_without_response
from crawler.progress import Progress
from crawler.run import CrawlRun
from crawler.site import Site, site_domain, unknown_site
from crawler.stored import stored_page
from crawler.typed import why_no_address
from crawler.visit import Reader
from pipelines.submission import Submission

logger = logging.getLogger(__name__)

_UNREAD_AT_ONCE: Final = 16
"""Enough that the workers are never idle and one transaction takes many; each is in memory."""


class NewsSpider(Spider):
    """Crawls the targets of a run; a subclass says where one site's articles are and how they read.

    A site file sets `name`, `home` and what it knows: `sitemaps`, `feeds`, `article_url`, `rules`
    (or dated `designs`), `expect`, `checked`. Everything it leaves out is found out.
    """

    name = "newsreel"
    home: ClassVar[str] = ""
    """The front page, with scheme."""
    sitemaps: ClassVar[tuple[str, ...]] = ()
    """Beside those that robots.txt names."""
    feeds: ClassVar[tuple[str, ...]] = ()
    """Beside those that the front page names."""
    article_url: ClassVar[str | None] = None
    """A regular expression that an article's whole address matches; None: its shape decides."""
    rules: ClassVar[Rules | None] = None
    """How pages read, when the site has had one design only."""
    designs: ClassVar[tuple[Design, ...]] = ()
    """How pages read and read before, each design with the dates it was in force."""
    expect: ClassVar[Expect | None] = None
    """Fill rates; a crawl that is surely below one exits non-zero and names site and field."""
    checked: ClassVar[date | None] = None
    """The day of the newest real page that the rules were compared with; None: with none yet."""
    needs_javascript: ClassVar[bool] = False
    """Whether its articles are put in by scripts: they are read as a browser shows them."""
    requisites: ClassVar[str] = Requisites.NONE
    """What is fetched with its pages: none, images, or page; `--requisites` goes before it."""

    hours: ClassVar[str | None] = None
    """When it is crawled, as in `22:00-06:00 Europe/Berlin`; None: at any hour."""
    requests_a_day: ClassVar[int | None] = None
    """What is left waits for the next day of UTC; None: as many as it takes."""
    bytes_a_day: ClassVar[int | None] = None
    """Of what answers carry; same."""
    cookies: ClassVar[bool] = False
    """Whether the site gets back the cookies that it set in the same run."""

    run: CrawlRun
    reader: Reader
    progress: Progress
    is_under_way = False
    """Whether the targets are queued, after what an earlier crawl left was read."""

    @classmethod
    @override
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Take the run that `newsreel crawl` opened."""
        run, progress = kwargs.pop("run", None), kwargs.pop("progress", None)
        if run is None or progress is None:
            raise ConfigError(
                f"a crawl needs a store: run `newsreel crawl {cls.name}` "
                "(`scrapy list` and `scrapy shell` work without one)"
            )
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run, spider.progress = run, progress
        spider.reader = Reader(run)
        crawler.signals.connect(spider.kept, signals.item_scraped)
        for decided in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(spider.decided, decided)
        crawler.signals.connect(spider.ended, signals.spider_closed)
        return spider

    @classmethod
    def site(cls) -> Site:
        """Return what this file declares, as a value.

        Raises ConfigError when a declaration cannot be right.
        """
        if not SLUG.fullmatch(cls.name):
            raise cls._mistake("its name has more than lower case letters, digits and hyphens")
        if not cls.home:
            raise cls._mistake("it names no home")
        if cls.rules is not None and cls.designs:
            raise cls._mistake("it gives rules and designs: one will do")
        one_design = (Design(name="1", rules=cls.rules),) if cls.rules is not None else ()
        designs = tuple(
            replace(design, name=f"{cls.name}/{design.name}")
            for design in cls.designs or one_design
        )
        home = cls._address(cls.home)
        return Site(
            name=cls.name,
            domain=site_domain(home),
            home=home,
            sitemaps=tuple(map(cls._address, cls.sitemaps)),
            feeds=tuple(map(cls._address, cls.feeds)),
            article_url=cls._pattern(cls.article_url) if cls.article_url else None,
            designs=designs,
            expect=cls.expect,
            checked=cls.checked,
            needs_javascript=cls.needs_javascript,
            requisites=cls._requisites(),
            manners=cls._manners(),
        )

    @classmethod
    def _manners(cls) -> Manners:
        for name in ("requests_a_day", "bytes_a_day"):
            value = getattr(cls, name)
            if value is not None and value < 1:
                raise cls._mistake(f"{name} cannot be {value}: leave it out for no limit")
        try:
            hours = None if cls.hours is None else read_hours(cls.hours)
        except ValueError as error:
            raise cls._mistake(f"hours cannot be {cls.hours!r}: {error}") from error
        return Manners(
            hours=hours,
            requests_a_day=cls.requests_a_day,
            bytes_a_day=cls.bytes_a_day,
            has_cookies=cls.cookies,
        )

    @classmethod
    def _requisites(cls) -> Requisites:
        try:
            return Requisites(cls.requisites)
        except ValueError as error:
            raise cls._mistake(f"requisites cannot be {cls.requisites!r}") from error

    @classmethod
    def _address(cls, text: str) -> str:
        address = crawl_address(text)
        if address is None:
            raise cls._mistake(f"{text!r} is no address: {why_no_address(text)}")
        return address

    @classmethod
    def _pattern(cls, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text)
        except re.error as error:
            raise cls._mistake(f"article_url is no regular expression: {error}") from error

    @classmethod
    def _mistake(cls, what: str) -> ConfigError:
        return ConfigError(f"the site file of {cls.name or cls.__name__} is wrong: {what}")

    @override
    async def start(self) -> AsyncIterator[Submission]:
        """Read what an earlier crawl was killed before reading, then queue the targets."""
        try:
            async for submission in self._read_left():
                yield submission
            for target in self.run.plan.targets:
                self.run.frontier.add_site(target.site, is_discovered=target.is_site)
                self.run.frontier.advertise(target.site, target.seeds, by=None)
            if self.run.plan.is_due:
                self.run.frontier.queue_due(*(target.site for target in self.run.plan.targets))
            self.is_under_way = True
        except Exception as error:
            # Whatever it is: Scrapy only logs it, and would end the crawl as if it were done.
            self.run.faults.append(error)
            raise

    @override
    async def parse(self, response: Response) -> AsyncIterator[Submission]:
        """Read an answer."""
        async for submission in self._read(page_of_response(response)):
            yield submission

    async def failed(self, failure: Any) -> AsyncIterator[Submission]:
        """Read the lack of an answer."""
        request: Request = failure.request
        async for submission in self._read(page_without_response(request)):
            yield submission

    async def _read(self, page: Page) -> AsyncIterator[Submission]:
        site = self._site_of(page.address)
        try:
            submission = await self._submission(page, site)
        finally:
            self.run.frontier.finished(site.name)
            is_requisite = page.address.kind == AddressKind.REQUISITE
            self.progress.note("requisite" if is_requisite else "visit")
        if submission is not None:
            yield self._submitted(submission)
        else:
            self._rest(site.name)

    async def _submission(self, page: Page, site: Site) -> Submission | None:
        """Read a page; one that fails as nobody foresaw is put aside, not met again and again."""
        try:
            return await self.reader.read(page, site)
        except (JournalError, WorkersError) as error:
            self._give_up(error)
            raise
        except NewsreelError:  # not this page's trouble
            raise
        except Exception:
            # Whatever a stranger's page brings about is that page's end and not the crawl's; the
            # log has it whole, and the ledger says that nobody foresaw it.
            logger.exception("page not read url=%s", page.url)
            self.run.quarantine.keep_page(
                page.url, page.capture, page.address.id, reason="unforeseen"
            )
            return None

    def _give_up(self, error: Exception) -> None:
        """End the crawl, with this error: no other page would fare better."""
        self.run.faults.append(error)
        if not self.run.outcome:
            self.run.outcome.append("failed")
            self.run.threads.stop()

    def _submitted(self, submission: Submission) -> Submission:
        self.run.promises.note(submission.site, submission.article)
        self.run.frontier.submitted(submission.site)
        return submission

    def kept(self) -> None:
        """Note that an article became a row: it passed every stage, and is no known version."""
        self.progress.note("row")

    def decided(self, item: Submission) -> None:
        """Note that a submission went through the stages, whatever they made of it."""
        self.run.frontier.decided(item.site)
        self._rest(item.site)

    def _rest(self, site: str) -> None:
        """Have a site's rows written once nothing more of it is to come.

        Under `--due` some hundred calls a day would leave as many parts that hold next to nothing.
        """
        is_wanted = self.is_under_way and not self.run.plan.is_due
        if is_wanted and self.run.frontier.is_at_rest(site):
            self.run.rows.rest(site)

    async def ended(self) -> None:
        """End the browser, when pages were rendered."""
        if self.run.browser is not None:
            await self.run.browser.close()

    async def _read_left(self) -> AsyncIterator[Submission]:
        after = 0
        while found := self.run.reader.captures.unread(after=after, limit=_UNREAD_AT_ONCE):
            after = found[-1].id
            pages = [self._stored(each.record_id, each.address_id) for each in found]
            for submission in await self._read_together(pages):
                yield self._submitted(submission)

    async def _read_together(self, pages: Sequence[Page]) -> list[Submission]:
        """Read pages side by side, after what led elsewhere: a chain has an order."""
        whole = [page for page in pages if page.status == HTTPStatus.OK]
        for page in pages:
            if page.status != HTTPStatus.OK:
                await self._submission(page, self._site_of(page.address))
        read = (self._submission(page, self._site_of(page.address)) for page in whole)
        return [each for each in await asyncio.gather(*read) if each is not None]

    def _stored(self, record_id: str, address_id: int) -> Page:
        """Return a committed capture as the answer it was."""
        address = self.run.reader.addresses.get(address_id)
        address = replace(address, attempts=address.attempts - 1)  # as it was when it was asked
        capture = self.run.reader.captures.get(record_id)
        assert capture is not None
        page = stored_page(self.run.layout, self.run.reader, address, capture)
        return replace(page, is_left=True)

    def _site_of(self, address: Address) -> Site:
        """Return the site of an address: the plan's, a site file's, or one found by address."""
        for target in self.run.plan.targets:
            if target.site.name == address.site:
                return target.site
        return self.run.sites.of(address.site) or unknown_site(address.url)
