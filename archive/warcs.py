"""The archive's files one after the other: naming, rotation and sealing."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from archive.durable import publish
from archive.errors import CaptureError, write_failure
from archive.exchange import Location
from archive.fault import fault
from archive.index.build import index_after_sealing
from archive.journal.journal import Journal
from archive.journal.runs import Runs, WarcFile
from archive.layout import Layout, serial_of, warc_name
from archive.warc.crawl_log import run_end_record
from archive.warc.records import Provenance, Record, warcinfo_record
from archive.warc.writer import OPEN_SUFFIX, WarcWriter

logger = logging.getLogger(__name__)

ROTATE_BYTES: Final = 1 << 30
ROTATE_AGE: Final = timedelta(hours=24)


class WarcSeries:
    """The WARC that grows, its predecessors sealed.

    Files are named newsreel-<run>-<serial>.warc.gz and carry `.open` behind the name while they
    grow. A run that is resumed goes on with its open file.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        run_id: str,
        provenance: Provenance,
        clock: Callable[[], datetime],
        known: tuple[WarcFile, ...] = (),
        rotate_bytes: int = ROTATE_BYTES,
    ) -> None:
        self._layout = layout
        self._run_id = run_id
        self._provenance = provenance
        self._clock = clock
        self._rotate_bytes = rotate_bytes
        mine = [warc for warc in known if warc.run_id == run_id]
        self._serial = max((serial_of(warc.filename) for warc in mine), default=0)
        self._file = next((warc for warc in mine if not warc.is_sealed), None)
        """The growing file; its committed_length is up to date."""
        self._writer = self._write_to(self._file) if self._file else None

    def append(self, record: Record) -> Location:
        """Append a record; the location names the file as it will be called."""
        if self._writer is None:
            self._file = self._next_file()
            self._writer = self._write_to(self._file)
        return self._writer.append(record)

    def sync(self) -> None:
        """Make everything appended last."""
        if self._grew():
            self._writer_in_use.sync()

    def note_length(self, runs: Runs) -> None:
        """Put into the open transaction how far the growing file reaches."""
        if not self._grew() or self._file is None:
            return
        if self._file.committed_length:
            runs.commit_warc(self._file.filename, self._writer_in_use.length)
        else:
            runs.open_warc(replace(self._file, committed_length=self._writer_in_use.length))

    def committed(self) -> None:
        """Note that the transaction with `note_length` in it was committed."""
        if self._file is not None and self._writer is not None:
            self._file = replace(self._file, committed_length=self._writer.length)

    def rotate_when_due(self, journal: Journal) -> None:
        """Seal the growing file when it is large or old; the next record begins another."""
        if self._file is None:
            return
        is_old = self._clock() - self._file.opened_at >= ROTATE_AGE
        if is_old or self._file.committed_length >= self._rotate_bytes:
            self.seal(journal)

    def seal(self, journal: Journal) -> None:
        """Give the growing file its final name; nothing is ever appended to it again.

        Raises CaptureError when the disk refuses: the file is whole, under one name or the other.
        """
        self._tell_end(journal)
        if self._file is None:
            return
        self.close()
        final = self._layout.warc(self._file.filename)
        try:
            fault("seal.closed")
            publish(final.with_name(final.name + OPEN_SUFFIX), final)
        except OSError as error:
            raise write_failure(error, final) from error
        fault("seal.named")
        with journal.transaction():
            journal.runs.seal_warc(self._file.filename, self._clock())
        fault("seal.known")
        logger.info("warc sealed file=%s bytes=%d", final.name, self._file.committed_length)
        self._file = None
        index_after_sealing(self._layout)

    def _tell_end(self, journal: Journal) -> None:
        """Append how the run ended, once it has; a run that asked for nothing gets a file for it.

        What cannot be told any more is left out: a run without its end counts as interrupted.
        """
        end = journal.runs.end_of(self._run_id)
        if end is None:
            return
        try:
            self.append(run_end_record(end))
            self.sync()
        except CaptureError as error:
            logger.warning("run end not told run=%s why=%s", self._run_id, error)
            return
        with journal.transaction():
            self.note_length(journal.runs)
        self.committed()

    def close(self) -> None:
        """Close the growing file, to be continued when the run is."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    @property
    def _writer_in_use(self) -> WarcWriter:
        assert self._writer is not None
        return self._writer

    def _grew(self) -> bool:
        return (
            self._writer is not None
            and self._file is not None
            and self._writer.length > self._file.committed_length
        )

    def _next_file(self) -> WarcFile:
        self._serial += 1
        return WarcFile(
            filename=warc_name(self._run_id, self._serial),
            run_id=self._run_id,
            opened_at=self._clock(),
            committed_length=0,
            is_sealed=False,
        )

    def _write_to(self, file: WarcFile) -> WarcWriter:
        warcinfo = warcinfo_record(
            file.filename,
            provenance=self._provenance,
            record_id=f"<urn:uuid:{uuid.uuid4()}>",
            date=file.opened_at,
        )
        return WarcWriter(
            self._layout.warc(file.filename + OPEN_SUFFIX),
            warcinfo=warcinfo,
            committed_length=file.committed_length,
        )
