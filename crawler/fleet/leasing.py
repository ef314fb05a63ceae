"""Keeping a site while its turn goes on: the lease is renewed in time, or the turn is told."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from archive.errors import LeaseLostError, LedgerError
from crawler.fleet.ledger import Claim, Ledger

logger = logging.getLogger(__name__)

_RENEWALS: Final = 3
"""In the time of a lease: one may be missed, and another is tried."""


@dataclass(slots=True)
class Lease:
    """A lease that is being renewed."""

    seconds: float
    lost: threading.Event = field(default_factory=threading.Event)
    """Set once it is lost, or could not be renewed in time."""
    tell: Callable[[], None] | None = None
    """Called each time it was renewed; None: nobody waits for that."""


@contextmanager
def kept(ledger: Ledger, claim: Claim, span: timedelta) -> Iterator[Lease]:
    """Renew the lease of a claim in the block."""
    lease, done = Lease(span.total_seconds()), threading.Event()
    keeping = threading.Thread(target=_renew, args=(ledger, claim, lease, done), daemon=True)
    keeping.start()
    try:
        yield lease
    finally:
        done.set()
        keeping.join()


def _renew(ledger: Ledger, claim: Claim, lease: Lease, done: threading.Event) -> None:
    good_until = time.monotonic() + lease.seconds
    while not done.wait(lease.seconds / _RENEWALS):
        asked_at = time.monotonic()
        try:
            ledger.renew(claim, lease=timedelta(seconds=lease.seconds))
            good_until = asked_at + lease.seconds
            if lease.tell is not None:
                lease.tell()
        except LeaseLostError:
            good_until = asked_at
        except LedgerError as error:
            logger.warning("lease not renewed site=%s why=%s", claim.site, error)
        if time.monotonic() >= good_until:
            lease.lost.set()
            return
