"""Politeness: one request at a time a server, a pause after each, and the reason for every wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.politeness import (
    LONGEST_CRAWL_DELAY_S,
    LONGEST_RETRY_AFTER_S,
    Politeness,
    Refusal,
    Wait,
    retry_after_s,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SERVER = "x"


class Seconds:
    """Monotonic time, set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """Return a clock that stands."""
    return Seconds()


@pytest.fixture
def politeness(seconds: Seconds) -> Politeness:
    """Return a politeness that pauses for two seconds."""
    return Politeness(delay_s=2.0, monotonic=seconds)


def ask(politeness: Politeness, seconds: Seconds, *, answer_s: float = 0.0) -> Wait:
    """Ask a server once; it takes so long to answer."""
    wait = politeness.begin(SERVER)
    seconds.now += answer_s
    politeness.end(SERVER)
    return wait


def test_a_server_that_was_never_asked_is_ready(politeness: Politeness) -> None:
    assert politeness.ready_in(SERVER) == 0
    assert politeness.begin(SERVER) == Wait(ms=0, reason=None)


def test_a_server_gets_one_request_at_a_time(politeness: Politeness, seconds: Seconds) -> None:
    politeness.begin(SERVER)
    seconds.now += 3600

    assert politeness.ready_in(SERVER) is None
    assert politeness.ready_in("y") == 0


def test_the_pause_counts_from_the_end_of_the_answer(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds, answer_s=0.5)

    at_once = politeness.ready_in(SERVER)
    seconds.now += 2

    assert (at_once, politeness.ready_in(SERVER)) == (2, 0)
    assert politeness.begin(SERVER) == Wait(ms=2000, reason="delay")


def test_without_a_delay_nothing_waits_and_nothing_is_given_as_reason(seconds: Seconds) -> None:
    politeness = Politeness(delay_s=0, monotonic=seconds)
    ask(politeness, seconds)

    assert politeness.ready_in(SERVER) == 0
    assert politeness.begin(SERVER) == Wait()


def test_time_in_which_there_was_nothing_to_ask_is_no_wait(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds)
    seconds.now += 600

    assert politeness.begin(SERVER) == Wait(ms=2000, reason="delay")


def test_a_clock_that_is_set_back_sends_nothing_early(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds)
    seconds.now -= 100

    assert politeness.ready_in(SERVER) == 102


@pytest.mark.parametrize(("attempts", "pause_s"), [(1, 2), (2, 4)], ids=["first", "second"])
def test_who_waits_for_nothing_still_backs_off(
    seconds: Seconds, attempts: int, pause_s: float
) -> None:
    politeness = Politeness(delay_s=0, monotonic=seconds)

    assert politeness.backoff_s(attempts, is_throttled=False) == pause_s


# What an answer says, how long its address is put off, how long its server is held, and why.
REFUSALS: dict[str, tuple[Refusal, float, float, str | None]] = {
    "in_trouble": (Refusal(attempts=1, is_throttled=False), 10, 0, None),
    "throttled": (Refusal(attempts=1, is_throttled=True), 30, 30, "backoff"),
    "with_a_time": (
        Refusal(attempts=1, is_throttled=False, retry_after_s=60),
        60,
        60,
        "retry_after",
    ),
    "with_a_short_time": (
        Refusal(attempts=2, is_throttled=True, retry_after_s=1),
        30,
        30,
        "retry_after",
    ),
    "with_no_time_at_all": (
        Refusal(attempts=1, is_throttled=True, retry_after_s=0),
        30,
        30,
        "backoff",
    ),
}


@pytest.mark.parametrize(
    ("refusal", "put_off_s", "held_s", "reason"), REFUSALS.values(), ids=REFUSALS.keys()
)
def test_a_refusal_puts_its_address_off_and_may_hold_its_server(
    seconds: Seconds, refusal: Refusal, put_off_s: float, held_s: float, reason: str | None
) -> None:
    politeness = Politeness(delay_s=2, monotonic=seconds)
    politeness.begin(SERVER)

    assert politeness.put_off(SERVER, refusal) == put_off_s

    politeness.end(SERVER)
    assert politeness.ready_in(SERVER) == max(held_s, 2)
    seconds.now += max(held_s, 2)
    assert politeness.begin(SERVER).reason == (reason or "delay")


# What the site asks for: the pause, and the rule that asks for it.
CRAWL_DELAYS: dict[str, tuple[tuple[float | None, ...], float, str]] = {
    "none": ((None,), 2, "delay"),
    "shorter_than_ours": ((1,), 2, "delay"),
    "longer_than_ours": ((5,), 5, "crawl_delay"),
    "of_two_hosts_the_longer": ((5, 3), 5, "crawl_delay"),
    "of_two_hosts_one_asks_for_none": ((5, None), 5, "crawl_delay"),
    "longer_than_a_date_holds": ((99_999_999_999_999.0,), LONGEST_CRAWL_DELAY_S, "crawl_delay"),
}


@pytest.mark.parametrize(
    ("asked", "pause_s", "reason"), CRAWL_DELAYS.values(), ids=CRAWL_DELAYS.keys()
)
def test_a_sites_own_delay_counts_when_it_is_longer(
    politeness: Politeness,
    seconds: Seconds,
    asked: tuple[float | None, ...],
    pause_s: float,
    reason: str,
) -> None:
    for delay_s in asked:
        politeness.obey_crawl_delay(SERVER, delay_s)
    ask(politeness, seconds)
    seconds.now += pause_s

    assert politeness.ready_in(SERVER) == 0
    assert politeness.begin(SERVER) == Wait(ms=round(pause_s * 1000), reason=reason)


