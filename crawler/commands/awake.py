"""When `crawl --due` has something to ask for on the sites it watches, by their own files' word."""

from collections.abc import Iterable
from datetime import datetime

from archive.journal.journal import Journal
from crawler.discover.revisits import LADDER
from crawler.discover.site_queue import opened_queue
from crawler.manners import Rest
from crawler.plan import find_target, watched_sites
from crawler.site import Site
from crawler.sites import Sites


def due_at(
    words: Iterable[str], sites: Sites, journal: Journal, *, now: datetime
) -> datetime | None:
    """Return when something of these targets may be asked for, maybe gone by; None: never.

    A site that is closed, or has spent its day, has nothing due before that is over. Raises
    ConfigError when a target is unknown or none is a site.
    """
    targets = watched_sites(find_target(word, sites) for word in words)
    rests = {each.site.name: _rest(each.site, journal, now=now) for each in targets}
    awake = [name for name, rest in rests.items() if rest is None]
    moments = [now + rest.span for rest in rests.values() if rest is not None]
    if awake and (moment := journal.looks.next_due_of(awake, LADDER)) is not None:
        moments.append(moment)
    return min(moments, default=None)


def _rest(site: Site, journal: Journal, *, now: datetime) -> Rest | None:
    """Return how long a site is left alone by its file; what its runs took today is counted."""
    return opened_queue(journal, "", site, now=now).rest(now)
