"""When a known address is looked at again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.journal.looks import LASTMOD, NEVER, TROUBLE, Look
from crawler.discover.candidate import AddressKind
from crawler.discover.revisits import (
    FIRST_INTERVAL,
    GAPS,
    LONGEST_INTERVAL,
    LONGEST_OF_SITEMAPS,
    SHORTEST_INTERVAL,
    Schedule,
    next_interval,
)

LOOKED_AT = datetime(2026, 5, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def look(**changes: Any) -> Look:
    told: dict[str, Any] = {"kind": "page", "quiet": 0, "misled": 0, "interval_s": None}
    return Look(looked_at=LOOKED_AT, **(told | changes))


# The look, how long ago it was, what change is advertised since, and the cause to look again.
CAUSES: dict[str, tuple[Look, timedelta, timedelta | None, str | None]] = {
    "within_the_first_gap": (look(), HOUR / 2, None, None),
    "after_the_first_gap": (look(), HOUR, None, "clock"),
    "within_the_second_gap": (look(quiet=1), HOUR, None, None),
    "after_the_last_gap": (look(quiet=4), 30 * DAY, None, "clock"),
    "once_it_is_stable": (look(quiet=5), 365 * DAY, None, None),
    "could_not_be_had": (look(quiet=TROUBLE), HOUR, None, "clock"),
    "could_not_be_had_for_long": (look(quiet=TROUBLE + 5), 365 * DAY, None, None),
    "changed_before_the_look": (look(quiet=5), HOUR, -HOUR, None),
    "changed_since": (look(quiet=5), HOUR, HOUR / 2, LASTMOD),
    "changed_where_it_moved": (look(quiet=NEVER), HOUR, HOUR / 2, LASTMOD),
    "misled_once_and_soon": (look(quiet=5, misled=1), HOUR / 2, HOUR / 4, None),
    "misled_once": (look(quiet=5, misled=1), HOUR, HOUR / 2, LASTMOD),
    "misled_thrice": (look(quiet=5, misled=3), HOUR * 12, HOUR / 2, None),
    "misled_for_ever": (look(quiet=60, misled=50), 30 * DAY, HOUR, LASTMOD),
    "listing_too_soon": (look(kind="feed", interval_s=600), HOUR / 12, None, None),
    "listing_in_time": (look(kind="feed", interval_s=600, quiet=70), HOUR / 6, None, "clock"),
}


@pytest.mark.parametrize(("seen", "ago", "change", "cause"), CAUSES.values(), ids=CAUSES.keys())
def test_there_is_cause_to_look_again(
    seen: Look, ago: timedelta, change: timedelta | None, cause: str | None
) -> None:
    lastmod = None if change is None else LOOKED_AT + change

    assert Schedule(LOOKED_AT + ago).cause(seen, lastmod) == cause


# Kind, interval before in seconds, whether there was news, and the interval from now on.
INTERVALS: dict[str, tuple[str, int | None, bool, timedelta]] = {
    "at_first": (AddressKind.FEED, None, True, FIRST_INTERVAL),
    "after_news": (AddressKind.FEED, 3600, True, HOUR / 2),
    "after_nothing": (AddressKind.FEED, 3600, False, HOUR * 1.5),
    "never_shorter": (AddressKind.FEED, 700, True, SHORTEST_INTERVAL),
    "never_longer": (AddressKind.FRONT, 40_000, False, LONGEST_INTERVAL),
    "sitemaps_longer": (AddressKind.SITEMAP, 40_000, False, timedelta(seconds=60_000)),
    "sitemaps_never_longer": (AddressKind.SITEMAP, 600_000, False, LONGEST_OF_SITEMAPS),
}


@pytest.mark.parametrize(
    ("kind", "before_s", "is_news", "wanted"), INTERVALS.values(), ids=INTERVALS.keys()
)
def test_a_listing_is_polled_by_how_often_it_brings_news(
    kind: str, before_s: int | None, wanted: timedelta, *, is_news: bool
) -> None:
    assert next_interval(kind, before_s, is_news=is_news) == wanted


@given(st.lists(st.integers(0, 400), max_size=40))
def test_a_site_that_calls_everything_changed_costs_few_looks(hours: list[int]) -> None:
    """Polled at any hours of two weeks, a page that never changes is looked at a few times."""
    seen, looks = look(quiet=5), 0
    for hour in sorted(set(hours)):
        now = LOOKED_AT + HOUR * (hour + 1)
        if Schedule(now).cause(seen, now) is not None:
            looks += 1
            seen = Look(
                kind="page",
                looked_at=now,
                quiet=min(seen.quiet + 1, TROUBLE - 1),
                misled=seen.misled + 1,
                interval_s=None,
            )

    assert looks <= 1 + len(GAPS)
