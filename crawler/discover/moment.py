"""The times that feeds and sitemaps write: RFC 822 and RFC 3339, and what is made of them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

# Before the web there were no articles on it: 0001-01-01 and 1970-01-01 are some program's zero.
_OLDEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SPACED_OFFSET: Final = re.compile(r"\s+(?=[+-]\d\d:?\d\d\Z)")
_SPACED_ZULU: Final = re.compile(r"\s*(?:UTC|GMT|Z)\Z", re.IGNORECASE)


def moment_of(text: str | None) -> datetime | None:
    """Return the time in UTC; None when there is no time, or none that names its zone."""
    written = " ".join((text or "").split())
    return _utc(_rfc3339(written) or _rfc822(written)) if written else None


def moment_or_midnight(text: str | None) -> datetime | None:
    """Return the time in UTC, a bare date as its midnight; None for everything else."""
    if found := _DATE.fullmatch((text or "").strip()):
        text = f"{found[0]}T00:00:00Z"
    return moment_of(text)


def _rfc3339(written: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(written)
    # Blanks before the zone, and its names, are not of the format but frequent.
    with suppress(ValueError):
        return datetime.fromisoformat(_SPACED_OFFSET.sub("", _SPACED_ZULU.sub("+00:00", written)))
    return None


def _rfc822(written: str) -> datetime | None:
    try:
        return parsedate_to_datetime(written)
    except (ValueError, IndexError, OverflowError):
        return None


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return None
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # the first or last day of the calendar
        return None
    return moment if moment >= _OLDEST else None
