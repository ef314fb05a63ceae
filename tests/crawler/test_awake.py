"""When `crawl --due` begins to crawl: only for what it watches, and only where that is open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.errors import ConfigError
from archive.journal.journal import Journal
from crawler.commands.awake import due_at
from crawler.manners import Manners, read_hours
from crawler.site import Site, unknown_site
from crawler.sites import Sites
from tests.archive.journal_samples import captured
from tests.archive.store_samples import NOON, RUN, advertised, begin

HOME, THEIRS = "https://x.example/", "https://y.example/"
CLOSED = Manners(hours=read_hours("14:00-16:00 UTC"))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Know the feeds of two sites, due at eleven and at one; it is noon."""
    journal = Journal.open(tmp_path / "journal.db")
    begin(journal, RUN)
    for number, (home, hours) in enumerate(((HOME, -1), (THEIRS, 1)), start=1):
        feed = replace(advertised(f"{home}feed", kind="feed"), site=unknown_site(home).name)
        with journal.transaction():
            journal.addresses.advertise(RUN, (feed,), now=NOON - timedelta(hours=3))
            journal.addresses.settle(number, Fate.READ)
            journal.looks.keep_interval(number, timedelta(hours=3 + hours))
    yield journal
    journal.close()


def site(home: str, manners: Manners) -> Site:
    return replace(unknown_site(home), manners=manners)


# Targets, what the file of the first site says, and in how many hours something is due.
MOMENTS: dict[str, tuple[tuple[str, ...], Manners, float | None]] = {
    "at_any_hour": ((HOME, THEIRS), Manners(), -1),
    "watched_alone": ((THEIRS,), Manners(), 1),
    "closed": ((HOME,), CLOSED, 2),
    "closed_beside_another": ((HOME, THEIRS), CLOSED, 1),
    "never_heard_of": (("https://z.example/",), Manners(), None),
}


@pytest.mark.parametrize(("words", "manners", "hours"), MOMENTS.values(), ids=MOMENTS.keys())
def test_something_is_due_where_it_is_watched_and_open(
    journal: Journal, words: tuple[str, ...], manners: Manners, hours: float | None
) -> None:
    moment = due_at(words, Sites((site(HOME, manners),)), journal, now=NOON)

    assert moment == (None if hours is None else NOON + timedelta(hours=hours))


def test_a_site_that_has_spent_its_day_has_nothing_due_before_midnight(journal: Journal) -> None:
    spent = Sites((site(HOME, Manners(requests_a_day=1)),))
    with journal.transaction():
        captured(journal, journal.addresses.get(1))

    assert due_at((HOME,), spent, journal, now=NOON) == NOON + timedelta(hours=12)


def test_what_is_put_off_is_due_when_it_may_be_tried_again(journal: Journal) -> None:
    with journal.transaction():
        journal.addresses.retry(1, at=NOON + timedelta(hours=5))

    assert due_at((HOME,), Sites(()), journal, now=NOON) == NOON + timedelta(hours=5)


def test_pages_alone_are_nothing_to_watch(journal: Journal) -> None:
    with pytest.raises(ConfigError, match="whole sites"):
        due_at((f"{HOME}a-story",), Sites(()), journal, now=NOON)
