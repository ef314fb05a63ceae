"""Whose turn it is: sites that are under way go on, and others begin where there is room.

Asked in a circle, a crawl of some hundred sites would have all their robots.txt, front pages and
sitemaps before their first story, and nothing to read in the meantime. As it is, stories are read
from the first seconds on, and a site's rows are written while others have not begun.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from typing_extensions import override

from crawler.discover.site_queue import SiteQueue

IN_A_ROW: Final = 8
"""Requests before the next site that is ready comes before one."""
CROWD: Final = 64
"""Sites with something in flight or not committed yet, at which others are better begun later: no
more can be asked at once (CONCURRENT_REQUESTS)."""
LONGEST_WAIT: Final = timedelta(seconds=10)
"""Then a site begins, however many are under way: a crawl that may take so long and no longer
would never come to the last of its sites."""


class Turns(Mapping[str, SiteQueue]):
    """The queues of all sites by name, those first whose turn it is."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._queues: dict[str, SiteQueue] = {}
        self._latest: dict[str, datetime] = {}
        """When sites begin that have not, by name."""
        self._in_a_row: dict[str, int] = {}

    @override
    def __getitem__(self, site: str) -> SiteQueue:
        return self._queues[site]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._queues)

    @override
    def __len__(self) -> int:
        return len(self._queues)

    def add(self, queue: SiteQueue) -> None:
        """Take a site in, behind all others."""
        name = queue.site.name
        self._queues[name] = queue
        self._latest[name] = self._clock() + LONGEST_WAIT
        self._in_a_row[name] = 0

    def in_turn(self) -> Iterator[SiteQueue]:
        """Yield the queues that have or may have something to ask for, in the order of their turn.

        Sites that are begun meanwhile count.
        """
        now, under_way = self._clock(), self._under_way
        for name, queue in [*self._queues.items()]:
            is_new = name in self._latest
            is_early = is_new and under_way >= CROWD and now < self._latest[name]
            if not (queue.is_empty or is_early):
                yield queue
                under_way += is_new and name not in self._latest

    def begin(self, site: str) -> None:
        """Note that a site is under way from now on."""
        self._latest.pop(site, None)

    def count(self, site: str) -> None:
        """Count a request of a site's turn."""
        self._in_a_row[site] += 1
        if self._in_a_row[site] == IN_A_ROW:
            self._in_a_row[site] = 0
            self._queues[site] = self._queues.pop(site)  # behind all others

    @property
    def _under_way(self) -> int:
        """How many sites have answers on their way, or not committed yet."""
        return sum(
            queue.open_visits > 0 for name, queue in self.items() if name not in self._latest
        )
