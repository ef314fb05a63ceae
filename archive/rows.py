"""Rows on their way into the datasets: buffered, written as parts, and named by the journal.

A row that waits here is safe: its capture is committed and unread, so that a killed crawl extracts
it again from the WARC. Every flush makes a part a site and month, and a part of three rows is half
overhead: so a site's rows are written when it brings no more, beside the crawl of the others. Of
sites that go on, the first flush comes after minutes, and the next less and less often.
"""

import itertools
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from archive.article import Article
from archive.coverage import Fate
from archive.dataset.writer import Part, write_part
from archive.errors import CaptureError, JournalError, RowError, StoreError, write_failure
from archive.fault import fault
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart, Version
from archive.layout import Layout
from archive.recorder import Recorder

logger = logging.getLogger(__name__)

FIRST_FLUSH: Final = timedelta(minutes=2)
LONGEST_FLUSH: Final = timedelta(minutes=15)
FULL_ROWS: Final = 2_000
_ROWS_A_PART: Final = 20_000
"""Of captures and of the ledger, which are read back from the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRow:
    """A version of an article that no part holds yet."""

    article: Article
    """Complete: ids, version and provenance included."""
    site: str
    capture_record_id: str
    """The capture it was read from; a revisit's own id, not its target's."""
    address_id: int
    version: Version


class RowSink:
    """Collects rows and publishes them; parts are written in a thread of its own."""

    def __init__(
        self,
        layout: Layout,
        reader: Journal,
        recorder: Recorder,
        *,
        run_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._layout = layout
        self._reader = reader
        self._publisher = Journal.read(layout.journal)  # a connection is one thread's
        self._recorder = recorder
        self._run_id = run_id
        self._clock = clock
        self._pending: dict[str, list[PendingRow]] = defaultdict(list)
        self._resting: dict[str, list[PendingRow]] = {}
        self._waiting = 0
        self._newest: dict[str, Version] = {}
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parts")
        self._interval = FIRST_FLUSH
        self._next_flush = clock() + self._interval
        self._serials = itertools.count(1)
        self._began = clock()
        self._keeps_captures = False

    def append(self, row: PendingRow) -> None:
        """Take a row; it is published with one of the next parts."""
        self._pending[row.site].append(row)
        self._waiting += 1
        if self._waiting >= FULL_ROWS or self._clock() >= self._next_flush:
            self.flush()

    def rest(self, site: str) -> None:
        """Write what waits of a site as parts: it brings no more for now.

        Sites that come to rest while parts are written wait together for the next transaction.
        """
        rows = self._pending.pop(site, [])
        self._waiting -= len(rows)
        with self._lock:
            is_first = not self._resting
            self._resting[site] = [*self._resting.get(site, ()), *rows]
        if is_first:
            self._thread.submit(self._publish_resting)

    def claim(self, version: Version) -> None:
        """Note a version whose row is on its way, so that the next capture compares with it."""
        with self._lock:
            self._newest[version.article_id] = version

    def newest_version(self, article_id: str) -> Version | None:
        """Return an article's newest version, claimed ones included; None when it has none."""
        return self._newest.get(article_id) or self._reader.parts.newest_version(article_id)

    def flush(self) -> "Future[None]":
        """Write what waits as parts, once the flush before has ended.

        The future fails with CaptureError when a part could not be kept. The recorder then gives
        up too: a crawl whose rows go nowhere has to stop.
        """
        rows = [row for rows in self._pending.values() for row in rows]
        self._pending.clear()
        self._waiting = 0
        self._interval = min(2 * self._interval, LONGEST_FLUSH)
        self._next_flush = self._clock() + self._interval
        return self._thread.submit(self._publish, rows)

    def close(self, *, is_finished: bool, goes_on: bool = False) -> None:
        """Publish everything that waits, and the ledger of a run that is finished.

        Of a run that goes on with the next call only the articles: its captures are committed, and
        some hundred calls a day would leave as many parts that hold next to nothing. Raises
        CaptureError when it could not be kept.
        """
        try:
            # What stages still hand in has to be committed before the ledger is read.
            self._recorder.write(lambda _: None).result()
            self._keeps_captures = goes_on
            self.flush().result()
            if is_finished:
                self._thread.submit(self._publish_coverage).result()
        finally:
            self._thread.shutdown()
            self._publisher.close()

    def _publish_coverage(self) -> None:
        """Publish the ledger as one: a run that is killed here and resumed writes it once."""
        if self._publisher.parts.has_coverage(self._run_id):
            return
        parts = []
        ledger = self._publisher.addresses.coverage(self._run_id)
        for site, group in itertools.groupby(ledger, key=itemgetter(0)):
            while rows := [row for _, row in itertools.islice(group, _ROWS_A_PART)]:
                parts.append(self._write("coverage", site, self._began, rows))
        self._recorder.write(_naming(parts, self._run_id, self._clock())).result()

    def _publish_resting(self) -> None:
        with self._lock:
            resting, self._resting = self._resting, {}
        # What became of its last pages is committed before its captures are looked for.
        self._recorder.write(lambda _: None).result()
        self._publish([row for rows in resting.values() for row in rows], sites=resting)

    def _publish(self, rows: Sequence[PendingRow], *, sites: Collection[str] | None = None) -> None:
        """Publish rows, and captures: those of some sites, or of all."""
        if self._recorder.failure is not None:
            raise self._recorder.failure
        try:
            self._publish_articles(rows)
            if not self._keeps_captures or self._publisher.captures.has_unpublished(FULL_ROWS):
                self._publish_captures(sites)
        except (CaptureError, JournalError) as error:
            self._recorder.give_up(error)
            raise
        except BaseException as error:  # nobody waits for these rows, and they are not lost unsaid
            self._recorder.give_up(CaptureError(f"rows could not be published: {error!r}"))
            raise

    def _publish_articles(self, rows: Sequence[PendingRow]) -> None:
        """Publish rows, a part a site and month; the recorder names many in one transaction."""
        groups = _by_partition(rows)
        naming = [self._keep(site, month, group) for (site, month), group in groups.items()]
        _all_done(naming)
        self._forget(rows)

    def _keep(self, site: str, month: datetime, rows: list[PendingRow]) -> "Future[None]":
        """Write rows of one partition; what no column can hold is refused alone."""
        naming: Future[None] | None = None
        while rows:
            try:
                part = self._write("articles", site, month, [row.article for row in rows])
            except RowError as error:
                refused = rows.pop(error.row)
                logger.warning("row refused url=%s reason=%s", refused.article.url, error)
                naming = self._recorder.write(_refusing(refused, error.reason))
            else:
                return self._recorder.write(_keeping(part, rows, self._run_id, self._clock()))
        assert naming is not None  # a partition has rows
        return naming

    def _forget(self, rows: Sequence[PendingRow]) -> None:
        """Leave published versions to the journal, so that memory does not grow with the crawl."""
        with self._lock:
            for row in rows:
                if self._newest.get(row.version.article_id) == row.version:
                    del self._newest[row.version.article_id]

    def _publish_captures(self, sites: Collection[str] | None) -> None:
        while found := self._publisher.captures.unpublished(_ROWS_A_PART, sites=sites):
            groups: dict[tuple[str, str], list[int]] = defaultdict(list)
            for index, (_, site, capture) in enumerate(found):
                groups[site, f"{capture.fetch_time:%Y-%m}"].append(index)
            naming = []
            for (site, _), members in groups.items():
                captures = [found[index][2] for index in members]
                ids = tuple(found[index][0] for index in members)
                part = self._write("captures", site, captures[0].fetch_time, captures)
                naming.append(
                    self._recorder.write(_putting(part, ids, self._run_id, self._clock()))
                )
            _all_done(naming)
            if len(found) < _ROWS_A_PART:
                return

    def _write(self, dataset: str, site: str, month: datetime, records: Sequence[Any]) -> Part:
        part_id = f"{self._run_id}-{self._began:%H%M%S%f}-{next(self._serials):05d}"
        try:
            part = write_part(
                self._layout,
                dataset,
                site=site,
                month=month,
                part_id=part_id,
                records=records,
                footer={"newsreel.run_id": self._run_id},
            )
        except OSError as error:
            raise write_failure(error, "a part") from error
        except StoreError as error:
            raise CaptureError(str(error)) from error
        fault("part.published")
        logger.info("part published path=%s rows=%d bytes=%d", part.path, part.rows, part.bytes)
        return part


