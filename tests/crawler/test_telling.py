"""How Newsreel says how it stands, in one sentence and in words of time."""

from datetime import UTC, datetime, timedelta

import pytest

from archive.journal.standing import SiteStanding
from crawler.telling import coverage_sentence, time_ago

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def standing(advertised: int, archived: int, *, failed: int = 0, blocked: int = 0) -> SiteStanding:
    return SiteStanding(
        site="x",
        advertised=advertised,
        archived=archived,
        pending=0,
        failed=failed,
        blocked=blocked,
        last_request_at=None,
    )


SENTENCES = {
    "nothing_yet": ([], "No article is advertised; every site is on track."),
    "all_there": (
        [standing(5, 5), standing(2, 2)],
        "7 of 7 advertised articles are archived; every site is on track.",
    ),
    "some_in_trouble": (
        [standing(5, 4, failed=1), standing(2, 0, blocked=2), standing(1, 1)],
        "5 of 8 advertised articles are archived; 2 of 3 sites need a look.",
    ),
}


@pytest.mark.parametrize(("sites", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_one_sentence_says_how_it_stands(sites: list[SiteStanding], sentence: str) -> None:
    assert coverage_sentence(sites) == sentence


def test_a_site_with_a_trouble_of_another_kind_needs_a_look_too() -> None:
    sentence = coverage_sentence([standing(0, 0)], troubled={"x", "not_there"})

    assert sentence == "No article is advertised; 1 of 1 site needs a look."


AGES: dict[str, tuple[timedelta | None, str]] = {
    "never": (None, "never"),
    "now": (timedelta(), "0 s ago"),
    "seconds": (timedelta(seconds=59, milliseconds=999), "59 s ago"),
    "a_minute": (timedelta(seconds=60), "1 min ago"),
    "an_hour": (timedelta(minutes=119), "1 h ago"),
    "days": (timedelta(hours=49), "2 d ago"),
    "a_clock_that_was_set_back": (timedelta(seconds=-5), "0 s ago"),
}


@pytest.mark.parametrize(("age", "said"), AGES.values(), ids=AGES.keys())
def test_time_ago(age: timedelta | None, said: str) -> None:
    assert time_ago(None if age is None else NOW - age, NOW) == said
