"""A crawl without a web: a real journal, clocks set by hand, answers from a table."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

from archive.address import origin_of
from archive.coverage import Fate
from archive.instant import now_utc
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.journal.runs import RobotsAnswer
from archive.recorder import Recorder
from archive.store import open_for_writing
from crawler.discover.advertising import advertised
from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.frontier import Frontier, Visit
from crawler.discover.permission import Permissions
from crawler.fetch.politeness import ATTEMPTS, Politeness
from crawler.plan import Plan, find_target
from crawler.run import CrawlRun, open_run
from crawler.run import begin as begin_run
from crawler.site import Site, unknown_site
from crawler.sites import Sites
from tests.archive.journal_samples import captured
from tests.archive.store_samples import RUN, Clock, answered, begin

HOME = "https://x.example/"
ROBOTS = "https://x.example/robots.txt"
AGENT = "newsreel"

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an address answers, and what is found in it."""

    status: int = 200
    body: bytes = b""
    found: tuple[Candidate, ...] = ()
    location: str | None = None
    """Where it redirects to; None: it does not."""
    put_off_s: float | None = None
    """It fails, and may be asked again after so long; None: it does not fail."""
    hold_s: float | None = None
    """How long it asks to be left alone."""


class InstantRecorder:
    """Stands where the recorder stands: what is handed in is committed when the test says so."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Callable[[Journal], Any], Future[Any]]] = []
        self.changes = 0
        """How many were handed in."""

    def write(self, change: Callable[[Journal], Any]) -> "Future[Any]":
        """Take a change."""
        future: Future[Any] = Future()
        self.changes += 1
        self._waiting.append((change, future))
        return future

    def commit(self) -> int:
        """Commit all that waits as one batch; return how much it was."""
        batch, self._waiting = self._waiting, []
        with self._journal.transaction():
            results = [change(self._journal) for change, _ in batch]
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)
        return len(batch)


@dataclass(slots=True, kw_only=True)
class Desk:
    """A frontier with all it works on."""

    journal: Journal
    reader: Journal
    recorder: InstantRecorder
    clock: Clock
    politeness: Politeness
    frontier: Frontier
    posts: deque[Callable[[], None]]
    web: dict[str, Reply] = field(default_factory=dict)
    """Addresses that answer something else than an empty page, and an empty robots.txt."""
    log: list[tuple[float, str]] = field(default_factory=list)
    """Every request: seconds since the beginning, and its address."""
    requisite_bytes: int = 0
    """How large every answer is taken to be."""
    seconds: float = 0.0
    wakes: int = 0
    """How often the frontier was asked for a visit."""

    @property
    def asked(self) -> list[str]:
        """The addresses asked for, in order."""
        return [url for _, url in self.log]

    @property
    def fates(self) -> Mapping[str, tuple[str, str | None]]:
        """What became of every address of the run."""
        return {
            row.url: (str(row.fate), row.reason)
            for _, row in self.reader.addresses.coverage(self.frontier.run_id)
        }

    def forward(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        self.seconds += seconds
        self.clock.forward(seconds=seconds)

    def crawl(self, *urls: str, is_discovered: bool = True, kind: str = "page") -> None:
        """Queue addresses, each for the site that it belongs to."""
        for url in urls:
            self.take(unknown_site(url), url, is_discovered=is_discovered, kind=kind)

    def take(self, site: Site, *urls: str, is_discovered: bool = True, kind: str = "page") -> None:
        """Queue addresses for a site."""
        seeds = [candidate(url, kind=kind, advertised_in="operator") for url in urls]
        self.frontier.add_site(site, is_discovered=is_discovered)
        self.frontier.advertise(site, seeds, by=None)

    def commit(self) -> None:
        """Commit what waits, and run what was posted, until nothing is left of either."""
        while self.recorder.commit() or self.posts:
            while self.posts:
                self.posts.popleft()()

    def next_visit(self) -> Visit | None:
        """Ask for a visit as the engine does, and note it."""
        self.wakes += 1
        visit = self.frontier.next_visit()
        if visit is not None:
            self.log.append((self.seconds, visit.address.url))
        return visit

    def answer(self, visit: Visit) -> None:
        """Have a visit answered from the table, and all that follows committed."""
        self.arrive(visit)
        self.read(visit)

    def step(self, times: int = 1) -> None:
        """Commit what waits, ask for a visit and have it answered, so many times."""
        for _ in range(times):
            self.commit()
            visit = self.next_visit()
            if visit is not None:
                self.answer(visit)
        self.commit()

    def arrive(self, visit: Visit) -> None:
        """Have the answer come and its capture committed; what it leads to is still open."""
        reply = self.web.get(visit.address.url, Reply())
        capture = self.recorder.write(
            lambda journal: captured(
                journal, visit.address, status=reply.status, number=next(_numbers)
            )
        )
        self.frontier.answered(visit, capture, size_bytes=self.requisite_bytes)
        if reply.hold_s is not None:
            self.politeness.hold(visit.site.name, reply.hold_s, "retry_after")
        self.commit()

    def read(self, visit: Visit) -> None:
        """Do what follows from a visit's answer."""
        self.recorder.write(self._following(visit, self.web.get(visit.address.url, Reply())))
        self.commit()
        self.frontier.finished(visit.site.name)

    def run(self, most_wakes: int = 500) -> list[str]:
        """Crawl until the frontier has nothing more to do; return what was asked for.

        A frontier that never comes to an end, or asks to be woken over and over, fails.
        """
        while True:
            assert self.wakes < most_wakes, "the frontier runs in a circle"
            visit = self.next_visit()
            if visit is not None:
                self.answer(visit)
            elif self.posts or self.recorder.commit():
                self.commit()
            elif self.frontier.has_work:
                wait = self.frontier.ready_in()
                assert wait is not None, "the frontier has work, and nothing will bring it"
                self.forward(wait)
            else:
                return self.asked

    def _following(self, visit: Visit, reply: Reply) -> Callable[[Journal], None]:
        address, now = visit.address, self.clock()
        kind = AddressKind(address.kind)
        found = reply.found
        if reply.location is not None:
            found = (candidate(reply.location, kind=kind, advertised_in="redirect"),)
        advertise = self.frontier.advertising(visit.site, found, by=address)

        def change(journal: Journal) -> None:
            advertise(journal)
            if reply.put_off_s is not None and address.attempts + 1 < ATTEMPTS:
                journal.addresses.retry(address.id, at=now + timedelta(seconds=reply.put_off_s))
            elif reply.location is not None:
                journal.addresses.settle(address.id, Fate.REDIRECTED)
            else:
                if kind is AddressKind.ROBOTS:
                    _keep_robots(journal, visit, reply, now)
                journal.addresses.settle(address.id, Fate.READ)

        return change


