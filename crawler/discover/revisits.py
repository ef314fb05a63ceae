"""When a known address is looked at again: what `newsreel crawl --due` calls due.

A page is looked at with growing gaps, and left alone once it has stayed the same through all of
them: most corrections come within a day, and a page that never changes costs five requests in its
life. A listing is polled by how often it brings news. A date of change in a sitemap or feed brings
a look forward, as long as such dates are to be believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.journal.looks import LASTMOD, TROUBLE, Look
from crawler.discover.candidate import AddressKind

GAPS: Final = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
LONGEST_GAP: Final = max(GAPS)
"""Nothing is due later than that from now on, but where a clock was set back."""
LADDER: Final[Mapping[int, timedelta]] = {
    **dict(enumerate(GAPS)),
    **{TROUBLE + place: gap for place, gap in enumerate(GAPS)},
}
"""The gap after so many quiet looks; what could not be had is tried again with the same gaps."""
FIRST_INTERVAL: Final = timedelta(minutes=30)
SHORTEST_INTERVAL: Final = timedelta(minutes=10)
"""A site that publishes by the minute is still asked six times an hour for each listing."""
LONGEST_INTERVAL: Final = timedelta(hours=12)
LONGEST_OF_SITEMAPS: Final = timedelta(days=7)
"""Sites keep a sitemap a month: those of past years are all but closed."""
# Shorter at once, for news comes in clusters; longer by little, for a quiet hour is no quiet day.
_AFTER_NEWS: Final = 0.5
_AFTER_NOTHING: Final = 1.5

LISTINGS: Final = frozenset({AddressKind.FRONT, AddressKind.FEED, AddressKind.SITEMAP})


def next_interval(kind: str, before_s: int | None, *, is_news: bool) -> timedelta:
    """Return how long a listing is left alone now, given how long it was before its last look."""
    if before_s is None:
        return FIRST_INTERVAL
    longest = LONGEST_OF_SITEMAPS if kind == AddressKind.SITEMAP else LONGEST_INTERVAL
    interval = timedelta(seconds=before_s * (_AFTER_NEWS if is_news else _AFTER_NOTHING))
    return min(max(interval, SHORTEST_INTERVAL), longest)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Says of a known address that was named again whether it is looked at, at one moment."""

    now: datetime

    def cause(self, look: Look, lastmod: datetime | None) -> str | None:
        """Return why an address is asked for again; None when it is left alone.

        A date of change counts when it is newer than the last look. Some sites call every page
        changed whenever they are asked: after a date that misled, the next has to wait as long as
        the clock would have, the longer the oftener it did.
        """
        if self._is_due(look):
            return "clock"
        if lastmod is None or lastmod <= look.looked_at:
            return None
        return LASTMOD if self._is_believed(look) else None

    def _is_due(self, look: Look) -> bool:
        if look.interval_s is not None:
            return look.looked_at + timedelta(seconds=look.interval_s) <= self.now
        gap = LADDER.get(look.quiet)
        return gap is not None and look.looked_at + gap <= self.now

    def _is_believed(self, look: Look) -> bool:
        if not look.misled:
            return True
        patience = GAPS[min(look.misled, len(GAPS)) - 1]
        return look.looked_at + patience <= self.now
