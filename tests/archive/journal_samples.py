"""Captures as the journal keeps them, for tests that need no archive behind them."""

from typing import Any

from archive.capture import Capture
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from tests.archive.store_samples import FIRST_WARC, NOON, RUN


def capture(number: int = 1, **changes: Any) -> Capture:
    """Return the capture of a page, as it is once its record is written."""
    told: dict[str, Any] = {
        "url_surtkey": f"example,x)/{number}",
        "url": f"https://x.example/{number}",
        "url_host_registered_domain": "x.example",
        "fetch_time": NOON,
        "fetch_status": 200,
        "elapsed_ms": 410,
        "waited_ms": 2000,
        "wait_reason": "delay",
        "content_digest": f"sha1:{number}",
        "content_mime_type": "text/html",
        "content_charset": "utf-8",
        "content_length": 21_090,
        "record_type": "response",
        "warc_filename": FIRST_WARC,
        "warc_record_offset": 1000 * number,
        "warc_record_length": 900,
        "warc_record_id": f"<urn:uuid:00000000-{number:04}-4000-8000-000000000001>",
        "run_id": RUN,
    }
    return Capture(**(told | changes))


def captured(journal: Journal, address: Address, *, status: int = 200, number: int = 1) -> int:
    """Note that an address was asked, and return the capture's id."""
    capture_id = journal.captures.add(
        capture(number, url=address.url, fetch_status=status, address_kind=address.kind),
        address_id=address.id,
        payload_id=None,
        site=address.site,
    )
    journal.addresses.mark_fetched(address.id, capture_id)
    return capture_id
