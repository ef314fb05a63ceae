"""A crawl of an invented web with the real store, killed again and again until it ends.

`python -m tests.archive.crash_driver ROOT PLAN` where the plan is JSON: how to kill or to starve
each life, and which fault to put in. It prints, as JSON, how each life ended. pyarrow is imported
once, and every life is a fork.
"""

import json
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from archive.address import registrable_domain
from archive.article import version_digest
from archive.capture import Capture
from archive.coverage import Fate
from archive.errors import CaptureError, StoreError
from archive.exchange import Exchange
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.journal.parts import Version
from archive.journal.runs import Run
from archive.layout import Layout
from archive.recorder import Recorder
from archive.rows import PendingRow, RowSink
from archive.store import open_for_writing
from archive.warc.records import Provenance
from archive.warcs import WarcSeries
from tests.archive.invented_web import Answer, answer_at, links_on, story_on

AT_ONCE: Final = 16
"""Requests in flight: what a kill may cause to be asked for again."""
_RUN: Final = "20260518T120000Z-9c41"
_REFUSED: Final = 3
_KILLS_BY_CHANCE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a crawl is mistreated."""

    pages: int
    seed: int | None = None
    """The first lives end after as long as chance says; None: each at its n-th sync to disk."""
    syncs: tuple[int, int] = (1, 1000)
    """The n of the first life that ends so, and of the last."""
    file_limits: tuple[int, ...] = ()
    """Each life may write no file beyond its size, in bytes; the life after them may."""
    mutant: str = ""
    """adopt_tails, adopt_parts or read_too_soon: a fault that a checker has to find."""


class Wall:
    """A wall clock that goes 48 seconds at every look, so that parts are written soon."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Return the time."""
        self._ahead += timedelta(seconds=48)
        return datetime.now(UTC) + self._ahead


class Crawl:
    """One life of a crawl."""

    def __init__(self, recorder: Recorder, reader: Journal, rows: RowSink, plan: Plan) -> None:
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
        now = datetime.now(UTC)
        self._write(lambda journal: journal.addresses.advertise(_RUN, [_advertised(0)], now=now))
        self._wait()
        while found := self._reader.addresses.queued(
            _RUN, "x", now=now + timedelta(days=1), limit=AT_ONCE
        ):
            futures = [self._recorder.keep(_fetch(each, served), each.id) for each in found]
            captures = [future.result() for future in futures]
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
            journal.addresses.advertise(_RUN, links, now=capture.fetch_time)
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
            run_id=_RUN,
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
    store_root, served = root / "store", root / "served.log"
    _put_fault_in(Layout(store_root), plan.mutant)
    clock = Wall()
    with open_for_writing(store_root, now=clock()) as store:
        if not _begin(store.journal, clock()):
            return
        warcs = WarcSeries(
            store.layout,
            run_id=_RUN,
            provenance=Provenance(software="Newsreel/0", run_id=_RUN),
            clock=lambda: datetime.now(UTC),
            known=store.journal.runs.warcs(),
            rotate_bytes=20_000,
        )
        reader = Journal.read(store.layout.journal)
        recorder = Recorder(store, warcs, run_id=_RUN)
        rows = RowSink(store.layout, reader, recorder, run_id=_RUN, clock=clock)
        try:
            Crawl(recorder, reader, rows, plan).run(served)
            rows.close(is_finished=True)
            recorder.write(
                lambda journal: journal.runs.end(_RUN, outcome="finished", at=clock())
            ).result()
            recorder.close(is_finished=True)
        finally:
            recorder.close()
            reader.close()


def _begin(journal: Journal, now: datetime) -> bool:
    """Begin the run or resume it; False when it is finished."""
    if not journal.runs.newest():
        with journal.transaction():
            journal.runs.begin(Run(id=_RUN, plan="{}", started_at=now))
    return journal.runs.unfinished("{}") is not None


def _fetch(address: Address, served: Path) -> Exchange:
    number = _number(address)
    answer: Answer = answer_at(number, is_first_time=address.attempts == 0)
    with served.open("a") as log:  # the server's own word, outside of the store
        log.write(f"{address.url}\n")
    token = f"{number:08x}-0000-4000-8000-{random.getrandbits(48):012x}"
    return Exchange(
        url=address.url,
        started_at=datetime.now(UTC),
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


def _put_fault_in(layout: Layout, mutant: str) -> None:
    """Do before an opening what a healing that trusts the disk more than the journal would do."""
    if not layout.journal.exists():
        return
    with closing(sqlite3.connect(layout.journal, isolation_level=None)) as db:
        if mutant == "adopt_tails":
            for (name,) in db.execute("SELECT filename FROM warc").fetchall():
                for path in layout.warcs.glob(f"{name}*"):
                    size = path.stat().st_size
                    db.execute(
                        "UPDATE warc SET committed_length = ? WHERE filename = ?", (size, name)
                    )
        if mutant == "adopt_parts":
            for path in layout.dataset("articles").rglob("*.parquet"):
                name = path.relative_to(layout.root).as_posix()
                db.execute(
                    "INSERT OR IGNORE INTO part (dataset, path, rows, bytes, sha256, "
                    "schema_version, run_id, published_at) "
                    "VALUES ('articles', ?, 1, 1, '', 1, ?, 0)",
                    (name, _RUN),
                )


@contextmanager
def _dying_at_sync(number: int, last: int) -> Iterator[None]:
    """Be killed at the n-th time that anything is made to last: just before it, or just after."""
    left = number if number <= last else 0

    def counted(sync: Callable[[Any], None]) -> Callable[[Any], None]:
        def dying(handle: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0 and number % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            sync(handle)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        return dying

    setattr(os, "fsync", counted(os.fsync))  # noqa: B010 - mypy knows it under a wider type
    from archive.warc import writer  # noqa: PLC0415 - it takes its fdatasync when it is loaded

    setattr(writer, "_sync", counted(os.fdatasync))  # noqa: B010 - mypy knows it as final
    yield


def _one_life(root: Path, plan: Plan, life: int) -> None:
    if life < len(plan.file_limits):
        resource.setrlimit(resource.RLIMIT_FSIZE, (plan.file_limits[life],) * 2)
    try:
        if plan.seed is None and not plan.file_limits:
            with _dying_at_sync(plan.syncs[0] + life, plan.syncs[1]):
                live(root, plan)
        else:
            live(root, plan)
    except (CaptureError, StoreError) as error:
        sys.stderr.write(f"life {life}: {type(error).__name__}: {error}\n")
        os._exit(_REFUSED)
    os._exit(0)


def lives(root: Path, plan: Plan) -> Iterator[int]:
    """Yield how each life ended: 0 of itself, -9 by being killed, 3 by an error that was told."""
    registrable_domain("https://x.example/")  # reads the list of suffixes, once for all lives
    fork = multiprocessing.get_context("fork")
    chance = random.Random(plan.seed)
    for life in range(1000):
        process = fork.Process(target=_one_life, args=(root, plan, life))
        process.start()
        is_hunted = plan.seed is not None and life < _KILLS_BY_CHANCE
        process.join(chance.uniform(0, 0.4) if is_hunted else 60)
        if process.exitcode is None:
            process.kill()
            process.join()
        yield int(process.exitcode or 0)
        is_starved = life < len(plan.file_limits)
        if process.exitcode == 0 or (process.exitcode == _REFUSED and not is_starved):
            return


if __name__ == "__main__":
    told = json.loads(sys.argv[2])
    told = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
    }
    sys.stdout.write(json.dumps(list(lives(Path(sys.argv[1]), Plan(**told)))))
