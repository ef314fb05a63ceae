"""How Newsreel says how it stands, in one sentence and in words of time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.journal.standing import SiteStanding
from archive.shortfall import Shortfall
from crawler.telling import coverage_sentence, damages_told, reason_in_words, state_of, time_ago

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def standing(advertised: int, archived: int, **counts: int) -> SiteStanding:
    none = dict.fromkeys(("pending", "failed", "blocked", "unreachable", "missing"), 0)
    return SiteStanding(
        site="x",
        advertised=advertised,
        archived=archived,
        last_request_at=None,
        **none | counts,
    )


FOUR_LEFT = "4 addresses still to be asked for or read"
SENTENCES = {
    "nothing_yet": ([], "No article is advertised."),
    "all_there": (
        [standing(5, 5), standing(2, 2)],
        "7 of 7 advertised articles are archived; every site is on track.",
    ),
    "one_article": (
        [standing(1, 1)],
        "1 of 1 advertised article is archived; every site is on track.",
    ),
    "cut_off": (
        [standing(34, 0, pending=36)],
        "0 of 34 advertised articles are archived; 36 addresses still to be asked for or read.",
    ),
    "cut_off_and_in_trouble": (
        [standing(3, 1, pending=4, failed=1)],
        f"1 of 3 advertised articles are archived; 1 of 1 site needs a look; {FOUR_LEFT}.",
    ),
    "a_page_that_is_gone": (
        [standing(0, 0, missing=1)],
        "No article is advertised; 1 of 1 site needs a look.",
    ),
    "a_silent_site": (
        [standing(0, 0, unreachable=2)],
        "No article is advertised; 1 of 1 site needs a look.",
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


def test_a_damaged_store_says_so_first_and_calls_nothing_on_track() -> None:
    sentence = coverage_sentence([standing(2, 2)], damaged=2)

    assert sentence == "2 files of the store are damaged; 2 of 2 advertised articles are archived."


def test_of_many_damaged_files_some_are_named_and_the_rest_is_counted() -> None:
    files = [
        Shortfall(path=Path(f"warc/{number}"), committed_bytes=9, found_bytes=None)
        for number in range(7)
    ]

    told = list(damages_told(files, Path("a store")))

    assert told[:5] == [f"damaged: warc/{number} is gone" for number in range(5)]
    assert told[5] == "and 2 more"
    assert told[-1] == "  $ newsreel verify --repair --dry-run --store 'a store'\n"
    assert list(damages_told([], Path("store"))) == []


STATES = {
    "on_track": (standing(2, 2), "✓ on track"),
    "in_trouble": (standing(2, 1, failed=1, pending=1), "! needs a look"),
    "cut_off": (standing(2, 1, pending=1), "… not finished"),
    "nothing_advertised": (standing(0, 0), "- no article"),
}


@pytest.mark.parametrize(("site", "said"), STATES.values(), ids=STATES.keys())
def test_a_site_is_on_track_when_nothing_is_left_to_do(site: SiteStanding, said: str) -> None:
    assert state_of(site) == said


def test_a_word_without_a_sentence_is_said_as_it_is() -> None:
    assert reason_in_words("too_many_redirects") == "too many redirects"


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
