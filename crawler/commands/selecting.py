"""Which captures and articles a command is about, by what was typed."""

from datetime import datetime

from archive.journal.journal import Journal
from archive.selection import Selection, select
from archive.wacz.captures import known_sites


def selection_of(
    journal: Journal, *, site: str | None, since: datetime | None, until: datetime | None
) -> Selection:
    """Return the selection; ConfigError when the days are none, or nothing is known of the site."""
    with journal.snapshot() as db:
        known = known_sites(db)
    return select(
        site=site,
        since=since.date() if since else None,
        until=until.date() if until else None,
        known=known,
    )
