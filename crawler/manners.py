"""A site's own terms: in which hours it is crawled, how much of it a day, with cookies or without.

They are the operator's word, kept in the site's file; what the site itself asks for stands in its
robots.txt and in its answers (crawler/fetch/politeness.py).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOURS: Final = "hours"
BUDGET: Final = "budget"
OWN_TERMS: Final = frozenset({HOURS, BUDGET})
"""Why a site is left alone by the operator's word, which is asked anew in every run."""

_HOURS: Final = re.compile(r"(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s+([\w/+-]+)")
_NOTHING: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The hours of a day in which a site is crawled, by the clock on its wall."""

    opens: time
    closes: time
    """Before it opens, by the clock: the hours go on past midnight."""
    zone: ZoneInfo

    def closed_for(self, now: datetime) -> timedelta:
        """Return how long it is until the site opens; nothing while it is open.

        A clock that is set forward or back counts: the time until then is real time.
        """
        local = now.astimezone(self.zone)
        clock = local.time()
        if self.opens < self.closes:
            is_open = self.opens <= clock < self.closes
        else:
            is_open = clock >= self.opens or clock < self.closes
        if is_open:
            return _NOTHING
        day = local.date() if clock < self.opens else local.date() + timedelta(days=1)
        opening = datetime.combine(day, self.opens, self.zone)
        if opening.astimezone(UTC) <= now:  # in an hour that the clock shows twice
            opening = opening.replace(fold=1)
        return opening.astimezone(UTC) - now


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a site's file says of crawling it, beside where to look."""

    hours: Hours | None = None
    """None: at any hour."""
    requests_a_day: int | None = None
    """Robots.txt, listings and retries count; a day is one of UTC. None: as many as it takes."""
    bytes_a_day: int | None = None
    """Of what answers carry, as it was sent; the answer that goes beyond it is the last."""
    has_cookies: bool = False
    """Whether the site gets back the cookies that it set in the same run."""

    @property
    def has_budget(self) -> bool:
        """Whether what is taken of the site a day has to be counted."""
        return self.requests_a_day is not None or self.bytes_a_day is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Why a site is left alone by the operator's word, and for how long."""

    span: timedelta
    reason: str
    """hours or budget."""


def read_hours(text: str) -> Hours:
    """Return hours as a site file gives them; ValueError says what is wrong with them.

    >>> read_hours("22:00-06:30 Europe/Berlin").closes
    datetime.time(6, 30)
    """
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise ValueError("give them as '22:00-06:00 Europe/Berlin'")
    opens, closes = time.fromisoformat(found[1]), time.fromisoformat(found[2])
    if opens == closes:
        raise ValueError("they open and close at the same time")
    try:
        return Hours(opens=opens, closes=closes, zone=ZoneInfo(found[3]))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"this machine knows no time zone {found[3]}") from error


def until_tomorrow(now: datetime) -> timedelta:
    """Return how long a day of UTC still lasts."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), UTC) - now
