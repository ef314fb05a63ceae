"""Which captures and articles of a store are meant: of a site, of some days, or all."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from typing_extensions import override

from archive.errors import ConfigError
from archive.layout import slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an export takes; without a limit, everything."""

    site: str | None = None
    """The site's slug, as its partition is called; None for all sites."""
    since: date | None = None
    """The first day, UTC, by the time of capture; None: from the beginning."""
    until: date | None = None
    """The last day, included; None: to the end."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.site is None and self.since is None and self.until is None

    @property
    def begins_at(self) -> datetime | None:
        """The first moment; None when there is none."""
        return _midnight(self.since) if self.since else None

    @property
    def ends_before(self) -> datetime | None:
        """The first moment that lies behind; None when there is none."""
        return _midnight(self.until) + timedelta(days=1) if self.until else None

    @override
    def __str__(self) -> str:
        """Say what is selected, in words."""
        words = [
            f"site {self.site}" if self.site else "all sites",
            f"since {self.since}" if self.since else "",
            f"until {self.until}" if self.until else "",
        ]
        return " ".join(filter(None, words))


def select(
    *, site: str | None, since: date | None, until: date | None, known: Iterable[str]
) -> Selection:
    """Return a selection; ConfigError when the days are none, or nothing is known of the site."""
    if since and until and since > until:
        raise ConfigError(f"--since {since} lies behind --until {until}")
    wanted = None if site is None else slug(site)
    if wanted and wanted not in (slugs := set(map(slug, known))):
        near = difflib.get_close_matches(wanted, slugs, n=1)
        guess = f"did you mean {near[0]}?" if near else "`newsreel status` lists its sites"
        raise ConfigError(f"the store knows no site {site!r}: {guess}")
    return Selection(site=wanted, since=since, until=until)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
