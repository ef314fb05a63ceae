"""How long a server is left alone between two requests, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

DEFAULT_DELAY_S: Final = 2.0
"""What a stranger's website gets unless the operator says otherwise."""
ATTEMPTS: Final = 3
"""Requests for one address in one run, the first included."""
SHORTEST_BACKOFF_S: Final = 2.0
"""Before an address is asked for once more, however little the operator waits between requests."""
_BACKOFF_FACTOR: Final = 5
_THROTTLED_S: Final = 30.0
LONGEST_RETRY_AFTER_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a request was held back after the one before, and which rule asked for it."""

    ms: int = 0
    reason: str | None = None
    """delay, crawl_delay, retry_after or backoff; None when nothing held it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that asks for patience."""

    attempts: int
    """Requests for the address in this run, this one included."""
    is_throttled: bool
    """Whether the server asks for fewer requests, rather than being in trouble."""
    retry_after_s: float | None = None
    """What its Retry-After says; None when it says nothing."""


@dataclass(slots=True)
class _Server:
    """What is remembered of one server."""

    ready_at: float = 0.0
    reason: str | None = None
    freed_at: float | None = None
    crawl_delay_s: float = 0.0
    is_busy: bool = False


@dataclass(slots=True)
class Politeness:
    """One request at a time a server, and a pause after each.

    The pause is counted from the end of the answer, so that a slow server is left alone longer.
    Times are monotonic seconds: a clock that is set back must not send a burst.
    """

    delay_s: float
    monotonic: Callable[[], float]
    shortest_backoff_s: float = SHORTEST_BACKOFF_S
    _servers: dict[str, _Server] = field(default_factory=dict)

    def ready_in(self, server: str) -> float | None:
        """Return in how many seconds a server may be asked; None while it answers a request."""
        known = self._servers.get(server)
        if known is None:
            return 0.0
        return None if known.is_busy else max(0.0, known.ready_at - self.monotonic())

    def begin(self, server: str) -> Wait:
        """Note that a request goes out; return how long it was held back."""
        known = self._servers.setdefault(server, _Server())
        known.is_busy = True
        if known.freed_at is None or known.reason is None:
            return Wait()
        # Not the time since then: there may have been nothing to ask for.
        held_s = max(0.0, min(self.monotonic(), known.ready_at) - known.freed_at)
        return Wait(ms=round(held_s * 1000), reason=known.reason)

    def end(self, server: str) -> None:
        """Note that the answer is here; the next request has to wait from now on."""
        known = self._servers[server]
        now = self.monotonic()
        delay_s = max(self.delay_s, known.crawl_delay_s)
        known.is_busy, known.freed_at = False, now
        if now + delay_s >= known.ready_at:
            known.ready_at = now + delay_s
            known.reason = "crawl_delay" if known.crawl_delay_s > self.delay_s else "delay"
        if delay_s == 0 and known.ready_at <= now:
            known.reason = None

    def obey_crawl_delay(self, server: str, seconds: float | None) -> None:
        """Take a site's own Crawl-delay, when it is longer than ours; of several the longest.

        It counts from the last answer on, that of robots.txt itself.
        """
        known = self._servers.setdefault(server, _Server())
        known.crawl_delay_s = max(known.crawl_delay_s, seconds or 0.0)
        if known.freed_at is not None and known.crawl_delay_s > self.delay_s:
            until = known.freed_at + known.crawl_delay_s
            if until > known.ready_at:
                known.ready_at, known.reason = until, "crawl_delay"

    def hold(self, server: str, seconds: float, reason: str) -> None:
        """Leave a server alone for longer, as it asked or as its trouble suggests."""
        known = self._servers.setdefault(server, _Server())
        until = self.monotonic() + seconds
        if until > known.ready_at:
            known.ready_at, known.reason = until, reason

    def backoff_s(self, attempts: int, *, is_throttled: bool) -> float:
        """Return how long to wait before asking again after so many attempts that failed."""
        first_s = max(self.delay_s * _BACKOFF_FACTOR, self.shortest_backoff_s)
        pause = first_s * float(1 << (attempts - 1))
        return max(pause, _THROTTLED_S) if is_throttled else pause

    def put_off(self, server: str, refusal: "Refusal") -> float:
        """Return how long an address is put off that was refused; its server may be held as long.

        A server that names a time, or asks for fewer requests, is left alone altogether.
        """
        pause_s = self.backoff_s(refusal.attempts, is_throttled=refusal.is_throttled)
        # "Retry-After: 0" must not cancel our own back-off.
        if refusal.retry_after_s:
            pause_s = max(pause_s, refusal.retry_after_s)
            self.hold(server, pause_s, "retry_after")
        elif refusal.is_throttled:
            self.hold(server, pause_s, "backoff")
        return pause_s


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds a Retry-After field asks for (RFC 9110 section 10.2.3).

    None when there is none or it says nothing that can be understood; never negative, and a day
    at most: a longer wait is the next run's business.

    >>> retry_after_s("120", datetime(2026, 11, 22, tzinfo=UTC))
    120.0
    >>> retry_after_s("Sun, 22 Nov 2026 00:01:00 GMT", datetime(2026, 11, 22, tzinfo=UTC))
    60.0
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # asctime's form has no zone, and every HTTP date is UTC (5.6.7)
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - now) / timedelta(seconds=1)
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)