def _keep_robots(journal: Journal, visit: Visit, reply: Reply, now: Any) -> None:
    status = None if reply.put_off_s is not None else reply.status
    for url in journal.addresses.redirected_from(visit.address.run_id, visit.address.id):
        journal.runs.keep_robots(
            RobotsAnswer(origin=origin_of(url), fetched_at=now, status=status, body=reply.body)
        )


def candidate(url: str, *, kind: str = "page", advertised_in: str = "sitemap") -> Candidate:
    """Return an address as a listing names it."""
    return Candidate(url=url, kind=AddressKind(kind), advertised_in=advertised_in)


def story_urls(number: int, host: str = "x.example") -> tuple[str, ...]:
    """Return the addresses of so many pages."""
    return tuple(f"https://{host}/story-{each}" for each in range(1, number + 1))


@contextmanager
def desk_at(
    root: Path,
    *,
    run_id: str = RUN,
    delay_s: float = 0.0,
    most_pages: int | None = None,
    clock: Clock | None = None,
) -> Iterator[Desk]:
    """Open a journal with a run begun, and a frontier over it."""
    clock = clock or Clock()
    journal = Journal.open(root / "journal.db")
    begin(journal, run_id)
    reader = Journal.read(root / "journal.db")
    recorder, posts = InstantRecorder(journal), deque[Callable[[], None]]()
    politeness = Politeness(delay_s=delay_s, monotonic=lambda: desk.seconds)
    frontier = Frontier(
        reader=reader,
        recorder=cast(Recorder, recorder),
        politeness=politeness,
        permissions=Permissions(reader, agent=AGENT, run_began=clock(), clock=clock),
        run_id=run_id,
        clock=clock,
        post=posts.append,
        most_pages=most_pages,
    )
    desk = Desk(
        journal=journal,
        reader=reader,
        recorder=recorder,
        clock=clock,
        politeness=politeness,
        frontier=frontier,
        posts=posts,
    )
    yield desk
    journal.close()
    reader.close()


@contextmanager
def crawl_at(
    root: Path, *words: str, sites: tuple[Site, ...] = (), **limits: Any
) -> Iterator[CrawlRun]:
    """Open a store and a run in it as `newsreel crawl` does; nothing is fetched."""
    known = Sites(sites)
    targets = tuple(find_target(word, known) for word in words)
    plan = Plan(targets=targets, words=words, **limits)
    with open_for_writing(root, now=now_utc()) as store:
        begun = begin_run(store, plan, token=f"{next(_numbers):04x}", now=now_utc())
        with open_run(store, plan, known, begun) as run:
            yield run


def http(status: int, body: bytes = b"", **fields: str) -> bytes:
    """Return an answer as it crosses the wire."""
    lines = [f"HTTP/1.1 {status} So", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def commit(run: CrawlRun, change: Callable[[Journal], Any]) -> None:
    """Have a change committed by the run's recorder."""
    run.recorder.write(change).result(10)


def fetched(
    run: CrawlRun,
    url: str,
    response: bytes,
    *,
    kind: str = "page",
    failure: str | None = None,
) -> Address:
    """Have an address of the run asked once, its answer archived and not read; return it."""
    site = unknown_site(url)
    item = advertised(site, candidate(url, kind=kind), by=None)
    commit(run, lambda journal: journal.addresses.advertise(run.id, (item,), now=run.clock()))
    address = run.reader.addresses.find(url)
    assert address is not None
    exchange = answered(next(_numbers), response, url=url, started_at=run.clock(), failure=failure)
    run.recorder.keep(exchange, address.id).result(10)
    return address