def test_a_delay_that_robots_asks_for_begins_with_the_answer_of_robots(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds)
    seconds.now += 1

    politeness.obey_crawl_delay(SERVER, 10)

    assert politeness.ready_in(SERVER) == 9


def test_a_server_is_held_as_long_as_it_asks(politeness: Politeness, seconds: Seconds) -> None:
    ask(politeness, seconds)
    politeness.hold(SERVER, 60, "retry_after")
    seconds.now += 60

    assert politeness.ready_in(SERVER) == 0
    assert politeness.begin(SERVER) == Wait(ms=60_000, reason="retry_after")


def test_a_shorter_hold_does_not_shorten_a_longer_one(
    politeness: Politeness, seconds: Seconds
) -> None:
    politeness.hold(SERVER, 60, "retry_after")
    politeness.hold(SERVER, 5, "backoff")
    seconds.now += 10
    politeness.end(SERVER)

    assert politeness.ready_in(SERVER) == 50


def test_a_hold_that_is_over_is_no_reason_for_the_next_wait(
    politeness: Politeness, seconds: Seconds
) -> None:
    politeness.hold(SERVER, 60, "backoff")
    seconds.now += 60
    ask(politeness, seconds)
    seconds.now += 2

    assert politeness.begin(SERVER) == Wait(ms=2000, reason="delay")


BACKOFFS = {
    "first": (1, False, 10),
    "second": (2, False, 20),
    "third": (3, False, 40),
    "throttled_first": (1, True, 30),
    "throttled_third": (3, True, 40),
}


@pytest.mark.parametrize(
    ("attempts", "is_throttled", "pause_s"), BACKOFFS.values(), ids=BACKOFFS.keys()
)
def test_back_off_doubles_and_is_longer_for_a_server_that_asks_for_less(
    politeness: Politeness, attempts: int, *, is_throttled: bool, pause_s: float
) -> None:
    assert politeness.backoff_s(attempts, is_throttled=is_throttled) == pause_s


RETRY_AFTERS: dict[str, tuple[str | None, float | None]] = {
    "absent": (None, None),
    "empty": ("", None),
    "seconds": ("120", 120),
    "zero": ("0", 0),
    "spaces": (" 7 ", 7),
    "negative": ("-5", None),
    "fraction": ("1.5", None),
    "digits_of_another_script": ("١٢", None),
    "superscript": ("²", None),
    "more_than_a_day": ("864000", LONGEST_RETRY_AFTER_S),
    "more_than_a_float_holds": ("9" * 400, LONGEST_RETRY_AFTER_S),
    "date": ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
    "date_of_rfc_850": ("Sunday, 22-Nov-26 12:01:00 GMT", 60),
    "date_of_asctime": ("Sun Nov 22 12:01:00 2026", 60),
    "date_with_an_offset": ("Sun, 22 Nov 2026 13:01:00 +0100", 60),
    "date_without_a_zone": ("Sun, 22 Nov 2026 12:01:00 -0000", 60),
    "date_gone_by": ("Sat, 21 Nov 2026 12:00:00 GMT", 0),
    "date_far_ahead": ("Mon, 22 Nov 2027 12:00:00 GMT", LONGEST_RETRY_AFTER_S),
    "day_that_is_not": ("Sun, 31 Feb 2026 12:00:00 GMT", None),
    "words": ("in a while", None),
}


@pytest.mark.parametrize(("value", "wanted"), RETRY_AFTERS.values(), ids=RETRY_AFTERS.keys())
def test_retry_after_means_so_many_seconds(value: str | None, wanted: float | None) -> None:
    assert retry_after_s(value, NOW) == wanted


@given(st.text())
def test_no_retry_after_makes_us_wait_longer_than_a_day(value: str) -> None:
    seconds = retry_after_s(value, NOW)

    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_AFTER_S


@given(st.dates(min_value=NOW.date() - timedelta(days=9), max_value=NOW.date()))
def test_no_date_gone_by_makes_us_wait(day: object) -> None:
    assert retry_after_s(f"{day:%a, %d %b %Y} 11:00:00 GMT", NOW) == 0


# What happens between two requests: time goes by, the server asks to be left alone, or for a pace.
PAUSES = st.floats(0, 100, allow_nan=False).map(lambda value: round(value, 3))
EVENTS = st.lists(
    st.tuples(st.sampled_from(["pass", "hold", "pace", "set_back"]), PAUSES), max_size=6
)


@given(delay_s=PAUSES, rounds=st.lists(st.tuples(PAUSES, EVENTS), min_size=2, max_size=8))
def test_no_two_requests_are_closer_than_what_was_due(
    delay_s: float, rounds: list[tuple[float, list[tuple[str, float]]]]
) -> None:
    seconds = Seconds()
    politeness = Politeness(delay_s=delay_s, monotonic=seconds)
    pace, due = delay_s, seconds.now

    for answer_s, events in rounds:
        seconds.now += politeness.ready_in(SERVER) or 0.0
        assert seconds.now >= due - 1e-6
        wait = ask(politeness, seconds, answer_s=answer_s)
        assert wait.ms >= 0
        freed, due = seconds.now, max(due, seconds.now + pace)
        for event, size in events:
            if event == "pass":
                seconds.now += size
            elif event == "set_back":
                seconds.now -= size
            elif event == "hold":
                politeness.hold(SERVER, size, "retry_after")
                due = max(due, seconds.now + size)
            else:
                politeness.obey_crawl_delay(SERVER, size)
                pace = max(pace, size)
                due = max(due, freed + pace)
