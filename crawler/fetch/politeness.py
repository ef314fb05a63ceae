"""How long a server is left alone between two requests, and why.

A server is a site, which is its registrable domain, or another host that holds what a page needs;
beside that each is known by the address it answered from, and what shares an address is asked one
at a time. Two clocks run: the pause between requests, and the back-off from a server that refuses.
"""

from collections.abc import Callable, Iterator
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
_LONGEST_BACKOFF_S: Final = 6 * 3600.0
LONGEST_RETRY_AFTER_S: Final = 24 * 3600.0
LONGEST_CRAWL_DELAY_S: Final = 24 * 3600.0
"""A robots.txt may ask for a million years, which no date can hold: one request a day is next to
none."""
LONGEST_HOLD_S: Final = 24 * 3600.0
"""The longest of all that a server is left alone for."""
_JITTER: Final = 0.25
"""A back-off is up to so much longer: servers that failed together are not asked together."""
_LATENCY_FACTOR: Final = 2.0
"""A server that takes a second to answer gets two to recover; a tired one slows us down."""
_LONGEST_LATENCY_PAUSE_S: Final = 30.0
_NEWEST_LATENCY: Final = 0.25
"""What the newest answer weighs in a server's latency."""
CIRCUIT_AT: Final = 5
"""Refusals in a row, without one answer that lets us in, that open a server's circuit."""
_CIRCUIT_S: Final = 3600.0
"""How long it is then left alone; twice as long after each try that is refused again."""
CIRCUIT: Final = "circuit"
_PUT_OFF: Final = frozenset({"retry_after", "backoff", CIRCUIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a request was held back after the one before, and which rule asked for it."""

    ms: int = 0
    reason: str | None = None
    """delay, crawl_delay, latency, address, retry_after, backoff, circuit, hours or budget; None:
    nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that asks for patience, or none at all."""

    attempts: int
    """Requests for the address in this run, this one included."""
    is_throttled: bool
    """Whether the server asks for fewer requests, rather than being in trouble."""
    retry_after_s: float | None = None
    """What its Retry-After says; None when it says nothing."""
    is_unreachable: bool = False
    """Whether there was no connection to be had: its other pages would fare no better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A server that is left alone, as one run tells it the next."""

    server: str
    seconds: float
    reason: str
    incidents: int


@dataclass(slots=True)
class _Server:
    """What is remembered of one server."""

    ready_at: float = 0.0
    reason: str | None = None
    freed_at: float | None = None
    begun_at: float = 0.0
    crawl_delay_s: float = 0.0
    latency_s: float = 0.0
    busy: int = 0
    incidents: int = 0
    """Refusals in a row, those of one burst counted once."""
    incident_at: float | None = None
    address: str | None = None
    """The address it answered from last; None: not known, or behind a proxy."""


@dataclass(slots=True)
class Politeness:
    """One request at a time a server, and a pause after each.

    The pause is counted from the end of the answer, so that a slow server is left alone longer.
    Times are monotonic seconds: a clock that is set back must not send a burst.
    """

    delay_s: float
    monotonic: Callable[[], float]
    shortest_backoff_s: float = SHORTEST_BACKOFF_S
    dice: Callable[[], float] = lambda: 0.0
    """Gives numbers from 0 to 1, for the jitter of back-offs."""
    _servers: dict[str, _Server] = field(default_factory=dict)
    _addresses: dict[str, _Server] = field(default_factory=dict)

    def ready_in(self, server: str) -> float | None:
        """Return in how many seconds a server may be asked; None while it answers a request."""
        waits = [self._ready_in(known) for known in self._known_as(server)]
        return None if None in waits else max((wait or 0.0 for wait in waits), default=0.0)

    @property
    def is_asking(self) -> bool:
        """Whether an answer is being waited for."""
        return any(known.busy for known in self._servers.values())

    def begin(self, server: str) -> Wait:
        """Note that a request goes out; return how long it was held back."""
        self._servers.setdefault(server, _Server())
        begun = [(known.ready_at, self._begin(known)) for known in self._known_as(server)]
        return max(begun, key=lambda each: each[0])[1]  # what was waited for is what ended last

    def end(self, server: str, *, address: str | None = None) -> None:
        """Note that the answer is here; the next request has to wait from now on.

        With the address it came from, whatever else answers from there waits, too.
        """
        known, now = self._servers[server], self.monotonic()
        shared = self._addresses.get(known.address or "")
        latency_s = max(0.0, now - known.begun_at)
        newest = _NEWEST_LATENCY if known.latency_s else 1.0
        known.latency_s += newest * (latency_s - known.latency_s)
        self._free(known, *self._pace(known))
        if shared is not None:
            self._free(shared, self.delay_s, "address")
        if address is not None and address != known.address:
            known.address = address
            newcomer = self._addresses.setdefault(address, _Server())
            newcomer.busy += 1
            self._free(newcomer, self.delay_s, "address")

    def obey_crawl_delay(self, server: str, seconds: float | None) -> None:
        """Take a site's own Crawl-delay, when it is longer than ours; of several the longest.

        It counts from the last answer on, that of robots.txt itself, and is a day at most.
        """
        known = self._servers.setdefault(server, _Server())
        asked_s = min(seconds or 0.0, LONGEST_CRAWL_DELAY_S)
        known.crawl_delay_s = max(known.crawl_delay_s, asked_s)
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
        pause = first_s * float(1 << min(attempts - 1, 20))
        return min(max(pause, _THROTTLED_S) if is_throttled else pause, _LONGEST_BACKOFF_S)

    def pause_s(self, refusal: Refusal) -> float:
        """Return how long an address is put off that was refused."""
        pause_s = self.backoff_s(refusal.attempts, is_throttled=refusal.is_throttled)
        # "Retry-After: 0" must not cancel our own back-off.
        return max(pause_s, refusal.retry_after_s or 0.0)

    def put_off(self, server: str, refusal: Refusal) -> float:
        """Return how long an address is put off that was refused; its server may be held as long.

        A server that names a time, asks for fewer requests or cannot be reached is left alone
        altogether, the longer the oftener it happens in a row. What was asked before the first of
        several refusals is part of the same incident.
        """
        pause_s = self.pause_s(refusal)
        if refusal.retry_after_s:
            self.hold(server, pause_s, "retry_after")
        if refusal.is_throttled or refusal.is_unreachable:
            if self.count_against(server) or refusal.retry_after_s is None:
                incidents = max(self._servers[server].incidents, refusal.attempts)
                backoff_s = self.backoff_s(incidents, is_throttled=refusal.is_throttled)
                self.hold(server, backoff_s * (1 + _JITTER * self.dice()), "backoff")
        elif refusal.attempts == 1:
            self.count_against(server)
        return pause_s

    def count_against(self, server: str) -> bool:
        """Count an answer that does not let us in; return whether it is a new incident.

        After some in a row the server's circuit opens: it is left alone for an hour or more, and
        then tried once.
        """
        known, now = self._servers.setdefault(server, _Server()), self.monotonic()
        if known.incident_at is not None and known.begun_at < known.incident_at:
            return False
        known.incidents, known.incident_at = known.incidents + 1, now
        if known.incidents >= CIRCUIT_AT:
            times = float(1 << min(known.incidents - CIRCUIT_AT, 20))
            self.hold(server, min(_CIRCUIT_S * times, _LONGEST_BACKOFF_S), CIRCUIT)
        return True

    def welcome(self, server: str) -> None:
        """Note an answer that lets us in: whatever went wrong is over."""
        self._servers.setdefault(server, _Server()).incidents = 0

    def holds(self) -> Iterator[Hold]:
        """Yield the servers that are to be left alone from now on, or were in trouble."""
        now = self.monotonic()
        for server, known in self._servers.items():
            seconds = max(0.0, known.ready_at - now)
            if (seconds and known.reason) or known.incidents:
                yield Hold(
                    server=server,
                    seconds=seconds,
                    reason=known.reason or "delay",
                    incidents=known.incidents,
                )

    def take_up(self, hold: Hold) -> None:
        """Go on leaving a server alone that an earlier run held."""
        self.hold(hold.server, hold.seconds, hold.reason)
        self._servers[hold.server].incidents = hold.incidents

    def has_open_circuit(self, server: str) -> bool:
        """Whether a server is left alone because it refused too often."""
        known = self._servers.get(server)
        if known is None or known.reason != CIRCUIT:
            return False
        return known.ready_at > self.monotonic()

    def is_put_off(self, server: str) -> bool:
        """Whether a server asked to be left alone, or is left alone because it is in trouble."""
        known = self._servers.get(server)
        if known is None or known.reason not in _PUT_OFF:
            return False
        return known.ready_at > self.monotonic()

    def _known_as(self, server: str) -> Iterator[_Server]:
        known = self._servers.get(server)
        if known is not None:
            yield known
            if known.address is not None:
                yield self._addresses[known.address]

    def _ready_in(self, known: _Server) -> float | None:
        return None if known.busy else max(0.0, known.ready_at - self.monotonic())

    def _begin(self, known: _Server) -> Wait:
        now = self.monotonic()
        known.busy, known.begun_at = known.busy + 1, now
        if known.freed_at is None or known.reason is None:
            return Wait()
        # Not the time since then: there may have been nothing to ask for.
        held_s = max(0.0, min(now, known.ready_at) - known.freed_at)
        return Wait(ms=round(held_s * 1000), reason=known.reason)

    def _pace(self, known: _Server) -> tuple[float, str]:
        """Return the pause after an answer, and the rule that asks for it."""
        latency_s = min(known.latency_s * _LATENCY_FACTOR, _LONGEST_LATENCY_PAUSE_S)
        rules = [(self.delay_s, "delay"), (known.crawl_delay_s, "crawl_delay")]
        if self.delay_s:  # who waits for nothing knows the server
            rules.append((latency_s, "latency"))
        return max(rules, key=lambda rule: rule[0])

    def _free(self, known: _Server, pause_s: float, reason: str) -> None:
        now = self.monotonic()
        known.busy, known.freed_at = max(0, known.busy - 1), now
        if now + pause_s >= known.ready_at:
            known.ready_at, known.reason = now + pause_s, reason
        if pause_s == 0 and known.ready_at <= now:
            known.reason = None


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
    except (ValueError, OverflowError):  # the latter for a year of twenty digits
        return None
    if moment.tzinfo is None:  # asctime's form has no zone, and every HTTP date is UTC (5.6.7)
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - now) / timedelta(seconds=1)
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)
