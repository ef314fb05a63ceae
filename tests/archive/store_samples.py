"""Stores as the tests of the archive's core need them: a run begun, a clock that is set by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.article import Article
from archive.exchange import Exchange
from archive.instant import to_micros
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.journal.runs import Run, WarcFile
from archive.recorder import Recorder
from archive.store import Store, open_for_writing
from archive.warc.reader import walk
from archive.warc.records import Provenance, Record
from archive.warcs import WarcSeries
from tests.archive.warc_samples import exchange

NOON = datetime(2026, 5, 18, 12, tzinfo=UTC)
RUN = "20260518T120000Z-9c41"
NEXT_RUN = "20260519T120000Z-77aa"
FIRST_WARC = f"newsreel-{RUN}-00001.warc.gz"
SITE = "x"


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def forward(self, **units: float) -> None:
        """Go on by so many days, hours, seconds."""
        self.now += timedelta(**units)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A held store with a recorder at work, and a connection that reads beside it."""

    store: Store
    recorder: Recorder
    reader: Journal
    clock: Clock
    commits: list[None] = field(default_factory=list)
    """One entry a commit."""

    @property
    def warc(self) -> Path:
        """The run's first file, while it grows."""
        return self.store.layout.warcs / f"{FIRST_WARC}.open"

    def records(self) -> list[Record]:
        """Return what is in that file, without the warcinfo."""
        return [record for _, record in walk(self.warc)][1:]

    def advertise(self, *urls: str, **known: Any) -> tuple[Address, ...]:
        """Queue addresses, and return them once they are committed."""
        items = [advertised(url, **known) for url in urls]
        self.recorder.write(
            lambda journal: journal.addresses.advertise(RUN, items, now=self.clock())
        ).result(10)
        found = [self.reader.addresses.find(url) for url in urls]
        return tuple(address for address in found if address)


def advertised(url: str, **known: Any) -> Advertised:
    """Return an address as a feed names it."""
    told: dict[str, Any] = {"site": SITE, "kind": "page", "advertised_in": "feed"}
    return Advertised(url=url, **(told | known))


def begin(journal: Journal, run_id: str = RUN, plan: str = "{}") -> None:
    """Begin a run when it is not known yet."""
    with journal.transaction():
        if run_id not in {run.id for run in journal.runs.newest()}:
            journal.runs.begin(Run(id=run_id, plan=plan, started_at=NOON))


def series(
    store: Store, clock: Clock, *, run_id: str = RUN, rotate_bytes: int = 1 << 30
) -> WarcSeries:
    """Return the files of a run, which go on where the journal says."""
    return WarcSeries(
        store.layout,
        run_id=run_id,
        provenance=Provenance(software="Newsreel/0", run_id=run_id),
        clock=clock,
        known=store.journal.runs.warcs(),
        rotate_bytes=rotate_bytes,
    )


@contextmanager
def recording(root: Path, clock: Clock | None = None, **files: Any) -> Iterator[Recording]:
    """Open a store and record into it; the run stays unfinished."""
    clock = clock or Clock()
    with open_for_writing(root, now=clock()) as store:
        begin(store.journal)
        commits: list[None] = []
        recorder = Recorder(
            store, series(store, clock, **files), run_id=RUN, on_commit=lambda: commits.append(None)
        )
        reader = Journal.read(store.layout.journal)
        try:
            yield Recording(
                store=store, recorder=recorder, reader=reader, clock=clock, commits=commits
            )
        finally:
            recorder.close()
            reader.close()


@contextmanager
def one_batch(recorder: Recorder) -> Iterator[None]:
    """Have everything that is handed in within the block committed as one batch, after it."""
    is_held, may_go_on = threading.Event(), threading.Event()

    def hold(_: Journal) -> None:
        is_held.set()
        may_go_on.wait(10)

    held = recorder.write(hold)
    is_held.wait(10)
    try:
        yield
    finally:
        may_go_on.set()
    held.result(10)


def page(number: int, body: bytes = b"", url: str = "", **known: Any) -> Exchange:
    """Return the exchange that brings a page; its body is its own unless it is given."""
    body = body or b"<p>page %d</p>" % number
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    )
    told: dict[str, Any] = {"url": url or f"https://x.example/{number}", "started_at": NOON}
    return exchange(head % len(body) + body, number=number, **(told | known))


def answered(number: int, response: bytes, **known: Any) -> Exchange:
    """Return an exchange with the answer as it crossed the wire."""
    told: dict[str, Any] = {"url": f"https://x.example/{number}", "started_at": NOON}
    return exchange(response, number=number, **(told | known))


def unanswered(number: int, failure: str = "timeout", **known: Any) -> Exchange:
    """Return an exchange that brought nothing."""
    return answered(number, b"", failure=failure, **known)


def story(number: int, **changes: Any) -> Article:
    """Return an article with all that a row needs."""
    told: dict[str, Any] = {
        "article_id": f"{number:032x}",
        "version": 1,
        "url": f"https://x.example/{number}",
        "site_domain": "x.example",
        "headline": f"Story {number}",
        "text": "The film opens in June.",
        "fetch_time": NOON,
    }
    return Article(**(told | changes))


def warc_file(serial: int = 1, *, run_id: str = RUN, length: int = 10) -> WarcFile:
    """Return a file of the archive as the journal knows it."""
    return WarcFile(
        filename=f"newsreel-{run_id}-{serial:05d}.warc.gz",
        run_id=run_id,
        opened_at=NOON,
        committed_length=length,
        is_sealed=False,
    )


def micros(**units: float) -> int:
    """Return noon, and so many units later, as the journal writes it."""
    return to_micros(NOON + timedelta(**units))
