"""Whose turn it is among many sites."""

from datetime import timedelta

import pytest

from crawler.discover.site_queue import SiteQueue
from crawler.discover.turns import CROWD, IN_A_ROW, LONGEST_WAIT, Turns
from crawler.settings import CONCURRENT_REQUESTS
from crawler.site import unknown_site
from tests.archive.store_samples import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def turns_of(clock: Clock, sites: int) -> Turns:
    """Return the turns of so many sites, each with something to ask for."""
    turns = Turns(clock)
    for number in range(sites):
        turns.add(SiteQueue(unknown_site(f"https://site-{number}.example/")))
    return turns


def begin(turns: Turns) -> list[str]:
    """Begin every site that may, with a request that is on its way; return their names."""
    begun = []
    for queue in turns.in_turn():
        turns.begin(queue.site.name)
        queue.open_visits += 1
        begun.append(queue.site.name)
    return begun


def first(turns: Turns) -> str:
    return next(queue.site.name for queue in turns.in_turn())


def test_a_site_goes_on_for_some_requests_before_the_next(clock: Clock) -> None:
    turns = turns_of(clock, 2)

    asked = []
    for _ in range(3 * IN_A_ROW):
        asked.append(first(turns))
        turns.count(asked[-1])

    ours, theirs = ["site-0-example"] * IN_A_ROW, ["site-1-example"] * IN_A_ROW
    assert asked == [*ours, *theirs, *ours]


def test_sites_with_nothing_to_ask_for_are_passed_over(clock: Clock) -> None:
    turns = turns_of(clock, 3)
    turns["site-0-example"].is_dry = True
    turns["site-1-example"].is_dry = True
    turns["site-1-example"].due_at = clock.now

    assert [queue.site.name for queue in turns.in_turn()] == ["site-1-example", "site-2-example"]


def test_a_crowd_is_as_many_sites_as_can_be_asked_at_once() -> None:
    assert CROWD == CONCURRENT_REQUESTS


def test_others_begin_when_fewer_than_a_crowd_are_under_way(clock: Clock) -> None:
    turns = turns_of(clock, CROWD + 2)

    begun = begin(turns)
    in_a_crowd = [queue.site.name for queue in turns.in_turn()]
    turns[begun[0]].open_visits = 0
    with_room = [queue.site.name for queue in turns.in_turn()]

    assert in_a_crowd == begun == [f"site-{number}-example" for number in range(CROWD)]
    assert with_room == [*begun, f"site-{CROWD}-example", f"site-{CROWD + 1}-example"]


def test_a_site_begins_in_a_crowd_when_it_has_waited_long_enough(clock: Clock) -> None:
    turns = turns_of(clock, CROWD + 1)
    begun = begin(turns)

    clock.now += LONGEST_WAIT - timedelta(microseconds=1)
    before = begin(turns)
    clock.now += timedelta(microseconds=1)
    after = begin(turns)

    assert before == begun
    assert after == [*begun, f"site-{CROWD}-example"]


def test_sites_that_merely_wait_make_no_crowd(clock: Clock) -> None:
    turns = turns_of(clock, CROWD + 1)
    for name in begin(turns):
        turns[name].open_visits = 0

    assert f"site-{CROWD}-example" in begin(turns)
