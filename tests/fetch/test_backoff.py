"""Servers that are slow, share an address, or go on refusing: how long they are left alone."""

import pytest

from crawler.fetch.politeness import CIRCUIT_AT, Hold, Politeness, Refusal, Wait
from tests.fetch.test_politeness import SERVER, Seconds, ask


@pytest.fixture
def seconds() -> Seconds:
    """Return a clock that stands."""
    return Seconds()


@pytest.fixture
def politeness(seconds: Seconds) -> Politeness:
    """Return a politeness that pauses for two seconds."""
    return Politeness(delay_s=2.0, monotonic=seconds)


# How long the answer took, and how long the server then has to recover.
LATENCIES = {"quick": (0.1, 2, "delay"), "slow": (4, 8, "latency"), "hung": (60, 30, "latency")}


@pytest.mark.parametrize(
    ("answer_s", "pause_s", "reason"), LATENCIES.values(), ids=LATENCIES.keys()
)
def test_a_slow_server_is_asked_more_slowly(
    politeness: Politeness, seconds: Seconds, answer_s: float, pause_s: float, reason: str
) -> None:
    ask(politeness, seconds, answer_s=answer_s)
    seconds.now += pause_s

    assert politeness.ready_in(SERVER) == 0
    assert politeness.begin(SERVER) == Wait(ms=round(pause_s * 1000), reason=reason)


def test_a_server_that_is_quick_again_is_asked_as_before(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds, answer_s=4)
    for _ in range(9):
        seconds.now += 60
        ask(politeness, seconds, answer_s=0.1)

    assert politeness.ready_in(SERVER) == 2


def test_two_sites_of_one_address_are_one_server(politeness: Politeness, seconds: Seconds) -> None:
    for site in ("x", "y"):
        politeness.begin(site)
        politeness.end(site, address="192.0.2.7 443")
        seconds.now += 60

    politeness.begin("x")
    while_one_is_asked = politeness.ready_in("y")
    politeness.end("x", address="192.0.2.7 443")

    assert (while_one_is_asked, politeness.ready_in("y")) == (None, 2)
    seconds.now += 2
    assert politeness.begin("y") == Wait(ms=2000, reason="address")


def test_what_one_site_of_an_address_asks_for_is_not_asked_of_the_other(
    politeness: Politeness, seconds: Seconds
) -> None:
    for site in ("x", "y"):
        politeness.begin(site)
        politeness.end(site, address="192.0.2.7 443")
    politeness.hold("x", 600, "retry_after")
    seconds.now += 2

    assert (politeness.ready_in("x"), politeness.ready_in("y")) == (598, 0)


def refuse(
    politeness: Politeness, seconds: Seconds, times: int = 1, retry_after_s: float | None = None
) -> None:
    """Have a server ask for patience so many times in a row, each time after its hold."""
    for _ in range(times):
        seconds.now += politeness.ready_in(SERVER) or 0.0
        politeness.begin(SERVER)
        seconds.now += 0.1
        politeness.put_off(
            SERVER, Refusal(attempts=1, is_throttled=True, retry_after_s=retry_after_s)
        )
        politeness.end(SERVER)


def test_a_server_that_goes_on_refusing_is_left_alone_for_longer_and_longer(
    politeness: Politeness, seconds: Seconds
) -> None:
    waits = []
    for _ in range(4):
        refuse(politeness, seconds)
        waits.append(round(politeness.ready_in(SERVER) or 0))

    assert waits == [30, 30, 40, 80]


def test_refusals_of_one_burst_are_one_incident(politeness: Politeness, seconds: Seconds) -> None:
    politeness.begin(SERVER)
    seconds.now += 0.1

    for _ in range(9):
        politeness.put_off(SERVER, Refusal(attempts=1, is_throttled=True))
        seconds.now += 0.1

    (hold,) = politeness.holds()
    assert hold.incidents == 1
    assert not politeness.has_open_circuit(SERVER)


def test_an_answer_that_lets_us_in_ends_the_trouble(
    politeness: Politeness, seconds: Seconds
) -> None:
    refuse(politeness, seconds, times=4)
    politeness.welcome(SERVER)
    refuse(politeness, seconds)

    assert round(politeness.ready_in(SERVER) or 0) == 30


def test_back_off_has_jitter_and_is_never_shorter_for_it(seconds: Seconds) -> None:
    thrown = iter([0.0, 1.0])
    politeness = Politeness(delay_s=2, monotonic=seconds, dice=lambda: next(thrown))

    refuse(politeness, seconds)
    least = politeness.ready_in(SERVER) or 0.0
    politeness.welcome(SERVER)
    refuse(politeness, seconds)
    most = politeness.ready_in(SERVER) or 0.0

    assert (round(least), round(most, 1)) == (30, 37.5)


def test_a_circuit_opens_after_five_refusals_in_a_row(
    politeness: Politeness, seconds: Seconds
) -> None:
    for _ in range(CIRCUIT_AT - 1):
        ask(politeness, seconds)
        politeness.count_against(SERVER)
        seconds.now += 2
    before = politeness.has_open_circuit(SERVER)

    ask(politeness, seconds)
    politeness.count_against(SERVER)

    assert (before, politeness.has_open_circuit(SERVER)) == (False, True)
    assert politeness.ready_in(SERVER) == 3600


def test_a_circuit_that_was_tried_in_vain_stays_open_twice_as_long(
    politeness: Politeness, seconds: Seconds
) -> None:
    waits = []
    for _ in range(CIRCUIT_AT + 4):
        ask(politeness, seconds)
        politeness.count_against(SERVER)
        seconds.now += politeness.ready_in(SERVER) or 0.0
        waits.append(round(politeness.begin(SERVER).ms / 3_600_000))
        politeness.end(SERVER)
        seconds.now += 2

    assert waits[-5:] == [1, 2, 4, 6, 6]


def test_a_server_that_cannot_be_reached_is_left_alone(
    politeness: Politeness, seconds: Seconds
) -> None:
    ask(politeness, seconds)

    politeness.put_off(SERVER, Refusal(attempts=1, is_throttled=False, is_unreachable=True))

    assert politeness.ready_in(SERVER) == 10


def test_the_next_run_goes_on_with_what_this_one_holds(seconds: Seconds) -> None:
    politeness = Politeness(delay_s=2, monotonic=seconds)
    refuse(politeness, seconds, times=2, retry_after_s=600)
    (hold,) = politeness.holds()
    later = Politeness(delay_s=2, monotonic=seconds)

    later.take_up(hold)

    assert hold == Hold(server=SERVER, seconds=600, reason="retry_after", incidents=2)
    assert later.ready_in(SERVER) == 600
    seconds.now += 600
    refuse(later, seconds)
    assert [each.incidents for each in later.holds()] == [3]
