"""One run told again: its captures are read in the order of the WARC, as a crawl reads answers.

Every step is the crawl's own (crawler/visit.py, the stages); what a crawl draws from chance, from
the operator or from the clock is taken from the WARC instead.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final, cast

from scrapy.exceptions import DropItem

from archive.address import identity_of, origin_of
from archive.capture import Capture
from archive.coverage import Fate
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.journal.looks import Again
from archive.layout import Layout
from archive.message import ContentError
from archive.recorder import Recorder
from archive.rendering import CONVERSION
from archive.repair.telling import FileTold, Told
from archive.rows import RowSink
from archive.verify.records import ANSWERS
from archive.warc.crawl_log import RunEnd
from archive.withdrawn import REASON, Withdrawals
from crawler.discover.advertising import advertised
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.frontier import Frontier
from crawler.discover.permission import Permissions
from crawler.discover.revisits import Schedule
from crawler.discover.site_queue import SiteQueue, opened_queue
from crawler.discover.traps import trap_refusal
from crawler.extract.pool import ReadingPool
from crawler.fetch.guard import AddressGuard
from crawler.fetch.politeness import Politeness
from crawler.issues import Issues
from crawler.page import Page, page_of_record
from crawler.plan import Plan
from crawler.promises import Promises
from crawler.rebuild.ahead import ReadAhead
from crawler.rebuild.at_once import AtOnce
from crawler.rebuild.naming import named_by, plan_of
from crawler.run import AGENT, CrawlRun, Threads
from crawler.site import Site, unknown_site
from crawler.sites import Sites
from crawler.stored import rendered_page, with_payload
from crawler.visit import Reader
from pipelines.parquet import ParquetStage
from pipelines.quarantine import Quarantine
from pipelines.submission import Submission
from pipelines.validate import ValidateStage
from pipelines.version import VersionStage, identify
from pipelines.warc import WarcStage

_ALL: Final = 1 << 40
_BETWEEN_CALLS: Final = timedelta(minutes=2)
_EVERYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all runs of a rebuild share."""

    layout: Layout
    journal: Journal
    """The new journal, for writing."""
    changes: AtOnce
    reader: Journal
    """The new journal, for reading."""
    sites: Sites
    ahead: ReadAhead
    withdrawn: Withdrawals
    """Of which no row is made, whatever the WARCs hold."""
    rendered: frozenset[str] = frozenset()
    """Answers that a rendering is read in place of."""
    dangling: list[str] = field(default_factory=list)
    """Records that others stand for or were made from, and that are in no WARC."""
    requestless: list[str] = field(default_factory=list)
    """Answers that have no request."""