def _all_done(changes: Sequence["Future[None]"]) -> None:
    """Wait for changes of the journal; raises what the first that failed raised."""
    for change in changes:
        change.result()


def _by_partition(
    rows: Sequence[PendingRow],
) -> dict[tuple[str, datetime], list[PendingRow]]:
    """Group rows by site and month of capture."""
    groups: dict[tuple[str, datetime], list[PendingRow]] = defaultdict(list)
    for row in rows:
        assert row.article.fetch_time is not None
        month = row.article.fetch_time.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        groups[row.site, month].append(row)
    return groups


def _keeping(
    part: Part, rows: Sequence[PendingRow], run_id: str, at: datetime
) -> Callable[[Journal], None]:
    """Return the change that makes a part of articles, and all that follows from it, true."""

    def change(journal: Journal) -> None:
        part_id = journal.parts.add(_published(part, run_id), at=at)
        for row in rows:
            capture_id = journal.captures.id_of(row.capture_record_id)
            journal.parts.add_version(row.version, capture_id=capture_id, part_id=part_id)
            journal.captures.mark_read(row.capture_record_id, row.article.kind)
            journal.addresses.settle(
                row.address_id, Fate.ARCHIVED, article_id=row.version.article_id
            )

    return change


def _putting(
    part: Part, capture_ids: tuple[int, ...], run_id: str, at: datetime
) -> Callable[[Journal], None]:
    def change(journal: Journal) -> None:
        journal.captures.put_in_part(
            capture_ids, journal.parts.add(_published(part, run_id), at=at)
        )

    return change


def _naming(parts: Sequence[Part], run_id: str, at: datetime) -> Callable[[Journal], None]:
    def change(journal: Journal) -> None:
        for part in parts:
            journal.parts.add(_published(part, run_id), at=at)

    return change


def _refusing(row: PendingRow, reason: str) -> Callable[[Journal], None]:
    """Return the change for an article that the dataset cannot hold: its page stays archived."""

    def change(journal: Journal) -> None:
        journal.captures.mark_read(row.capture_record_id, row.article.kind)
        journal.addresses.settle(row.address_id, Fate.UNREADABLE, reason)

    return change


def _published(part: Part, run_id: str) -> PublishedPart:
    return PublishedPart(
        dataset=part.dataset,
        path=part.path,
        rows=part.rows,
        size_bytes=part.bytes,
        sha256=part.sha256,
        schema_version=part.schema_version,
        run_id=run_id,
    )
