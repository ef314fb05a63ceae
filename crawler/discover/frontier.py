"""The frontier: which address is asked for next, over the journal's queue.

Nothing of it has to survive: what is queued stands in the journal, and an address that was handed
out stays queued there until its capture is committed. A killed crawl therefore asks again only for
what was in flight.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from archive.address import identity_of, origin_of
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.recorder import Recorder
from archive.withdrawn import REASON, Withdrawals
from crawler.discover.advertising import advertised, beside_sessions
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.permission import Permissions
from crawler.discover.queueing import queueing, queueing_robots, refusing
from crawler.discover.requisites import Bounds
from crawler.discover.revisits import LADDER
from crawler.discover.robots import RobotsRules
from crawler.discover.site_queue import SiteQueue, opened_queue
from crawler.discover.traps import trap_refusal
from crawler.discover.turns import Turns
from crawler.fetch.holding import remembered
from crawler.fetch.politeness import Politeness, Refusal, Wait
from crawler.manners import Rest
from crawler.site import Site

REFILL: Final = 32
"""Addresses taken, and refused, at a time: a disallowed folder must not hold other sites up."""
PATIENCE: Final = timedelta(minutes=15)
"""How long a run waits for a retry or a server that asked to be left alone; the next run takes up
what is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An address whose turn it is."""

    address: Address
    site: Site
    wait: Wait
    server: str
    """Whom politeness leaves alone for it: the site, or another host that holds its requisites."""


@dataclass(slots=True, kw_only=True)
class Frontier:
    """Hands out addresses, one at a time a site, as robots.txt and politeness allow."""

    reader: Journal
    recorder: Recorder
    politeness: Politeness
    permissions: Permissions
    run_id: str
    clock: Callable[[], datetime]
    post: Callable[[Callable[[], None]], None]
    """Runs a call soon, in the thread that asks for visits."""
    most_pages: int | None = None
    """Pages a site and run; None: as many as there are."""
    is_due: bool = False
    """Whether known addresses are asked for again only when they are due."""
    patience: timedelta = PATIENCE
    ends_at: datetime | None = None
    """When no more is handed out, whatever is left; None: when nothing is left."""
    bounds: Bounds = field(default_factory=Bounds)
    """How much of what pages need is fetched."""
    withdrawn: Withdrawals = field(default_factory=dict)
    """What is never asked for, whoever names it."""
    _queues: Turns = field(init=False)
    _undecided: Counter[str] = field(default_factory=Counter)
    """Submissions by site that the stages have not decided on."""

    def __post_init__(self) -> None:
        self._queues = Turns(self.clock)

    def add_site(self, site: Site, *, is_discovered: bool = False) -> None:
        """Take a site's queued addresses into the turn."""
        if site.name not in self._queues:
            self._queues.add(opened_queue(self.reader, self.run_id, site, now=self.clock()))
        self._queues[site.name].is_discovered |= is_discovered

    def advertise(self, site: Site, found: Iterable[Candidate], *, by: Address | None) -> None:
        """Queue what was found; it is handed out once it is committed."""
        items = tuple(advertised(site, each, by=by) for each in found)
        if items:
            change = self._queueing(self.run_id, items)
            self._when_committed(site.name, self.recorder.write(change))

    def queue_due(self, *sites: Site) -> None:
        """Queue what has come to its time on these sites, and what earlier runs left queued."""
        now, names = self.clock(), [site.name for site in sites]
        done = self.recorder.write(
            lambda journal: journal.looks.queue_due(self.run_id, names, LADDER, now=now)
        )
        for name in names:
            self._when_committed(name, done)

    def advertising(
        self, site: Site, found: Iterable[Candidate], *, by: Address, is_link: bool = False
    ) -> Callable[[Journal], int]:
        """Return the change that queues what a visit found, for the visit's own transaction.

        It is queued in the visit's run: a killed crawl of another plan is not gone on with here.
        The change returns how much of it is news.
        """
        items = tuple(
            advertised(site, each, by=by, is_link=is_link) for each in beside_sessions(found)
        )
        return self._queueing(by.run_id, items)

    def _queueing(self, run_id: str, items: tuple[Advertised, ...]) -> Callable[[Journal], int]:
        return queueing(run_id, items, now=self.clock(), is_due=self.is_due)

    def next_visit(self) -> Visit | None:
        """Return whose turn it is now; None when every site waits or is done."""
        if self._is_over:
            return None
        visit = self._next_ready()
        if visit is None and not self.has_work and self._give_up_waiting():
            return self._next_ready()
        return visit

    def _next_ready(self) -> Visit | None:
        for queue in self._queues.in_turn():
            name = queue.site.name
            if (rest := self.rest_of(name)) is not None:
                self.politeness.hold(name, rest.span / timedelta(seconds=1), rest.reason)
            if self.politeness.ready_in(name) != 0:
                continue
            self._queues.begin(name)
            if address := self._next_allowed(queue):
                queue.hand_out(address)
                self._queues.count(name)
                return self._begin(queue, address)
        return None

    def _begin(self, queue: SiteQueue, address: Address) -> Visit:
        """Send a request; beyond the site it keeps both waiting, the site and the other server."""
        site, server = queue.site, queue.server_of(address)
        queue.spend(self.clock(), requests=1)
        wait = self.politeness.begin(site.name)
        if server != site.name:
            wait = max(wait, self.politeness.begin(server), key=lambda each: each.ms)
        return Visit(address=address, site=site, wait=wait, server=server)

    def begin_part(self, site: Site, address: Address) -> Visit | str:
        """Let a page that is rendered have a part at once; a word for why it has not."""
        self.add_site(site)
        queue = self._queues[site.name]
        if refusal := queue.part_refusal(address, now=self.clock(), bounds=self.bounds):
            return refusal
        queue.requisites += address.kind == AddressKind.REQUISITE
        return replace(self._begin(queue, address), wait=Wait())

    def _give_up_waiting(self) -> bool:
        """Wait no longer for any robots.txt; those that led to no answer count as unreachable.

        Returns whether any was waited for: its pages have their turn now, or are refused.
        """
        waiting = [queue for queue in self._queues.values() if queue.awaited is not None]
        for queue in waiting:
            self.permissions.give_up(str(queue.awaited))
            self.touch(queue.site.name)
        return bool(waiting)

    def answered(
        self,
        visit: Visit,
        capture: "Future[Any]",
        *,
        refusal: Refusal | None = None,
        is_blocked: bool = False,
        size_bytes: int = 0,
        came_from: str | None = None,
    ) -> None:
        """Note that the answer, or none, is here; what it brought is still to be read.

        A server that asks for patience gets it at once: the next request may go out before the
        answer is read.
        """
        queue = self._queues[visit.site.name]
        if refusal is not None:
            self.politeness.put_off(visit.server, refusal)
        elif is_blocked:
            self.politeness.count_against(visit.server)
        for server in {visit.site.name, visit.server}:
            self.politeness.end(server, address=came_from if server == visit.server else None)
        if refusal is not None or is_blocked:
            self.remember_holds()
        queue.spend(self.clock(), size_bytes=size_bytes)
        queue.requisite_bytes += size_bytes * (visit.address.kind == AddressKind.REQUISITE)
        self._forget_when_committed(queue, (visit.address.id,), capture)

    def remember_holds(self) -> None:
        """Keep for the next run who is to be left alone."""
        self.recorder.write(remembered(self.politeness, now=self.clock()))

    def rest_of(self, site: str) -> Rest | None:
        """Return how long a site is left alone by the operator's word; None when it is not."""
        return self._queues[site].rest(self.clock()) if site in self._queues else None

    def server_of(self, address: Address) -> str:
        """Return whom politeness leaves alone for an address."""
        queue = self._queues.get(address.site)
        return queue.server_of(address) if queue else address.site

    def finished(self, site: str) -> None:
        """Note that everything a visit led to is committed."""
        self._queues[site].open_visits -= 1
        self.touch(site)
        for queue in self._queues.values():  # one robots.txt may be waited for by many sites
            if queue.awaited is not None and self.permissions.rules_for(f"{queue.awaited}/"):
                self.touch(queue.site.name)

    def touch(self, site: str) -> None:
        """Look again into a site's queue: something was added or put off."""
        self._queues[site].look_again()

    def submitted(self, site: str) -> None:
        """Note that a visit led to a submission, which may become a row."""
        self._undecided[site] += 1

    def decided(self, site: str) -> None:
        """Note that a submission became a row, or will not."""
        self._undecided[site] -= 1

    def is_at_rest(self, site: str) -> bool:
        """Whether a site of this crawl brings no more for now: nothing is in flight or waited for.

        One that is not in its turn yet may have been left in the middle by a crawl that was killed.
        """
        queue = self._queues.get(site)
        if queue is None or queue.open_visits or queue.awaited or self._undecided[site]:
            return False
        self._fill(queue)
        return not queue.buffer and queue.due_at is None

    @property
    def has_work(self) -> bool:
        """Whether anything is in flight, or queued and due within a run's patience."""
        if self._is_over:
            return any(queue.open_visits for queue in self._queues.values())
        # The operator's own pause is waited for, however long it is.
        patience_s = max(self.patience / timedelta(seconds=1), self.politeness.delay_s)
        return any(
            queue.open_visits or ((wait := self._wait(queue)) is not None and wait <= patience_s)
            for queue in self._queues.values()
        )

    @property
    def _is_over(self) -> bool:
        return self.ends_at is not None and self.clock() >= self.ends_at

    def ready_in(self) -> float | None:
        """Return in how many seconds the next turn may come; None when only an answer brings it."""
        waits = [
            wait for queue in self._queues.in_turn() if (wait := self._wait(queue)) is not None
        ]
        return min(waits, default=None)

    def _wait(self, queue: SiteQueue) -> float | None:
        if queue.is_empty:
            return None
        polite = self.politeness.ready_in(queue.site.name)
        if polite is None:
            return None
        self._fill(queue)
        if queue.buffer:
            return self._soonest(queue, polite)
        if queue.due_at is None:
            return None
        return max(polite, (queue.due_at - self.clock()) / timedelta(seconds=1))

    def _soonest(self, queue: SiteQueue, polite: float) -> float | None:
        """Return when the first of a buffer may be asked for; None when every server is busy."""
        soonest = None
        for address in queue.buffer:
            wait = self._ready_in(queue, address)
            if wait is not None and wait <= polite:
                return wait  # nothing is sooner than its site; nearly always it is the first
            soonest = min((each for each in (soonest, wait) if each is not None), default=None)
        return soonest

    def _ready_in(self, queue: SiteQueue, address: Address) -> float | None:
        """Return when an address may be asked for; None while its site or server is busy."""
        polite = self.politeness.ready_in(queue.site.name)
        theirs = self.politeness.ready_in(queue.server_of(address))
        return None if polite is None or theirs is None else max(polite, theirs)

    def _next_allowed(self, queue: SiteQueue) -> Address | None:
        """Return a queue's first address that may be asked for; those before it are refused."""
        refused: dict[int, str] = {}
        address = self._first_allowed(queue, refused)
        if refused:
            self._refuse(queue, refused)
        return address

    def _first_allowed(self, queue: SiteQueue, refused: dict[int, str]) -> Address | None:
        self._fill(queue)
        waiting: deque[Address] = deque()
        while queue.buffer:
            address = queue.buffer[0]
            if identity_of(address.url) in self.withdrawn:
                refused[queue.buffer.popleft().id] = REASON
                continue
            if address.kind != AddressKind.ROBOTS:
                rules = self.permissions.rules_for(address.url)
                if rules is None:
                    self._ask_robots(queue, address)
                    return None
                self._use_robots(queue, address.url, rules)
                if refusal := self._refusal(queue, address, rules):
                    refused[queue.buffer.popleft().id] = refusal
                    continue
            # robots.txt may just have asked for a longer pause; another host has its own.
            waiting.append(queue.buffer.popleft())
            if self._ready_in(queue, address) == 0:
                waiting.pop()
                queue.buffer.extendleft(reversed(waiting))
                return address
        queue.buffer = waiting
        return None

    def _refusal(self, queue: SiteQueue, address: Address, rules: RobotsRules) -> str | None:
        return (
            self.permissions.verdict(rules, address.url)
            or trap_refusal(address, queue.site, self.reader)
            or queue.budget_refusal(address, most_pages=self.most_pages, bounds=self.bounds)
        )

    def _fill(self, queue: SiteQueue) -> None:
        """Have something in the buffer, or know that the queue is dry and until when."""
        if queue.buffer:
            return
        now, name = self.clock(), queue.site.name
        if queue.is_dry and (queue.due_at is None or queue.due_at > now):
            return
        found = self.reader.addresses.queued(
            self.run_id, name, now=now, limit=REFILL + len(queue.handed)
        )
        queue.buffer.extend(each for each in found if each.id not in queue.handed)
        queue.is_dry = not queue.buffer
        queue.due_at = self._put_off_until(queue) if queue.is_dry else None

    def _put_off_until(self, queue: SiteQueue) -> datetime | None:
        return self.reader.addresses.next_at(self.run_id, queue.site.name, after=self.clock())

    def _ask_robots(self, queue: SiteQueue, address: Address) -> None:
        """Put an origin's robots.txt before its pages; they wait for the answer."""
        origin = origin_of(address.url)
        if queue.await_robots(origin):
            queue.due_at = self._put_off_until(queue)
            return
        url = f"{origin}/robots.txt"
        found = Candidate(url=url, kind=AddressKind.ROBOTS, advertised_in="robots")
        item = advertised(queue.site, found, by=address)
        change = queueing_robots(self.run_id, item, now=self.clock())
        self._when_committed(queue.site.name, self.recorder.write(change))

    def _use_robots(self, queue: SiteQueue, url: str, rules: RobotsRules) -> None:
        """Queue the sitemaps an origin's robots.txt names, and take its Crawl-delay, once a run."""
        origin = origin_of(url)
        if not queue.use_robots(origin):
            return
        server = queue.server_at(origin)
        self.politeness.obey_crawl_delay(server, self.permissions.crawl_delay_s(rules))
        if queue.is_discovered and server == queue.site.name:
            found = (
                Candidate(url=each, kind=AddressKind.SITEMAP, advertised_in="robots")
                for each in rules.sitemaps
            )
            robots = self.reader.addresses.find(f"{origin}/robots.txt")
            self.advertise(queue.site, found, by=robots)

    def _refuse(self, queue: SiteQueue, refused: Mapping[int, str]) -> None:
        queue.handed.update(refused)
        done = self.recorder.write(refusing(refused))
        self._forget_when_committed(queue, refused, done)

    def _when_committed(self, site: str, done: "Future[Any]") -> None:
        """Look into a site's queue again once a change of ours is committed."""
        queue = self._queues[site]
        queue.open_visits += 1
        done.add_done_callback(lambda _: self.post(lambda: self.finished(site)))

    def _forget_when_committed(
        self, queue: SiteQueue, address_ids: Iterable[int], done: "Future[Any]"
    ) -> None:
        done.add_done_callback(
            lambda _: self.post(lambda: queue.handed.difference_update(address_ids))
        )