@dataclass(slots=True)
class Retelling:
    """A run while it is told again."""

    bench: Bench
    file: FileTold
    ends: tuple[RunEnd, ...]
    """How it ended, told beforehand; several when it was stopped and taken up again."""
    now: datetime
    _plan: Plan = field(init=False)
    _run: CrawlRun = field(init=False)
    _permissions: Permissions = field(init=False)
    _used_robots: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin the run."""
        self._plan = plan_of(self.file.plan, self.bench.sites)
        self._permissions = Permissions(
            self.bench.reader, agent=AGENT, run_began=self.file.run_began, clock=self._clock
        )
        self._run = self._open()
        for target in self._plan.targets:
            seeds = tuple(advertised(target.site, each, by=None) for each in target.seeds)
            self._advertise(*seeds, again=self._again)

    async def take(self, told: Told) -> None:
        """Take up a capture, and everything that follows from it."""
        if self._plan.is_due and told.capture.fetch_time - self.now > _BETWEEN_CALLS:
            self.pause()  # a call of --due had ended, and what it read was settled
        self.now = told.capture.fetch_time
        address = self._addressed(told)
        site = self.site_of(address)
        if address.kind != AddressKind.ROBOTS:
            self._use_robots(site, address.url)
        referred_id = self._referred_id(told.capture)
        capture = replace(told.capture, address_kind=address.kind)
        self.bench.changes.write(
            lambda journal: journal.enter(
                capture, address_id=address.id, referred_id=referred_id, site=address.site
            )
        ).result()
        if self._is_withdrawn(capture.url):
            self.bench.changes.write(
                lambda journal: journal.withdrawing.withdraw(address.id)
            ).result()
            return
        if capture.record_type in ANSWERS and not told.has_request:
            self.bench.requestless.append(str(capture.warc_record_id))
        if capture.warc_record_id in self.bench.rendered:
            return  # its rendering follows
        page = self.page_of(told, address)
        submission = await self._reader.read(page, site)
        if submission is not None:
            await self._submit(submission, str(capture.warc_record_id))

    def pause(self) -> None:
        """Publish what waits, for another run goes on."""
        self._run.rows.flush().result()

    def end(self, end: RunEnd) -> None:
        """End the run as it ended; one that was stopped may be taken up again."""
        self.now = end.ended_at
        if end.outcome == "finished":
            self._refuse_the_rest()
            self.close(is_finished=True)
        else:
            self.pause()
        self.bench.changes.write(
            lambda journal: journal.runs.end(end.run_id, outcome=end.outcome, at=end.ended_at)
        ).result()

    def resume(self) -> None:
        """Take a stopped run up again."""
        self.bench.changes.write(lambda journal: journal.runs.resume(self.file.run_id)).result()

    def close(self, *, is_finished: bool = False) -> None:
        """Publish everything; with the ledger when the run is finished."""
        self._run.rows.close(is_finished=is_finished)

    def read_ahead(self, told: Told) -> None:
        """Begin to read a page whose turn comes soon; what cannot be read is found out then."""
        asked, capture = told.asked, told.capture
        if asked is None or self._is_withdrawn(capture.url):
            return
        address = Address(
            id=0,
            url=capture.url,
            site=asked.site,
            kind=asked.kind,
            depth=asked.depth,
            hops=asked.hops,
            priority=0,
            attempts=asked.attempts,
            run_id=told.run_id,
            first_seen_at=asked.first_seen_at,
            etag=None,
            last_modified=None,
            payload_id=None,
            article_id=None,
        )
        page = page_of_record(address, capture, told.answer)
        with suppress(ContentError):
            design = self.site_of(address).design_at(page.fetched_at)
            decoded = page.decoded()
            title = self._title_of(capture.url)
            source = page.source(decoded.body, is_whole=decoded.is_whole, title=title)
            self.bench.ahead.begin(source, design)

    def _title_of(self, url: str) -> str | None:
        """Return what listings that were read so far call a page."""
        address = self.bench.reader.addresses.find(url)
        return self.bench.reader.addresses.announced(address.id).title if address else None

    def page_of(self, told: Told, address: Address) -> Page:
        """Return a capture as the answer it was; a revisit with the payload it stands for."""
        if told.answer is not None and told.answer.type == CONVERSION:
            return rendered_page(
                self.bench.layout, self.bench.reader, address, told.capture, told.answer
            )
        page = page_of_record(address, told.capture, told.answer)
        return with_payload(self.bench.layout, self.bench.reader, page, told.capture)

    def site_of(self, address: Address) -> Site:
        """Return the site of an address, as the crawl finds it."""
        for target in self._plan.targets:
            if target.site.name == address.site:
                return target.site
        return self.bench.sites.of(address.site) or unknown_site(address.url)

    @property
    def _reader(self) -> Reader:
        return Reader(self._run)

    def _clock(self) -> datetime:
        return self.now

    def _open(self) -> CrawlRun:
        bench, run_id = self.bench, self.file.run_id
        # A Recorder without a thread and without WARCs: the steps only hand changes to it.
        recorder = cast("Recorder", bench.changes)
        # The same: the steps only hand pages to it.
        pool = cast("ReadingPool", bench.ahead)
        politeness = Politeness(delay_s=0, monotonic=lambda: 0.0)
        return CrawlRun(
            id=run_id,
            plan=self._plan,
            sites=bench.sites,
            layout=bench.layout,
            reader=bench.reader,
            recorder=recorder,
            rows=RowSink(bench.layout, bench.reader, recorder, run_id=run_id, clock=self._clock),
            frontier=Frontier(
                reader=bench.reader,
                recorder=recorder,
                politeness=politeness,
                permissions=self._permissions,
                run_id=run_id,
                clock=self._clock,
                post=lambda call: call(),
                is_due=self._plan.is_due,
            ),
            politeness=politeness,
            guard=AddressGuard(allowed=_EVERYWHERE),  # nothing is asked for
            pool=pool,
            quarantine=Quarantine(bench.layout, recorder, clock=self._clock),
            issues=Issues(bench.layout.run(run_id) / "issues.jsonl"),
            promises=Promises(),
            clock=self._clock,
            threads=Threads(),
        )

    @property
    def _again(self) -> Again | None:
        """What a run of --due asks again for of that which is named."""
        return Schedule(self.now).cause if self._plan.is_due else None

    def _advertise(self, *items: Advertised, again: Again | None = None) -> None:
        now, run_id = self.now, self.file.run_id
        self.bench.changes.write(
            lambda journal: journal.addresses.advertise(run_id, items, now=now, again=again)
        ).result()

    def _addressed(self, told: Told) -> Address:
        """Return the address of a capture as it was when it was asked for."""
        capture, asked = told.capture, told.asked
        known = self.bench.reader.addresses.find(capture.url)
        is_robots = asked is not None and asked.kind == AddressKind.ROBOTS
        is_due = asked is not None and ("revisit", capture.url) in asked.via
        if known is None or known.run_id != self.file.run_id or is_robots or is_due:
            self._advertise(*named_by(told, known, self.bench.reader, self.bench.sites))
        address = self.bench.reader.addresses.find(capture.url)
        assert address is not None
        if asked is None:
            return replace(address, url=capture.url)
        if (address.kind, address.attempts) != (asked.kind, asked.attempts):
            self.bench.changes.write(
                lambda journal: journal.addresses.ask_as(
                    address.id, kind=asked.kind, attempts=asked.attempts
                )
            ).result()
        return replace(
            address,
            url=capture.url,
            site=asked.site,
            kind=asked.kind,
            depth=asked.depth,
            hops=asked.hops,
            attempts=asked.attempts,
            first_seen_at=asked.first_seen_at,
        )

    def _referred_id(self, capture: Capture) -> int | None:
        if capture.refers_to is None:
            return None
        payload = self.bench.reader.captures.payload(capture.refers_to)
        if payload is None:
            self.bench.dangling.append(capture.refers_to)
            return None
        is_rendering = capture.record_type == CONVERSION
        captures = self.bench.reader.captures
        return captures.id_of(capture.refers_to) if is_rendering else payload.capture_id

    def _use_robots(self, site: Site, url: str) -> None:
        """Queue the sitemaps that robots.txt names, when the crawl would have (frontier.py)."""
        origin = origin_of(url)
        is_discovered = any(t.is_site and t.site.name == site.name for t in self._plan.targets)
        if not (is_discovered and site.holds(origin)) or (site.name, origin) in self._used_robots:
            return
        rules = self._permissions.rules_for(url)
        if rules is None:
            return
        self._used_robots.add((site.name, origin))
        robots = self.bench.reader.addresses.find(f"{origin}/robots.txt")
        found = (
            Candidate(url=each, kind=AddressKind.SITEMAP, advertised_in="robots")
            for each in rules.sitemaps
        )
        named = tuple(advertised(site, each, by=robots) for each in found)
        self._advertise(*named, again=self._again)

    async def _submit(self, submission: Submission, record_id: str) -> None:
        """Take an article through the stages."""
        run = self._run
        versions = VersionStage(run.rows, run.recorder)
        try:
            item = ValidateStage(run.quarantine).process_item(submission)
            item = self._numbered(item, record_id, versions)
            item = await WarcStage(run.reader.captures.payload).process_item(item)
            ParquetStage(run.rows).process_item(item)
        except DropItem:
            return

    def _numbered(self, item: Submission, record_id: str, stage: VersionStage) -> Submission:
        """Give an article the version it was given; where nothing tells, the next one."""
        identity = identify(item.article)
        given = [v for end in self.ends for v in end.versions if v.article_id == identity]
        for version in given:
            if version.record_id == record_id:
                return stage.number(item, identity, version.number)
        if given:
            stage.drop(item, identity)
        return stage.process_item(item)

    def _refuse_the_rest(self) -> None:
        """Say of what was never asked for why not; what was put off waits for the next run."""
        reader, run_id = self.bench.reader, self.file.run_id
        for name in reader.addresses.sites(run_id):
            far = datetime.max.replace(tzinfo=self.now.tzinfo)
            waiting = reader.addresses.queued(run_id, name, now=far, limit=_ALL)
            for address in waiting:
                if address.kind != AddressKind.ROBOTS and not address.attempts:
                    self._use_robots(self.site_of(address), address.url)
            waiting = reader.addresses.queued(run_id, name, now=far, limit=_ALL)
            if not waiting:
                continue
            # What was asked for is known by the name it had then, whatever its file says now.
            site = replace(self.site_of(waiting[0]), name=name)
            queue = opened_queue(reader, run_id, site, now=self.now)
            refused = {
                address.id: reason
                for address in waiting
                if (reason := self._refusal(address, queue)) is not None
            }
            self.bench.changes.write(_refusing(refused)).result()

    def _is_withdrawn(self, url: str) -> bool:
        return identity_of(url) in self.bench.withdrawn

    def _refusal(self, address: Address, queue: SiteQueue) -> str | None:
        if self._is_withdrawn(address.url):
            return REASON
        if address.kind == AddressKind.ROBOTS or address.attempts:
            return None
        rules = self._permissions.rules_for(address.url)
        if rules is None:  # under --due it may only have grown old: the next run asks again
            return None if self._plan.is_due else "robots_unreachable"
        if reason := self._permissions.verdict(rules, address.url) or trap_refusal(
            address, self.site_of(address), self.bench.reader
        ):
            return reason
        bounds = self._run.frontier.bounds
        return queue.budget_refusal(address, most_pages=self._plan.most_pages, bounds=bounds)


def _refusing(refused: Mapping[int, str]) -> Callable[[Journal], None]:
    def change(journal: Journal) -> None:
        for address_id, reason in refused.items():
            journal.addresses.settle(address_id, Fate.REFUSED, reason)

    return change
