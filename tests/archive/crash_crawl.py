"""A crawl of the invented web with the real store, as `newsreel crawl` goes about it."""

import random
import sys
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from archive.article import version_digest
from archive.capture import Capture
from archive.coverage import Fate
from archive.dataset.compaction import compact
from archive.exchange import Exchange, Location
from archive.fault import fault
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.journal.parts import Version
from archive.journal.runs import Run
from archive.recorder import Recorder
from archive.rows import PendingRow, RowSink
from archive.store import Store, open_for_writing
from archive.warc.records import Provenance, Record
from archive.warc.writer import OPEN_SUFFIX
from archive.warcs import WarcSeries
from tests.archive.invented_web import Answer, answer_at, links_on, story_on
from tests.dataset.small_parts import at_once

AT_ONCE: Final = 16
"""Requests in flight: what a kill may cause to be asked for again."""
RUN: Final = "20260518T120000Z-9c41"
_END_OF_TIME: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a crawl is mistreated."""

    pages: int
    seed: int | None = None
    """The first lives end after as long as chance says; None: each at its n-th sync to disk."""
    syncs: tuple[int, int] = (1, 1000)
    """The n of the first life that ends so, and of the last."""
    kills: int = 12
    """The most that chance may end."""
    longest_s: float = 0.4
    """That chance lets a life have; most have much less."""
    file_limits: tuple[int, ...] = ()
    """Each life may write no file beyond its size, in bytes; the life after them may."""
    faults: tuple[str, ...] = ()
    """An order of archive/fault.py for each life; the life after them has none."""
    compacts: bool = False
    """Whether the parts of the finished crawl are made one."""
    jumps: bool = False
    """Whether the clock jumps, to and fro."""
    is_verified: bool = False
    """Whether the store is verified after every life, as it was left."""
    mutant: str = ""
    """adopt_tails, adopt_parts, read_too_soon or known_too_soon: what a checker has to find."""


# A day ahead and back, the night that summer time ends, and what a machine without a battery says.
_JUMPS: Final = (
    timedelta(days=1),
    timedelta(days=-1),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    timedelta(0),
)


class _LateWarcs(WarcSeries):
    """Writes records once the journal knows them: for an instant it knows what is not there."""

    _late = b""

    @override
    def append(self, record: Record) -> Location:
        """Append a record, and take it back."""
        location = super().append(record)
        with self._growing(location.warc_filename).open("r+b") as file:
            file.seek(location.offset - len(self._late))
            self._late += file.read()
            file.truncate(location.offset + location.length - len(self._late))
        return location

    @override
    def committed(self) -> None:
        """Write what was taken back."""
        super().committed()
        if self._late and self._file is not None:
            fault("warc.synced")
            with self._growing(self._file.filename).open("ab") as file:
                file.write(self._late)
        self._late = b""

    def _growing(self, filename: str) -> Path:
        return self._layout.warc(filename + OPEN_SUFFIX)


class Wall:
    """A wall clock that goes 48 seconds at every look, so that parts are written soon."""

    def __init__(self, *, jumps: bool) -> None:
        self._looks = 0
        self._jumps = _JUMPS if jumps else (timedelta(0),)

    def __call__(self) -> datetime:
        """Return the time."""
        self._looks += 1
        jump = self._jumps[self._looks // 5 % len(self._jumps)]
        begun = jump if isinstance(jump, datetime) else datetime.now(UTC) + jump
        return begun + timedelta(seconds=48 * self._looks)


class Crawl:
    """One life of a crawl."""

    def __init__(
        self, recorder: Recorder, reader: Journal, rows: RowSink, clock: Wall, plan: Plan
    ) -> None:
        self._clock = clock
        self._recorder = recorder
        self._reader = reader
        self._rows = rows
        self._is_read_too_soon = plan.mutant == "read_too_soon"
        self._pages = plan.pages
        self._waiting: list[Future[Any]] = []

    def run(self, served: Path) -> None:
        """Read what an earlier life left unread, then go on until nothing is queued."""
        for unread in self._reader.captures.unread(after=0, limit=10_000):
            capture = self._reader.captures.get(unread.record_id)
            assert capture is not None
            self._read(self._reader.addresses.get(unread.address_id), capture)
        now = self._clock()
        self._write(lambda journal: journal.addresses.advertise(RUN, [_advertised(0)], now=now))
        self._wait()
        while found := self._reader.addresses.queued(RUN, "x", now=_END_OF_TIME, limit=AT_ONCE):
            futures = [
                self._recorder.keep(_fetch(each, served, self._clock()), each.id) for each in found
            ]
            captures = [future.result() for future in futures]
            with served.with_name("kept.log").open("a") as log:  # what it was told is kept
                log.writelines(f"{capture.warc_record_id}\n" for capture in captures)
            for address, capture in zip(found, captures, strict=True):
                self._read(address, capture)
            self._wait()

    def _read(self, address: Address, capture: Capture) -> None:
        record_id, number = str(capture.warc_record_id), _number(address)

        def put_off(journal: Journal) -> None:
            journal.captures.mark_read(record_id)
            journal.addresses.retry(address.id, at=capture.fetch_time)

        def settle(journal: Journal) -> None:
            journal.captures.mark_read(record_id)
            journal.addresses.settle(address.id, Fate.GONE)

        if capture.fetch_status is None:
            self._write(put_off)
            return
        if capture.fetch_status == 404:
            self._write(settle)
            return
        links = [_advertised(link, by=address.id) for link in links_on(number, self._pages)]

        def follow(journal: Journal) -> None:
            journal.addresses.advertise(RUN, links, now=capture.fetch_time)
            if self._is_read_too_soon:
                journal.captures.mark_read(record_id)

        self._write(follow)
        self._keep_row(address, capture)

    def _keep_row(self, address: Address, capture: Capture) -> None:
        payload = self._reader.captures.payload(str(capture.warc_record_id))
        assert payload is not None
        article = story_on(_number(address), address.url)
        identity, digest = str(article.article_id), version_digest(article)
        newest = self._rows.newest_version(identity)
        number = newest.number + 1 if newest else 1
        version = Version(article_id=identity, number=number, digest=digest)
        self._rows.claim(version)
        article = replace(
            article,
            version=number,
            fetch_time=capture.fetch_time,
            warc_filename=payload.location.warc_filename,
            warc_record_offset=payload.location.offset,
            warc_record_length=payload.location.length,
            warc_record_id=payload.record_id,
            content_digest=payload.digest,
            run_id=RUN,
        )
        self._rows.append(
            PendingRow(
                article=article,
                site="x",
                capture_record_id=str(capture.warc_record_id),
                address_id=address.id,
                version=version,
            )
        )

    def _write(self, change: Callable[[Journal], Any]) -> None:
        self._waiting.append(self._recorder.write(change))

    def _wait(self) -> None:
        while self._waiting:
            self._waiting.pop().result()


def live(root: Path, plan: Plan) -> None:
    """Crawl until the run is finished, as `newsreel crawl` does."""
    served = root / "served.log"
    clock = Wall(jumps=plan.jumps)
    with open_for_writing(root / "store", now=clock()) as store:
        if _begin(store.journal, clock()):
            _crawl(store, served, clock, plan)
        if plan.compacts:
            compact(store, pause=at_once, now=clock(), is_open_too=True)


def _crawl(store: Store, served: Path, clock: Wall, plan: Plan) -> None:
    """Crawl to the end of the run."""
    series = _LateWarcs if plan.mutant == "known_too_soon" else WarcSeries
    warcs = series(
        store.layout,
        run_id=RUN,
        provenance=Provenance(software="Newsreel/0", run_id=RUN),
        clock=clock,
        known=store.journal.runs.warcs(),
        rotate_bytes=6_000,
    )
    reader = Journal.read(store.layout.journal)
    recorder = Recorder(store, warcs, run_id=RUN)
    rows = RowSink(store.layout, reader, recorder, run_id=RUN, clock=clock)
    try:
        Crawl(recorder, reader, rows, clock, plan).run(served)
        rows.close(is_finished=True)
        recorder.write(
            lambda journal: journal.runs.end(RUN, outcome="finished", at=clock())
        ).result()
        recorder.close(is_finished=True)
    finally:
        recorder.close()
        reader.close()


def _begin(journal: Journal, now: datetime) -> bool:
    """Begin the run or resume it; False when it is finished."""
    if not journal.runs.newest():
        with journal.transaction():
            journal.runs.begin(Run(id=RUN, plan="{}", started_at=now))
    return journal.runs.unfinished("{}") is not None


def _fetch(address: Address, served: Path, now: datetime) -> Exchange:
    number = _number(address)
    answer: Answer = answer_at(number, is_first_time=address.attempts == 0)
    with served.open("a") as log:  # the server's own word, outside of the store
        log.write(f"{address.url}\n")
    token = f"{number:08x}-0000-4000-8000-{random.getrandbits(48):012x}"
    return Exchange(
        url=address.url,
        started_at=now,
        request=b"GET /%d HTTP/1.1\r\nHost: x.example\r\n\r\n" % number,
        response=answer.response,
        failure=answer.failure,
        record_id=f"<urn:uuid:{token}>",
        request_record_id=f"<urn:uuid:f{token[1:]}>",
    )


def _advertised(number: int, by: int = 0) -> Advertised:
    return Advertised(
        url=f"https://x.example/{number}", site="x", kind="page", advertised_in="link", by=by
    )


def _number(address: Address) -> int:
    return int(address.url.rpartition("/")[2])


if __name__ == "__main__":
    live(Path(sys.argv[1]), Plan(pages=int(sys.argv[2]), compacts=True))
