"""Rebuilds journal and datasets of a store from its WARCs, beside the old ones."""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.journal.runs import Run, WarcFile
from archive.repair.replacement import Scaffold, finish_scaffold, open_scaffold
from archive.repair.telling import (
    Event,
    FileTold,
    Told,
    events_of,
    rendered_answers,
    told_of,
)
from archive.warc.crawl_log import RunEnd
from archive.withdrawn import withdrawals
from crawler.discover.candidate import AddressKind
from crawler.extract.pool import ReadingPool
from crawler.rebuild.ahead import ReadAhead
from crawler.rebuild.at_once import AtOnce
from crawler.rebuild.retelling import Bench, Retelling
from crawler.registry import known_sites

_AHEAD: Final = 8
"""Captures looked at ahead, for each worker process."""
_OK: Final = 200
_UNREADABLE: Final = (
    "SELECT 1 FROM address WHERE fate = 'unreadable' AND reason IN ('timeout', 'memory', 'crash')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the WARCs told."""

    warcs: int
    captures: int
    rows: int
    """Of articles."""
    dangling: tuple[str, ...]
    """Records that others stand for or were made from, and that are gone."""
    requestless: tuple[str, ...]
    """Answers that have no request."""
    unreadable: int
    """Pages whose reading failed; each has its reason in the ledger."""


def rebuild(
    scaffold: Scaffold,
    paths: tuple[Path, ...],
    *,
    ends: tuple[RunEnd, ...],
    known: tuple[RunEnd, ...] = (),
    report: Callable[[int], None],
) -> Rebuilt:
    """Tell journal and datasets again from whole WARCs, into the scaffold.

    `ends` is how the WARCs say that runs ended, `known` how somebody else does of those that do not
    say it themselves.

    `report` hears how many captures were taken up. What is damaged in a WARC tells nothing. Raises
    CaptureError when something cannot be written.
    """
    journal = open_scaffold(scaffold)
    try:
        files = tuple(sorted(filter(None, map(told_of, paths)), key=_by_age))
        _enter_files(journal, files)
        reader = Journal.read(scaffold.journal)
        pool = ReadingPool(workers=os.cpu_count() or 1)
        bench = Bench(
            layout=scaffold,
            journal=journal,
            changes=AtOnce(journal),
            reader=reader,
            sites=known_sites(),
            ahead=ReadAhead(pool),
            withdrawn=withdrawals(scaffold.kept),
            rendered=rendered_answers(paths),
        )
        told = {end.run_id for end in ends}
        rebuilding = _Rebuild(
            bench=bench,
            files=files,
            ends=ends,
            known={end.run_id: end for end in known if end.run_id not in told},
            report=report,
        )
        try:
            captures = asyncio.run(rebuilding.tell(events_of(paths)))
            rows = reader.parts.rows_of("articles")
            unreadable = len(reader.query(_UNREADABLE))
            pool.close()  # a worker that is stopped while it starts complains
        finally:
            pool.stop()
            reader.close()
    finally:
        finish_scaffold(journal)
    if bench.changes.failure is not None:
        raise bench.changes.failure
    return Rebuilt(
        warcs=len(files),
        captures=captures,
        rows=rows,
        dangling=tuple(bench.dangling),
        requestless=tuple(bench.requestless),
        unreadable=unreadable,
    )


@dataclass(slots=True, kw_only=True)
class _Rebuild:
    """Takes up what is told, run by run."""

    bench: Bench
    files: tuple[FileTold, ...]
    ends: tuple[RunEnd, ...]
    known: dict[str, RunEnd]
    report: Callable[[int], None]
    _runs: dict[str, Retelling] = field(default_factory=dict)
    _stopped: set[str] = field(default_factory=set)
    _finished: set[str] = field(default_factory=set)
    _current: Retelling | None = None

    async def tell(self, events: Iterator[Event]) -> int:
        """Take up every event in order; return how many captures there were."""
        captures = 0
        waiting: deque[Event] = deque()
        try:
            for event in events:
                waiting.append(event)
                self._look_ahead(event)
                if len(waiting) > _AHEAD * (os.cpu_count() or 1):
                    captures += await self._take(waiting.popleft())
                    self.report(captures)
            while waiting:
                captures += await self._take(waiting.popleft())
            for file in self.files:  # one that was cut off before its first exchange
                if file.run_id not in self._finished:
                    self._run_of(file.run_id)
            self._leave_current()
        finally:
            for run in self._runs.values():
                run.close()
        return captures

    async def _take(self, event: Event) -> int:
        run = self._run_of(event.run_id)
        if isinstance(event, RunEnd):
            self._end(run, event)
            return 0
        if event.run_id in self._stopped:
            self._stopped.remove(event.run_id)
            run.resume()
        await run.take(event)
        capture = event.capture
        self.bench.ahead.forget(capture.url, capture.fetch_time)
        return 1

    def _run_of(self, run_id: str) -> Retelling:
        """Return the run that goes on now; the one before has published what it holds.

        Before another begins: what that asks for again leaves the ledger of the one before.
        """
        if self._current is None or self._current.file.run_id != run_id:
            self._leave_current()
            self._current = self._runs.get(run_id) or self._begin(run_id)
        return self._current

    def _leave_current(self) -> None:
        run, self._current = self._current, None
        if run is None:
            return
        if end := self.known.pop(run.file.run_id, None):
            self._end(run, end)
        else:
            run.pause()

    def _end(self, run: Retelling, end: RunEnd) -> None:
        run.end(end)
        if end.outcome == "finished":
            del self._runs[end.run_id]
            self._finished.add(end.run_id)
            self._current = None
        else:
            self._stopped.add(end.run_id)

    def _begin(self, run_id: str) -> Retelling:
        file = next(each for each in self.files if each.run_id == run_id)
        run = Retelling(
            bench=self.bench,
            file=file,
            ends=tuple(e for e in (*self.ends, *self.known.values()) if e.run_id == run_id),
            now=file.run_began,
        )
        self._runs[run_id] = run
        return run

    def _look_ahead(self, event: Event) -> None:
        """Have a page read that will probably have to be."""
        if isinstance(event, RunEnd) or not _is_probably_read(event):
            return
        if event.capture.warc_record_id in self.bench.rendered:
            return
        # Its site is known once its run has begun; what is not read ahead is read in its turn.
        if run := self._runs.get(event.run_id):
            run.read_ahead(event)


def _is_probably_read(told: Told) -> bool:
    capture = told.capture
    is_page = told.asked is not None and told.asked.kind == AddressKind.PAGE
    return is_page and capture.record_type == "response" and capture.fetch_status == _OK


def _by_age(file: FileTold) -> tuple[object, str]:
    return file.opened_at, file.filename


def _enter_files(journal: Journal, files: tuple[FileTold, ...]) -> None:
    """Note runs and WARCs: what is whole in a file counts as committed."""
    with journal.transaction():
        for run_id, file in {file.run_id: file for file in reversed(files)}.items():
            journal.runs.begin(Run(id=run_id, plan=file.plan, started_at=file.run_began))
        for file in files:
            journal.runs.open_warc(
                WarcFile(
                    filename=file.filename,
                    run_id=file.run_id,
                    opened_at=file.opened_at,
                    committed_length=file.length,
                    is_sealed=False,
                )
            )
            if file.is_sealed:
                journal.runs.seal_warc(file.filename, now_utc())
