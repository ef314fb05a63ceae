"""Stage 300, WARC: the article learns where its bytes are."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

from archive.capture import Capture
from archive.journal.captures import Payload
from pipelines.submission import Submission


class WarcStage:
    """Waits until the page's record is committed and writes its place into the article."""

    def __init__(self, payload: Callable[[str], Payload | None]) -> None:
        self._payload = payload

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Look payloads up in the run's journal."""
        return cls(crawler.spider.run.reader.captures.payload)

    async def process_item(self, item: Submission) -> Submission:
        """Return the submission with its provenance."""
        capture = await asyncio.wrap_future(item.capture)
        payload = self._payload(str(capture.warc_record_id))
        assert payload is not None, f"{capture.warc_record_id} is committed and has a payload"
        return replace(item, article=replace(item.article, **provenance(capture, payload)))


def provenance(capture: Capture, payload: Payload) -> dict[str, Any]:
    """Return the columns that say where an article's bytes are.

    They name the response that holds the payload: for a revisit that is another record than the
    capture's own, with an equal digest.
    """
    return {
        "fetch_time": capture.fetch_time,
        "fetch_status": capture.fetch_status,
        "warc_filename": payload.location.warc_filename,
        "warc_record_offset": payload.location.offset,
        "warc_record_length": payload.location.length,
        "warc_record_id": payload.record_id,
        "content_digest": payload.digest,
        "run_id": capture.run_id,
    }
