"""What a download can end with instead of an answer."""

import asyncio
from typing import Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from crawler.fetch.guard import AddressRefusedError


class StoppedError(DownloadFailedError):
    """An answer was not waited for, because the crawl is being stopped."""


FAILURES: Final[tuple[tuple[type[BaseException], str, str], ...]] = (
    (AddressRefusedError, "refused_address", "unspecified"),
    (StoppedError, "stopped", "unspecified"),
    (asyncio.CancelledError, "stopped", "unspecified"),
    (DownloadTimeoutError, "timeout", "time"),
    (ResponseDataLossError, "cut_off", "disconnect"),
    (DownloadCancelledError, "too_large", "length"),
    (CannotResolveHostError, "dns", "unspecified"),
    (DownloadConnectionRefusedError, "refused", "unspecified"),
    (DownloadFailedError, "broken", "disconnect"),
)
"""The first that an error is one of names it: the ledger's word, then the WARC-Truncated reason
(WARC 1.1 section 5.15). These are all that Scrapy's handler raises, and our own."""
UNREACHABLE: Final = frozenset({"timeout", "dns", "refused", "broken"})
"""Without a byte of an answer, these say something of the server and not of the page."""
ERRORS: Final = tuple(kind for kind, _, _ in FAILURES)
"""What a download can end with instead of an answer; it is archived all the same."""
