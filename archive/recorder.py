"""The commit: exchanges and changes go to disk in batches, in a thread of their own.

One batch is, in this order: its records appended to the WARC as whole gzip members; fdatasync; one
SQLite transaction with captures, frontier states, found addresses and the WARC's new length. What
the transaction does not name was never written: the next opening cuts it off (archive/store.py).
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from archive.capture import Capture, capture_of
from archive.errors import CaptureError, JournalError, NewsreelError
from archive.exchange import Exchange, Location
from archive.journal.captures import Payload
from archive.journal.journal import Journal
from archive.received import Received, receive
from archive.rendering import Rendering, rendered_capture
from archive.store import Store
from archive.warc.crawl_log import visit_record
from archive.warc.records import Profile, Referred, conversion_record, exchange_records
from archive.warcs import WarcSeries

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH_ENTRIES: Final = 64
BATCH_AGE_S: Final = 1.0
QUIET_S: Final = 0.02
"""A batch closes when it is full, old, or nothing more came for this long."""
FULL_BYTES: Final = 64 * 1024 * 1024
FULL_ENTRIES: Final = 4 * BATCH_ENTRIES
"""Above either of what waits, the crawl is held back: whoever waits for an entry holds a page."""
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class _Kept:
    kept: Exchange | Rendering
    address_id: int
    future: "Future[Capture]"

    @property
    def size_bytes(self) -> int:
        return len(self.kept.dom if isinstance(self.kept, Rendering) else self.kept.response)


@dataclass(frozen=True, slots=True)
class _Archived:
    """A capture whose records are in the file, and the site it was asked for."""

    capture: Capture
    site: str


@dataclass(frozen=True, slots=True)
class _Change:
    apply: Callable[[Journal], Any]
    future: "Future[Any]"


class Recorder:
    """Writes what the crawl brings; one a process, on a store that is held.

    After a failed write nothing more is accepted: every waiting and later future fails with the
    same CaptureError, or JournalError, and what was committed before is whole. No future is ever
    left undone, and none can be cancelled: what was handed in is on its way to disk.
    """

    def __init__(
        self,
        store: Store,
        warcs: WarcSeries,
        *,
        run_id: str,
        on_commit: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._warcs = warcs
        self._run_id = run_id
        self._on_commit = on_commit
        self._queue: queue.SimpleQueue[_Kept | _Change | None] = queue.SimpleQueue()
        self._waiting_bytes = 0
        self._waiting = 0
        self._lock = threading.Lock()
        self._failure: NewsreelError | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether the crawl should wait: more is queued than a few batches can hold."""
        return self._waiting_bytes > FULL_BYTES or self._waiting > FULL_ENTRIES

    @property
    def is_idle(self) -> bool:
        """Whether everything that was handed in is committed."""
        return self._waiting == 0

    @property
    def failure(self) -> NewsreelError | None:
        """Why nothing is accepted any more; None while all is well."""
        return self._failure

    def keep(self, exchange: Exchange, address_id: int) -> "Future[Capture]":
        """Archive an exchange; the future gives its capture once it is committed."""
        return self._keep(exchange, address_id)

    def keep_rendering(self, rendering: Rendering, address_id: int) -> "Future[Capture]":
        """Archive what a browser made of a committed answer; it is read in the answer's place."""
        return self._keep(rendering, address_id)

    def _keep(self, kept: Exchange | Rendering, address_id: int) -> "Future[Capture]":
        entry = _Kept(kept, address_id, Future())
        self._hand_in(entry, entry.size_bytes)
        return entry.future

    def write(self, change: Callable[[Journal], T]) -> "Future[T]":
        """Apply a change to the journal, after all that was handed in before it."""
        future: Future[T] = Future()
        self._hand_in(_Change(change, future), 0)
        return future

    def give_up(self, error: NewsreelError) -> None:
        """Accept nothing more: what belongs to the captures could not be kept elsewhere."""
        if self._failure is None:
            self._failure = error
            logger.error("recorder gave up reason=%s", error)
            self._on_commit()

    def close(self, *, is_finished: bool = False) -> None:
        """Commit what is waiting and end the thread; a finished run's WARC is sealed.

        Raises CaptureError when it cannot be sealed. What is handed in later fails.
        """
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            self._queue.put(None)
        self._thread.join()
        try:
            if is_finished and self._failure is None:
                self._warcs.seal(self._store.journal)
        finally:
            self._warcs.close()

    def _hand_in(self, entry: _Kept | _Change, size: int) -> None:
        entry.future.set_running_or_notify_cancel()
        with self._lock:  # nothing may be queued behind the end
            is_accepted = self._failure is None and not self._is_closed
            if is_accepted:
                self._waiting += 1
                self._waiting_bytes += size
                self._queue.put(entry)
        if not is_accepted:
            entry.future.set_exception(self._failure or CaptureError("the recorder is closed"))

    def _run(self) -> None:
        is_open = True
        try:
            while is_open:
                batch, is_open = self._next_batch()
                if batch:
                    self._commit(batch)
        finally:
            self._refuse_the_rest()

    def _next_batch(self) -> tuple[list[_Kept | _Change], bool]:
        """Return the next entries, and whether more may come."""
        entry = self._queue.get()
        batch: list[_Kept | _Change] = []
        deadline = time.monotonic() + BATCH_AGE_S
        while entry is not None:
            batch.append(entry)
            patience = min(QUIET_S, deadline - time.monotonic())
            if len(batch) >= BATCH_ENTRIES or patience <= 0:
                return batch, True
            try:
                entry = self._queue.get(timeout=patience)
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[_Kept | _Change]) -> None:
        try:
            self._settle(batch)
        finally:
            self._count_off(batch)
            self._on_commit()

    def _settle(self, batch: Sequence[_Kept | _Change]) -> None:
        """Commit a batch and tell those who wait for it, whichever way it ends."""
        if self._failure is not None:
            _fail(batch, self._failure)
            return
        try:
            results = self._commit_together(batch)
        except (CaptureError, JournalError) as error:
            self.give_up(error)
            _fail(batch, error)
            return
        except BaseException as error:  # a fault of ours ends the thread, but nobody waits for ever
            self.give_up(CaptureError(f"a batch could not be committed: {error!r}"))
            _fail(batch, self._failure)
            raise
        for entry, result in zip(batch, results, strict=True):
            entry.future.set_result(result)
        try:  # the batch is committed, whatever becomes of its file's name
            self._warcs.rotate_when_due(self._store.journal)
        except (CaptureError, JournalError) as error:
            self.give_up(error)

    def _commit_together(self, batch: Sequence[_Kept | _Change]) -> list[Any]:
        archived = self._archive([entry for entry in batch if isinstance(entry, _Kept)])
        journal, results = self._store.journal, []
        with journal.transaction():
            self._warcs.note_length(journal.runs)
            for entry in batch:
                if isinstance(entry, _Change):
                    results.append(entry.apply(journal))
                else:
                    results.append(_enter(journal, archived[entry.kept.record_id], entry))
        self._warcs.committed()
        return results

    def _archive(self, kept: Sequence[_Kept]) -> dict[str, _Archived]:
        """Append the records of a batch and make them last."""
        archived: dict[str, _Archived] = {}
        fresh: dict[str, Capture] = {}  # by payload digest: a batch is committed as one
        for entry in kept:
            asked = self._store.journal.addresses.asked(entry.address_id)
            capture = replace(self._append(entry, fresh), address_kind=asked.kind)
            self._warcs.append(visit_record(capture, asked))
            archived[entry.kept.record_id] = _Archived(capture, asked.site)
            if capture.record_type == "response" and not capture.content_truncated:
                fresh.setdefault(str(capture.content_digest), capture)
        self._warcs.sync()
        return archived

    def _append(self, entry: _Kept, fresh: dict[str, Capture]) -> Capture:
        if isinstance(entry.kept, Rendering):
            return self._append_rendering(entry.kept)
        return self._append_exchange(entry.kept, entry.address_id, fresh)

    def _append_rendering(self, rendering: Rendering) -> Capture:
        location = self._warcs.append(conversion_record(rendering))
        capture = rendered_capture(rendering, run_id=self._run_id)
        return _placed(capture, location)

    def _append_exchange(
        self, exchange: Exchange, address_id: int, fresh: dict[str, Capture]
    ) -> Capture:
        received = receive(exchange.response)
        capture = capture_of(exchange, received, run_id=self._run_id)
        referred = self._referred(capture, received, address_id, fresh)
        records = exchange_records(exchange, received, refers_to=referred)
        locations = [self._warcs.append(record) for record in records]
        if received.head is None:
            return capture
        return replace(
            _placed(capture, locations[0]),
            record_type=records[0].type,
            refers_to=referred.record_id if referred else None,
            content_digest=referred.payload_digest if referred else capture.content_digest,
        )

    def _referred(
        self,
        capture: Capture,
        received: Received,
        address_id: int,
        fresh: dict[str, Capture],
    ) -> Referred | None:
        """Return the response that this one repeats; None when it has to be stored whole.

        The target is committed, or stands earlier in the same batch: both or neither will last.
        """
        journal = self._store.journal
        if received.head is None or capture.content_truncated:
            return None
        if capture.fetch_status == _NOT_MODIFIED:
            payload_id = journal.addresses.get(address_id).payload_id
            payload = journal.captures.payload_of(payload_id) if payload_id else None
            return _refer(payload, Profile.SERVER_NOT_MODIFIED) if payload else None
        if not capture.content_length or capture.content_digest is None:
            return None
        if twin := fresh.get(capture.content_digest):
            return _refer_to_twin(twin)
        payload = journal.captures.same_payload(capture.content_digest)
        return _refer(payload, Profile.IDENTICAL_PAYLOAD_DIGEST) if payload else None

    def _refuse_the_rest(self) -> None:
        """Fail what is still queued when the thread ends before its time."""
        left: list[_Kept | _Change] = []
        with self._lock, suppress(queue.Empty):
            while True:
                if entry := self._queue.get_nowait():
                    left.append(entry)
        _fail(left, self._failure)  # without the lock: who waits may hand something in
        self._count_off(left)

    def _count_off(self, batch: Sequence[_Kept | _Change]) -> None:
        with self._lock:
            self._waiting -= len(batch)
            self._waiting_bytes -= sum(
                entry.size_bytes for entry in batch if isinstance(entry, _Kept)
            )


def _placed(capture: Capture, location: Location) -> Capture:
    return replace(
        capture,
        warc_filename=location.warc_filename,
        warc_record_offset=location.offset,
        warc_record_length=location.length,
    )


def _enter(journal: Journal, archived: _Archived, entry: _Kept) -> Capture:
    capture = archived.capture
    referred_id = journal.captures.id_of(capture.refers_to) if capture.refers_to else None
    journal.enter(capture, address_id=entry.address_id, referred_id=referred_id, site=archived.site)
    return capture


def _refer(payload: Payload, profile: Profile) -> Referred:
    return Referred(
        record_id=payload.record_id,
        target_uri=payload.url,
        date=payload.fetched_at,
        payload_digest=payload.digest,
        profile=profile,
    )


def _refer_to_twin(capture: Capture) -> Referred:
    return Referred(
        record_id=str(capture.warc_record_id),
        target_uri=capture.url,
        date=capture.fetch_time,
        payload_digest=capture.content_digest,
        profile=Profile.IDENTICAL_PAYLOAD_DIGEST,
    )


def _fail(batch: Sequence[_Kept | _Change], error: NewsreelError | None) -> None:
    for entry in batch:
        entry.future.set_exception(error)
