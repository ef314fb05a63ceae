"""Reads a whole store back and says whether everything committed is there, and true."""

import sqlite3
from contextlib import nullcontext
from pathlib import Path

from archive.durable import kept_still
from archive.errors import DiskFullError, JournalError, StoreError
from archive.layout import Layout
from archive.verify.answers import match_answers
from archive.verify.indexes import compare_indexes
from archive.verify.ledger import read_ledger
from archive.verify.links import follow_rows
from archive.verify.memory import Memory
from archive.verify.parts import read_parts
from archive.verify.problem import Check, Findings
from archive.verify.references import check_references
from archive.verify.report import DatasetTally, LedgerTally, Report, Step, VerifyReport, WarcTally
from archive.verify.rest import find_half_done
from archive.verify.snapshot import Snapshot, taken
from archive.verify.strays import find_strays
from archive.verify.warcs import read_warcs
from archive.verify.withdrawals import check_withdrawals


def _stay_silent(step: Step) -> None:
    """Report nothing."""
    del step


def verify(
    root: Path,
    *,
    report: Report = _stay_silent,
    workers: int = 1,
    memory: Memory | None = None,
    is_strict: bool = False,
) -> VerifyReport:
    """Compare every byte and row of a store with what its journal says was committed.

    Nothing is written. It may run beside a crawl: what is committed when it begins is checked, what
    comes later is left alone. Each WARC is read once, one record in memory at a time. A strict one
    keeps crawls off, and also finds what they left half done.

    Raises StoreError when there is no journal to compare with, StoreFormatError when a newer
    Newsreel wrote the store, StoreInUseError when a strict one cannot have it to itself.
    """
    layout = Layout(root)
    findings = Findings()
    reading = _Reading(
        layout, findings, report, workers=workers, memory=memory, is_strict=is_strict
    )
    try:
        with kept_still(layout.lock) if is_strict else nullcontext(), taken(layout) as snapshot:
            problems = snapshot.journal.problems()
            for what in problems:
                findings.add(Check.JOURNAL, layout.journal.name, what)
            if not problems:  # a journal that is damaged itself proves nothing about the rest
                reading.read(snapshot)
    except JournalError as error:
        findings.add(Check.JOURNAL, layout.journal.name, error.why)
    except sqlite3.DatabaseError as error:
        raise _refused(error, layout) from error
    if memory is not None:
        memory.forget()
    return reading.told()


class _Reading:
    """The stages, in order, and what each has counted."""

    def __init__(
        self,
        layout: Layout,
        findings: Findings,
        report: Report,
        *,
        workers: int,
        memory: Memory | None,
        is_strict: bool,
    ) -> None:
        self._is_strict = is_strict
        self._workers = workers
        self._memory = memory
        self._layout = layout
        self._findings = findings
        self._report = report
        self._warcs = WarcTally()
        self._dataset = DatasetTally(rows={})
        self._links = 0
        self._ledger = LedgerTally(fates={})

    def read(self, snapshot: Snapshot) -> None:
        """Run every stage; the later ones stand on the notes of those before."""
        findings = self._findings
        self._warcs = read_warcs(
            snapshot, findings, self._report, workers=self._workers, memory=self._memory
        )
        match_answers(snapshot, findings)
        compare_indexes(snapshot, findings)
        self._dataset = read_parts(snapshot, findings, self._report)
        self._links = follow_rows(snapshot, findings)
        self._ledger = read_ledger(snapshot, findings, self._report)
        check_references(snapshot, findings)
        check_withdrawals(snapshot, findings)
        find_strays(snapshot, findings, is_alone=self._is_strict)
        if self._is_strict:
            find_half_done(snapshot, findings)

    def told(self) -> VerifyReport:
        """Return what was found so far."""
        return VerifyReport(
            store=str(self._layout.root),
            warcs=self._warcs,
            dataset=self._dataset,
            links=self._links,
            ledger=self._ledger,
            counts=dict(self._findings.counts),
            problems=self._findings.problems,
            remarks=self._findings.remarks,
            half_done=self._findings.half_done,
            left=self._findings.left.total(),
        )


def _refused(error: sqlite3.DatabaseError, layout: Layout) -> DiskFullError | StoreError:
    """Return what is in the way when nothing is wrong with the journal itself."""
    # Python's own complaints carry no code of SQLite's.
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return DiskFullError(
            "the temporary folder is full: verify notes about 300 bytes a record there; "
            "set TMPDIR to a folder with more room"
        )
    return StoreError(f"{layout.journal} cannot be read: {error}")
