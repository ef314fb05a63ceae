"""How Newsreel says how it stands: one sentence, the same in terminal, page, log and alert."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from archive.counted import counted, verb
from archive.journal.standing import SiteStanding

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def coverage_sentence(sites: Sequence[SiteStanding], *, troubled: Collection[str] = ()) -> str:
    """Return how many of the advertised articles are archived, and how many sites need a look.

    Those named as troubled need one, and so does each whose own figures say so.
    """
    advertised = sum(site.advertised for site in sites)
    archived = sum(site.archived for site in sites)
    count = sum(site.needs_a_look or site.site in troubled for site in sites)
    look = (
        f"{count} of {counted(len(sites), 'site')} {verb(count, 'needs', 'need')} a look"
        if count
        else "every site is on track"
    )
    if not advertised:
        return f"No article is advertised; {look}."
    articles = f"{archived:,} of {counted(advertised, 'advertised article')}"
    return f"{articles} {verb(advertised, 'is', 'are')} archived; {look}."


def time_ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in its largest unit; `never` for None.

    >>> from datetime import UTC
    >>> time_ago(datetime(2026, 11, 22, 16, tzinfo=UTC), datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
    '2 h ago'
    """
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment).total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds // size} {unit} ago"
