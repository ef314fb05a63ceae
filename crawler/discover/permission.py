"""What robots.txt allows, origin by origin (RFC 9309)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from archive.address import origin_of
from archive.journal.journal import Journal
from crawler.discover.robots import RobotsRules, read_robots

KEPT_FOR: Final = timedelta(hours=24)
"""RFC 9309 section 2.4: not longer than a day."""
_MOST_KNOWN: Final = 1000
"""Origins whose rules are held in memory: a site may answer to any number of host names."""


class Permissions:
    """The robots answers that may still be used.

    An origin that could not be reached is asked again in every run: its answer, which forbids
    everything, is believed only within the run that got it.
    """

    def __init__(
        self,
        reader: Journal,
        *,
        agent: str,
        run_began: datetime,
        clock: Callable[[], datetime],
    ) -> None:
        self._reader = reader
        self._agent = agent
        self._run_began = run_began
        self._clock = clock
        self._known: dict[str, tuple[datetime, RobotsRules]] = {}

    def rules_for(self, url: str) -> RobotsRules | None:
        """Return the rules of an address's origin; None when robots.txt has to be asked for."""
        origin, now = origin_of(url), self._clock()
        if origin in self._known:
            until, rules = self._known[origin]
            if now < until:
                return rules
        answer = self._reader.runs.robots(origin, now=now, keep_for=KEPT_FOR)
        if answer is None:
            return None
        rules = read_robots(answer.status, answer.body, base=f"{origin}/robots.txt")
        if rules.is_unreachable and answer.fetched_at < self._run_began:
            return None
        self._know(origin, rules, until=answer.fetched_at + KEPT_FOR)
        return rules

    def give_up(self, origin: str) -> None:
        """Take an origin for unreachable in this run, unless it has answered after all."""
        if self.rules_for(f"{origin}/") is None:
            rules = RobotsRules(is_unreachable=True)
            self._know(origin, rules, until=self._clock() + KEPT_FOR)

    def _know(self, origin: str, rules: RobotsRules, *, until: datetime) -> None:
        self._known.pop(origin, None)
        self._known[origin] = (until, rules)
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def verdict(self, rules: RobotsRules, url: str) -> str | None:
        """Return why an address may not be asked for; None when it may."""
        if rules.is_unreachable:
            return "robots_unreachable"
        return None if rules.is_allowed(url, self._agent) else "robots"

    def crawl_delay_s(self, rules: RobotsRules) -> float | None:
        """Return the pause the origin asks for; None when it asks for none."""
        return rules.crawl_delay_s(self._agent)
