"""A site's own terms: when it is open, how much of it is taken a day, and what a run says of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.journal.holds import Held
from archive.journal.journal import Journal
from crawler.fetch.holding import take_up_holds
from crawler.fetch.politeness import Politeness
from crawler.manners import Manners, read_hours, until_tomorrow
from crawler.site import Site, unknown_site
from tests.archive.store_samples import Clock
from tests.crawler.crawl_samples import HOME, ROBOTS, Desk, desk_at, story_urls

STORIES = story_urls(5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Hours, a moment in UTC, and how many hours it is until the site opens.
HOURS = {
    "open": ("08:00-20:00 UTC", "2026-05-18T08:00", 0.0),
    "not_yet": ("08:00-20:00 UTC", "2026-05-18T06:30", 1.5),
    "closed_for_today": ("08:00-20:00 UTC", "2026-05-18T20:00", 12.0),
    "open_before_midnight": ("22:00-06:00 UTC", "2026-05-18T23:00", 0.0),
    "open_behind_midnight": ("22:00-06:00 UTC", "2026-05-18T05:59", 0.0),
    "closed_at_noon": ("22:00-06:00 UTC", "2026-05-18T12:00", 10.0),
    "its_own_clock": ("08:00-20:00 Europe/Berlin", "2026-05-18T06:00", 0.0),
    "its_own_day": ("00:00-06:00 Asia/Tokyo", "2026-05-18T13:00", 2.0),
    "clocks_go_forward": ("08:00-20:00 Europe/Berlin", "2026-03-28T22:00", 8.0),
    "clocks_go_back": ("08:00-20:00 Europe/Berlin", "2026-10-24T22:00", 9.0),
    "opens_twice_that_night": ("02:30-05:00 Europe/Berlin", "2026-10-25T00:00", 0.5),
    "closed_again_that_night": ("02:30-05:00 Europe/Berlin", "2026-10-25T01:15", 0.25),
    "opens_in_an_hour_that_is_not": ("02:30-05:00 Europe/Berlin", "2026-03-29T01:00", 0.0),
}


@pytest.mark.parametrize(("hours", "now", "closed_h"), HOURS.values(), ids=HOURS.keys())
def test_a_site_opens_by_the_clock_on_its_wall(hours: str, now: str, closed_h: float) -> None:
    assert read_hours(hours).closed_for(at(now)) == timedelta(hours=closed_h)


NO_HOURS = {
    "no_zone": ("22:00-06:00", "give them as"),
    "no_time": ("late-early Europe/Berlin", "give them as"),
    "no_such_time": ("25:00-06:00 Europe/Berlin", "hour must be in"),
    "no_such_zone": ("22:00-06:00 Europe/Atlantis", "knows no time zone"),
    "never": ("06:00-06:00 UTC", "at the same time"),
}


@pytest.mark.parametrize(("text", "sentence"), NO_HOURS.values(), ids=NO_HOURS.keys())
def test_what_are_no_hours_is_said(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_hours(text)


def test_a_day_is_one_of_utc() -> None:
    assert until_tomorrow(at("2026-05-18T21:30")) == timedelta(hours=2.5)


def mannered(**terms: Any) -> Site:
    return replace(unknown_site(HOME), manners=Manners(**terms))


def ask_all(desk: Desk, site: Site) -> list[str]:
    desk.take(site, *STORIES)
    return desk.run()


def test_outside_its_hours_a_site_is_not_asked_for_anything(tmp_path: Path) -> None:
    site = mannered(hours=read_hours("14:00-16:00 UTC"))
    with desk_at(tmp_path, clock=Clock()) as desk:  # it is noon
        asked = ask_all(desk, site)
        rest = desk.frontier.rest_of(site.name)

        assert asked == []
        assert rest is not None
        assert rest.reason == "hours"
        assert set(desk.fates) == {*STORIES}
        assert {fate for fate, _ in desk.fates.values()} == {"pending"}


def test_a_site_that_opens_soon_is_waited_for_and_the_wait_says_why(tmp_path: Path) -> None:
    site = mannered(hours=read_hours("12:20-16:00 UTC"))
    with desk_at(tmp_path, clock=Clock()) as desk:
        desk.frontier.patience = timedelta(hours=1)
        asked = ask_all(desk, site)

        assert asked == [ROBOTS, *STORIES]
        assert min(second for second, _ in desk.log) >= 20 * 60 - 60


def test_a_budget_of_requests_ends_the_day_and_the_next_day_goes_on(tmp_path: Path) -> None:
    site = mannered(requests_a_day=3)
    clock = Clock()
    with desk_at(tmp_path, clock=clock) as desk:
        first = list(ask_all(desk, site))
        desk.forward(24 * 3600)
        second = desk.run()[len(first) :]

    assert first == [ROBOTS, *STORIES[:2]]
    assert second == [ROBOTS, *STORIES[2:4]]


def test_a_budget_of_bytes_ends_the_day_with_the_answer_that_spends_it(tmp_path: Path) -> None:
    site = mannered(bytes_a_day=2500)
    with desk_at(tmp_path, clock=Clock()) as desk:
        desk.requisite_bytes = 1000  # of every answer

        assert ask_all(desk, site) == [ROBOTS, *STORIES[:2]]


def test_what_a_run_took_before_counts_for_the_next(tmp_path: Path) -> None:
    site = mannered(requests_a_day=4)
    clock = Clock()
    with desk_at(tmp_path, clock=clock) as desk:
        desk.take(unknown_site(HOME), *STORIES[:2])
        first = list(desk.run())
    with desk_at(tmp_path, clock=clock) as desk:
        second = ask_all(desk, site)

    assert len(first) == 3
    assert len(second) == 1


# What an earlier run held a server for, how long from now, and for how long it is left alone.
HOLDS = {
    "hours_of_the_file": ("hours", timedelta(hours=9), 0),
    "it_asked_for_it": ("retry_after", timedelta(hours=9), 9 * 3600),
    "a_clock_was_set_back": ("retry_after", timedelta(days=900), 0),
}


@pytest.mark.parametrize(("reason", "ahead", "waits_s"), HOLDS.values(), ids=HOLDS.keys())
def test_of_an_earlier_run_s_holds_those_are_taken_up_that_last(
    tmp_path: Path, reason: str, ahead: timedelta, waits_s: float
) -> None:
    now = at("2026-05-18T12:00")
    journal = Journal.open(tmp_path / "journal.db")
    with journal.transaction():
        held = Held(server="x", until=now + ahead, reason=reason, incidents=0)
        journal.holds.keep(held)
    politeness = Politeness(delay_s=0, monotonic=lambda: 0.0)

    take_up_holds(politeness, journal, now=now, tries_circuits=False)
    journal.close()

    assert politeness.ready_in("x") == waits_s
