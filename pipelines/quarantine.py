"""Quarantine: what could not become a row, with the reason and the record it came from.

The page itself is in the archive; the quarantine file only says where, so that a person can look
and a later extractor can try again.
"""

import json
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from archive.capture import Capture
from archive.coverage import Fate
from archive.durable import write_whole
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.recorder import Recorder
from pipelines.submission import Submission


class Quarantine:
    """Puts pages aside; the address is settled as unreadable."""

    def __init__(
        self, layout: Layout, recorder: Recorder, *, clock: Callable[[], datetime]
    ) -> None:
        self._layout = layout
        self._recorder = recorder
        self._clock = clock
        self.count = 0
        """How many pages this run has put aside."""

    def keep(self, submission: Submission, reason: str) -> None:
        """Put an article aside that validation refused."""
        self.keep_page(
            submission.article.url, submission.capture, submission.address_id, reason=reason
        )

    def keep_page(
        self, url: str, capture: "Future[Capture]", address_id: int, *, reason: str
    ) -> None:
        """Put a page aside, once its record is committed."""
        self.count += 1
        capture.add_done_callback(
            lambda done: (
                self._write(url, done.result(), address_id, reason)
                if not done.exception()
                else None
            )
        )

    def _write(self, url: str, capture: Capture, address_id: int, reason: str) -> None:
        record_id = str(capture.warc_record_id)
        entry = {
            "url": url,
            "reason": reason,
            "warc_filename": capture.warc_filename,
            "warc_record_offset": capture.warc_record_offset,
            "warc_record_length": capture.warc_record_length,
            "warc_record_id": record_id,
            "run_id": capture.run_id,
            "quarantined_at": self._clock().isoformat(),
        }
        text = json.dumps(entry, indent=1, ensure_ascii=False) + "\n"
        write_whole(self._layout.quarantined(record_id), text.encode())

        def settle(journal: Journal) -> None:
            journal.captures.mark_read(record_id)
            journal.addresses.settle(address_id, Fate.UNREADABLE, reason)

        self._recorder.write(settle)
