"""One site's queue as the frontier sees it: what comes next, what is on its way, what was asked."""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from archive.address import origin_of
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from crawler.discover.candidate import AddressKind
from crawler.discover.requisites import Bounds
from crawler.manners import BUDGET, HOURS, Rest, until_tomorrow
from crawler.site import Site

MOST_SITEMAPS: Final = 5_000
"""Of a site and run. A newspaper of a hundred years has one a month; an index that always names new
ones would be read for ever."""


def is_new_page(address: Address) -> bool:
    """Whether asking for it counts as one page more: a retry does not, nor where one moved to."""
    return address.kind == AddressKind.PAGE and not address.attempts and not address.hops


def opened_queue(reader: Journal, run_id: str, site: Site, *, now: datetime) -> "SiteQueue":
    """Return a site's queue, with what this run asked for before it was cut off.

    Where the site's file allows so much a day, what all runs took of it counts.
    """
    requisites, size_bytes = reader.addresses.requisites_asked(run_id, site.name)
    queue = SiteQueue(
        site,
        pages=reader.addresses.pages_asked(run_id, site.name),
        requisites=requisites,
        requisite_bytes=size_bytes,
        sitemaps=set(reader.addresses.sitemaps_asked(run_id, site.name)),
    )
    if site.manners.has_budget:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        requests, size_bytes = reader.captures.taken(site.name, since=midnight, until=now)
        queue.spend(now, requests=requests, size_bytes=size_bytes)
    return queue


@dataclass(slots=True)
class SiteQueue:
    """What the frontier remembers of one site in one run."""

    site: Site
    is_discovered: bool = False
    """Whether the sitemaps that robots.txt names are read; not for a single page's crawl."""
    buffer: deque[Address] = field(default_factory=deque)
    handed: set[int] = field(default_factory=set)
    """Handed out, and still queued by the journal's word until the capture is committed."""
    open_visits: int = 0
    """Visits and changes of ours that are not committed yet."""
    pages: int = 0
    """Asked for in this run."""
    requisites: int = 0
    """Asked for in this run; retries count."""
    requisite_bytes: int = 0
    sitemaps: set[int] = field(default_factory=set)
    """Ids of those that were asked for in this run, or may be."""
    is_dry: bool = False
    due_at: datetime | None = None
    """When the next retry is due, while dry; None: there is none."""
    awaited: str | None = None
    """The origin whose robots.txt the whole queue waits for, while dry; None: it does not wait."""
    asked_robots: set[str] = field(default_factory=set)
    """Origins whose robots.txt is queued in this run."""
    used_robots: set[str] = field(default_factory=set)
    """Origins whose sitemaps are queued in this run."""
    day: date | None = None
    """The day of UTC that the next two speak of; None: nothing was asked for yet."""
    day_requests: int = 0
    day_bytes: int = 0
    servers: dict[str, str] = field(default_factory=dict)
    """Whom politeness knows an origin as: a site's hosts are one, all others their own."""

    def hand_out(self, address: Address) -> None:
        """Note that an address is on its way."""
        self.handed.add(address.id)
        self.open_visits += 1
        self.pages += is_new_page(address)
        self.requisites += address.kind == AddressKind.REQUISITE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be asked for, now or later, until something is committed."""
        return self.is_dry and self.due_at is None

    def look_again(self) -> None:
        """Forget what was taken out of the journal: something was added or put off."""
        self.is_dry, self.due_at, self.awaited = False, None, None
        self.buffer.clear()

    def await_robots(self, origin: str) -> bool:
        """Have all wait for an origin's robots.txt; return whether it was asked for before.

        The queue is dry until something about it is committed, or its next try is due.
        """
        was_asked = origin in self.asked_robots
        self.asked_robots.add(origin)
        self.buffer.clear()
        self.is_dry, self.awaited = True, origin
        return was_asked

    def use_robots(self, origin: str) -> bool:
        """Note that an origin's robots.txt is there; return whether that is new in this run."""
        is_new = origin not in self.used_robots
        self.asked_robots.discard(origin)
        self.used_robots.add(origin)
        return is_new

    def spend(self, now: datetime, *, requests: int = 0, size_bytes: int = 0) -> None:
        """Note what was asked for and what it brought, against what the file allows a day."""
        if self.day != now.date():
            self.day, self.day_requests, self.day_bytes = now.date(), 0, 0
        self.day_requests += requests
        self.day_bytes += size_bytes

    def rest(self, now: datetime) -> Rest | None:
        """Return how long the site is left alone by the operator's word; None when it is not."""
        manners = self.site.manners
        if manners.hours is None and not manners.has_budget:
            return None
        if manners.hours is not None and (span := manners.hours.closed_for(now)):
            return Rest(span=span, reason=HOURS)
        self.spend(now)
        spent = (
            (self.day_requests, manners.requests_a_day),
            (self.day_bytes, manners.bytes_a_day),
        )
        if any(most is not None and count >= most for count, most in spent):
            return Rest(span=until_tomorrow(now), reason=BUDGET)
        return None

    def budget_refusal(
        self, address: Address, *, most_pages: int | None, bounds: Bounds
    ) -> str | None:
        """Return why no more of an address's kind is asked for; None while there is room."""
        if address.kind == AddressKind.REQUISITE:
            is_full = self.requisites >= bounds.a_site or self.requisite_bytes >= bounds.site_bytes
            return "max_requisites" if is_full else None
        if address.kind == AddressKind.SITEMAP:
            if len(self.sitemaps) >= MOST_SITEMAPS and address.id not in self.sitemaps:
                return "max_sitemaps"
            self.sitemaps.add(address.id)
            return None
        is_full = most_pages is not None and self.pages >= most_pages
        return "max_pages" if is_full and is_new_page(address) else None

    def part_refusal(self, address: Address, *, now: datetime, bounds: Bounds) -> str | None:
        """Return why a page that is rendered does without a part; None when it gets it."""
        rest = self.rest(now)
        return rest.reason if rest else self.budget_refusal(address, most_pages=None, bounds=bounds)

    def server_of(self, address: Address) -> str:
        """Return whom politeness leaves alone for a request; a page's is always the site."""
        is_page = address.kind == AddressKind.PAGE
        return self.site.name if is_page else self.server_at(origin_of(address.url))

    def server_at(self, origin: str) -> str:
        """Return whom politeness knows an origin as."""
        if origin not in self.servers:
            self.servers[origin] = self.site.name if self.site.holds(origin) else origin
        return self.servers[origin]
