"""How long what was archived may stand for what is there now, without asking again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SHORTEST: Final = timedelta(days=1)
"""A page that is looked at every hour does not fetch its pictures every hour, whatever they say."""
UNSAID: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=30)
"""Files that are never to change do."""


_DIGITS: Final = 10  # three centuries; more of them a timedelta cannot hold


def fresh_for(field: Callable[[str], str | None], now: datetime) -> timedelta:
    """Return how long an answer stands, by Cache-Control and Expires (RFC 9111 section 4.2).

    `no-cache` and `no-store` speak of what readers are shown, and of secrets: both mean the
    shortest time here.
    """
    stated = _stated(field, now)
    return UNSAID if stated is None else min(max(stated, SHORTEST), LONGEST)


def _stated(field: Callable[[str], str | None], now: datetime) -> timedelta | None:
    directives = [each.strip().lower() for each in (field("Cache-Control") or "").split(",")]
    if "immutable" in directives:
        return LONGEST
    if {"no-cache", "no-store"} & set(directives):
        return SHORTEST
    for directive in directives:
        name, _, value = directive.partition("=")
        digits = value.strip('"')
        if name == "max-age" and digits.isascii() and digits.isdigit():
            return timedelta(seconds=int(digits[:_DIGITS]))
    return _until(field("Expires"), now)


def _until(expires: str | None, now: datetime) -> timedelta | None:
    if expires is None:
        return None
    try:
        moment = parsedate_to_datetime(expires)
    except (ValueError, OverflowError):
        # "0" above all, which means: gone by (RFC 9111 section 5.3)
        return SHORTEST
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
