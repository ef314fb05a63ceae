"""The clocks of a crawl: what time it is, how much went by, and how to be woken later."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.instant import now_utc


def _call_later(seconds: float, call: Callable[[], None]) -> Any:
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs it

    running: Any = reactor
    return running.callLater(seconds, call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Handed in, so that a month of crawling can be tried in a minute."""

    clock: Callable[[], datetime] = now_utc
    """UTC."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds; a clock that is set back must not send a burst."""
    call_later: Callable[[float, Callable[[], None]], Any] = _call_later
    """Runs a call in the crawl's thread after so many seconds; returns Twisted's delayed call."""
