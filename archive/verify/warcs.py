"""Reads every WARC once, to exactly its committed length, and each record against the journal."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from archive.counted import counted
from archive.journal.runs import WarcFile
from archive.layout import Layout
from archive.store import find_warc
from archive.verify.digested import Digested
from archive.verify.members import Damaged
from archive.verify.memory import Memory
from archive.verify.problem import Area, Check, Findings
from archive.verify.reading import Found, Readers, spans_of
from archive.verify.records import (
    CAPTURED,
    RECORD_CHECKS,
    WITH_PAYLOAD,
    Read,
    visit_differs,
)
from archive.verify.report import Report, Step, WarcTally
from archive.verify.snapshot import Snapshot
from archive.warc.blank import is_blank
from archive.warc.crawl_log import run_end_of, visit_of
from archive.warc.records import Record, written_uri
from archive.warc.writer import OPEN_SUFFIX

_STEP_RECORDS: Final = 500
_BEGINS: Final = "SELECT warc_offset FROM capture WHERE warc_filename = ? ORDER BY warc_offset"


def read_warcs(
    snapshot: Snapshot,
    findings: Findings,
    report: Report,
    *,
    workers: int = 1,
    memory: Memory | None = None,
) -> WarcTally:
    """Read all that is committed; note every record for the checks that follow.

    With a memory, what an interrupted verification had read is not read again.
    """
    warcs = snapshot.journal.runs.warcs()
    total = sum(warc.committed_length for warc in warcs)
    readers = Readers(workers=workers, total_bytes=total)
    done = records = 0
    try:
        for warc in warcs:
            reader = _Reader(snapshot, findings, warc, readers, memory)
            for end in reader.read():
                records += 1
                if records % _STEP_RECORDS == 0:
                    report(Step(area=Area.WARC, done=done + end, total=total))
            done += warc.committed_length
            report(Step(area=Area.WARC, done=done, total=total))
    finally:
        readers.close()
    return WarcTally(files=len(warcs), records=records, size_bytes=total)


class _Reader:
    """Reads one file."""

    def __init__(
        self,
        snapshot: Snapshot,
        findings: Findings,
        warc: WarcFile,
        readers: Readers,
        memory: Memory | None,
    ) -> None:
        self._snapshot = snapshot
        self._readers = readers
        self._memory = memory
        self._findings = findings
        self._warc = warc
        self._path = snapshot.path_below(warc.filename)

    def read(self) -> Iterator[int]:
        """Check every record; yield where each ends."""
        readable = 0
        try:
            with _opened(self._snapshot.layout, self._warc.filename) as (file, path):
                self._path = path.relative_to(self._snapshot.layout.root).as_posix()
                readable = self._check_file(os.fstat(file.fileno()).st_size)
                yield from self._read_records(path, readable)
        except FileNotFoundError:
            captures = self._captures_behind(0)
            self._add(
                Check.WARC_FILE,
                f"it is not there, with the records of {counted(captures, 'capture')}",
            )
        except OSError as error:
            self._add(Check.WARC_FILE, f"it cannot be read: {error.strerror or error}")
            readable = 0
        self._snapshot.note("INSERT INTO reach VALUES (?, ?)", self._warc.filename, readable)

    def _check_file(self, size: int) -> int:
        """Compare name and length with the journal's; return how much there is to read."""
        committed = self._warc.committed_length
        if self._warc.is_sealed and self._path.endswith(OPEN_SUFFIX):
            self._add(Check.WARC_FILE, f"the journal says it is sealed, it ends in {OPEN_SUFFIX}")
        if size < committed:
            self._add(
                Check.WARC_LENGTH,
                f"it has {counted(size, 'byte')}, not the {committed:,} committed; the records of "
                f"{counted(self._captures_behind(size), 'capture')} lie behind its end",
                size,
            )
            self._note_fault(size)
        if size > committed and self._warc.is_sealed:
            self._add(
                Check.WARC_LENGTH,
                f"{counted(size - committed, 'byte')} behind its committed length, {committed:,}",
                committed,
            )
        return min(size, committed)

    def _read_records(self, path: Path, readable: int) -> Iterator[int]:
        for found in self._found(path, readable):
            if isinstance(found, Damaged):
                self._add(Check.FRAMING, found.why, found.offset)
                self._note_fault(found.offset)
                continue
            self._check_record(found)
            yield found.offset + found.length

    def _found(self, path: Path, readable: int) -> Iterator[Found]:
        """Yield what lies in the file, read now or remembered."""
        memory = self._memory if self._warc.is_sealed else None
        if memory is None or readable < memory.worth_bytes:
            yield from self._read_now(path, readable)
        elif (remembered := memory.recall(path)) is not None:
            yield from remembered
        else:
            with memory.keeping(path) as keep:
                for found in self._read_now(path, readable):
                    keep(found)
                    yield found

    def _read_now(self, path: Path, readable: int) -> Iterator[Found]:
        begins = [row[0] for row in self._snapshot.ask(_BEGINS, self._warc.filename)]
        for batch in self._readers.read(spans_of(path, readable, begins)):
            yield from batch

    def _check_record(self, found: Digested) -> None:
        record, location = found.record, found.at(self._warc.filename)
        known = self._snapshot.known(record.record_id) if record.type in CAPTURED else None
        read = Read(location=location, found=found, known=known)
        for check in RECORD_CHECKS:
            for name, what in check(read):
                self._add_unless_known(name, what, read)
        if belonging := _BELONGING.get(read.kind):
            belonging(self, read)
        self._note_record(read)

    def _add_unless_known(self, check: Check, what: str, read: Read) -> None:
        """Add a problem, or remark on a record that refers to what a repair noted as lost."""
        offset = read.location.offset
        told = _WITHOUT_TARGET.get(check)
        if told is None or not self._snapshot.is_lost(read.record.field("WARC-Refers-To")):
            self._add(check, what, offset)
            return
        self._findings.remark(
            check,
            self._path,
            f"{read.record.target_uri} {told}: what it refers to is lost",
            hint="nothing to do: the next crawl fetches the page anew",
            offset=offset,
        )

    def check_request(self, read: Read) -> None:
        """Compare a request with the capture it led to, or find one that had no answer."""
        answer_id, offset = read.record.field("WARC-Concurrent-To"), read.location.offset
        if answer_id is None:
            if not self._claim_unanswered(read.record):
                self._add(Check.UNKNOWN_RECORD, "no capture without an answer is of it", offset)
            return
        known = self._snapshot.known(answer_id)
        if known is None:
            what = f"the journal has no capture of {answer_id}, which this request led to"
            self._add(Check.UNKNOWN_RECORD, what, offset)
        elif (read.record.target_uri, read.record.date) != (
            written_uri(known.url),
            known.fetched_at,
        ):
            self._add(Check.REQUEST, f"its address or time is not that of {answer_id}", offset)

    def _claim_unanswered(self, record: Record) -> bool:
        """Take a capture without an answer as this request's; each stands for one request."""
        if record.date is None:
            return False
        for row in self._snapshot.unanswered(record.date):
            if written_uri(row.url) == record.target_uri:
                return self._snapshot.note("DELETE FROM unanswered WHERE id = ?", row.capture_id)
        return False

    def check_metadata(self, read: Read) -> None:
        """Find what is told of no capture of the journal, of another time, or of no run."""
        if (end := run_end_of(read.record)) is not None:
            if not self._snapshot.has_run(end.run_id):
                what = f"the journal has no run {end.run_id}, whose end this tells"
                self._add(Check.UNKNOWN_RECORD, what, read.location.offset)
            return
        if is_blank(read.record):
            return
        whose = read.record.field("WARC-Concurrent-To") or read.record.record_id
        known = self._snapshot.known(whose)
        if known is None and not self._snapshot.has_request(whose):
            what = f"the journal has no capture of {whose}, which this record belongs to"
            self._add(Check.UNKNOWN_RECORD, what, read.location.offset)
        elif known is not None and (visit := visit_of(read.record)) is not None:
            for what in visit_differs(visit, known):
                self._add(Check.CAPTURE, what, read.location.offset)

    def remark_coding(self, read: Read) -> None:
        """Remark on a whole body that is as received, and not in the coding its server named."""
        known = read.known
        if known is None or known.payload_digest != read.entity_digest:
            return
        if known.failure is None and known.truncated is None and (why := read.found.undecodable):
            self._findings.remark(
                Check.CODING,
                self._path,
                f"{known.url} was sent like this: {why}",
                hint="nothing to do: it is kept as it came",
                offset=read.location.offset,
            )

    def _note_record(self, read: Read) -> None:
        record, location = read.record, read.location
        is_new = self._snapshot.note(
            "INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            record.record_id,
            read.kind,
            location.warc_filename,
            location.offset,
            location.length,
            read.entity_digest if read.kind in WITH_PAYLOAD else None,
            record.field("WARC-Concurrent-To"),
            None if self._snapshot.is_withdrawn(record.target_uri) else read.found.mark,
        )
        if not is_new:
            self._add(
                Check.RECORD_ID,
                f"{record.record_id} is also the id of {self._snapshot.place(record.record_id)}",
                location.offset,
            )

    def _note_fault(self, offset: int) -> None:
        self._snapshot.note("INSERT INTO fault VALUES (?, ?)", self._warc.filename, offset)

    def _captures_behind(self, size: int) -> int:
        (row,) = self._snapshot.ask(
            "SELECT count(*) FROM capture "
            "WHERE warc_filename = ? AND warc_offset + warc_length > ?",
            self._warc.filename,
            size,
        )
        count: int = row[0]
        return count

    def _add(self, check: Check, what: str, offset: int | None = None) -> None:
        self._findings.add(check, self._path, what, offset=offset)


# What a record has come to whose target is lost.
_WITHOUT_TARGET: Final[Mapping[Check, str]] = MappingProxyType(
    {
        Check.REVISIT: "cannot be replayed",
        Check.CONVERSION: "can be read and not be replayed",
    }
)
# How a record hangs together with the journal; a warcinfo stands alone.
_BELONGING: Final[Mapping[str, Callable[[_Reader, Read], None]]] = MappingProxyType(
    {
        "request": _Reader.check_request,
        "metadata": _Reader.check_metadata,
        "response": _Reader.remark_coding,
    }
)


@contextmanager
def _opened(layout: Layout, filename: str) -> Iterator[tuple[BinaryIO, Path]]:
    """Open a WARC under the name it has now; a crawl may seal it between a look and the next."""
    path = find_warc(layout, filename)
    try:
        file = path.open("rb", buffering=0)
    except FileNotFoundError:
        path = layout.warc(filename)
        file = path.open("rb", buffering=0)
    with file:
        yield file, path
