"""Permissions: how long an answer of robots.txt may be used, and by which run."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from archive.journal.journal import Journal
from archive.journal.runs import RobotsAnswer
from crawler.discover.permission import KEPT_FOR, Permissions
from tests.archive.store_samples import NOON, Clock

ORIGIN = "https://x.example"
PAGE = f"{ORIGIN}/a/story"
AGENT = "newsreel"
RULES = b"User-agent: *\nDisallow: /private\nCrawl-delay: 3\n\nUser-agent: newsreel\nDisallow: /a\n"

Opener = Callable[..., Permissions]


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon."""
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opener]:
    """Give what keeps an answer in the journal and opens the permissions of a run over it."""
    journal = Journal.open(tmp_path / "journal.db")

    def open_permissions(
        status: int | None = 200, body: bytes = RULES, *, age: timedelta = timedelta()
    ) -> Permissions:
        answer = RobotsAnswer(origin=ORIGIN, fetched_at=NOON - age, status=status, body=body)
        with journal.transaction():
            journal.runs.keep_robots(answer)
        return Permissions(journal, agent=AGENT, run_began=NOON, clock=clock)

    yield open_permissions
    journal.close()


def test_an_origin_that_was_never_asked_has_no_rules(opened: Opener) -> None:
    permissions = opened()

    assert permissions.rules_for("https://www.x.example/a") is None
    assert permissions.rules_for("http://x.example/a") is None
    assert permissions.rules_for("https://x.example:8443/a") is None
    assert permissions.rules_for(PAGE) is not None


VERDICTS = {
    "our_group_forbids": (PAGE, "robots"),
    "only_the_others_are_forbidden": (f"{ORIGIN}/private/x", None),
    "nobody_is_forbidden": (f"{ORIGIN}/b", None),
}


@pytest.mark.parametrize(("url", "verdict"), VERDICTS.values(), ids=VERDICTS.keys())
def test_the_rules_of_our_group_decide(opened: Opener, url: str, verdict: str | None) -> None:
    permissions = opened()
    rules = permissions.rules_for(url)
    assert rules is not None

    assert permissions.verdict(rules, url) == verdict


AGES = {
    "fresh": (timedelta(), True),
    "just_within_a_day": (KEPT_FOR - timedelta(seconds=1), True),
    "a_day": (KEPT_FOR, False),
    "a_year": (timedelta(days=365), False),
}


@pytest.mark.parametrize(("age", "is_used"), AGES.values(), ids=AGES.keys())
def test_an_answer_is_used_for_a_day(opened: Opener, age: timedelta, *, is_used: bool) -> None:
    assert (opened(age=age).rules_for(PAGE) is not None) is is_used


def test_an_answer_grows_old_within_a_run(opened: Opener, clock: Clock) -> None:
    permissions = opened()
    fresh = permissions.rules_for(PAGE)
    clock.forward(hours=24)

    assert fresh is not None
    assert permissions.rules_for(PAGE) is None


# Status, and how long before the run it came: whether the run believes it.
UNREACHABLE: dict[str, tuple[int | None, timedelta, bool]] = {
    "no_answer_in_this_run": (None, timedelta(), True),
    "no_answer_in_the_run_before": (None, timedelta(minutes=5), False),
    "server_error_in_this_run": (503, timedelta(), True),
    "server_error_in_the_run_before": (503, timedelta(minutes=5), False),
    "missing_in_the_run_before": (404, timedelta(minutes=5), True),
}


@pytest.mark.parametrize(
    ("status", "age", "is_believed"), UNREACHABLE.values(), ids=UNREACHABLE.keys()
)
def test_an_unreachable_origin_is_believed_within_its_run_alone(
    opened: Opener, status: int | None, age: timedelta, *, is_believed: bool
) -> None:
    permissions = opened(status, b"", age=age)

    assert (permissions.rules_for(PAGE) is not None) is is_believed


def test_an_unreachable_origin_forbids_everything_and_says_why(opened: Opener) -> None:
    permissions = opened(503)
    rules = permissions.rules_for(f"{ORIGIN}/b")
    assert rules is not None

    assert permissions.verdict(rules, f"{ORIGIN}/b") == "robots_unreachable"


# The file, and the seconds that we are asked to leave between requests.
DELAYS = {
    "our_group_asks_for_none": (RULES, None),
    "everyone_is_asked": (b"User-agent: *\nCrawl-delay: 3\n", 3),
}


@pytest.mark.parametrize(("body", "pause_s"), DELAYS.values(), ids=DELAYS.keys())
def test_the_pause_is_that_of_our_group(opened: Opener, body: bytes, pause_s: float | None) -> None:
    permissions = opened(body=body)
    rules = permissions.rules_for(PAGE)
    assert rules is not None

    assert permissions.crawl_delay_s(rules) == pause_s


def test_an_origin_that_never_answers_is_given_up_and_one_that_answered_is_not(
    opened: Opener,
) -> None:
    permissions = opened(404, b"")

    permissions.give_up("https://silent.example")
    permissions.give_up(ORIGIN)

    silent, known = (
        permissions.rules_for(f"{each}/") for each in ("https://silent.example", ORIGIN)
    )
    assert silent is not None
    assert known is not None
    assert (silent.is_unreachable, known.is_unreachable) == (True, False)
