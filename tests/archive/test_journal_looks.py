"""What was looked at when: the facts that a schedule is made from."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.coverage import Coverage, Fate
from archive.journal.addresses import Advertised
from archive.journal.journal import Journal
from archive.journal.looks import LASTMOD, NEVER, TROUBLE, Look, Looks
from tests.archive.store_samples import NEXT_RUN, NOON, RUN, advertised, begin

A, B = "https://x.example/a", "https://x.example/b"
FEED = "https://x.example/feed"
GAPS = {0: timedelta(hours=1), 1: timedelta(hours=6), TROUBLE: timedelta(hours=1)}


def advertise(
    journal: Journal,
    *items: Advertised,
    run_id: str = RUN,
    now: datetime = NOON,
    cause: str | None = None,
) -> int:
    with journal.transaction():
        return journal.addresses.advertise(run_id, items, now=now, again=lambda *_: cause)


def queued(journal: Journal, run_id: str = RUN, *, hours: float = 0) -> list[str]:
    now = NOON + timedelta(hours=hours)
    return [each.url for each in journal.addresses.queued(run_id, "x", now=now, limit=9)]


def queue_due(journal: Journal, *sites: str, hours: float, run_id: str = RUN) -> int:
    with journal.transaction():
        return journal.looks.queue_due(run_id, sites, GAPS, now=NOON + timedelta(hours=hours))


def ledger(journal: Journal, run_id: str = RUN) -> dict[str, Coverage]:
    return {row.url: row for _, row in journal.addresses.coverage(run_id)}


def quiet(journal: Journal) -> int:
    (row,) = journal.query("SELECT quiet FROM look WHERE address_id = 1")
    return int(row["quiet"])


@pytest.fixture
def page(journal: Journal) -> None:
    """Know of one page, archived at noon."""
    advertise(journal, advertised(A))
    journal.addresses.settle(1, Fate.ARCHIVED, article_id="a1")


# Hours after noon, and whether the page is due then.
@pytest.mark.parametrize(("hours", "is_due"), [(0.9, False), (1, True)], ids=["before", "then"])
@pytest.mark.usefixtures("page")
def test_a_page_is_due_once_its_gap_is_over(
    journal: Journal, hours: float, *, is_due: bool
) -> None:
    assert queue_due(journal, "x", hours=hours) == is_due
    assert queued(journal, hours=hours) == [A] * is_due


@pytest.mark.usefixtures("page")
def test_a_page_that_is_due_is_named_by_the_schedule(journal: Journal) -> None:
    begin(journal, NEXT_RUN)

    queue_due(journal, "x", hours=1, run_id=NEXT_RUN)

    assert ledger(journal, NEXT_RUN)[A].advertised_in == ("revisit",)
    assert ledger(journal, NEXT_RUN)[A].advertised_by == (A,)
    assert ledger(journal, NEXT_RUN)[A].fate is Fate.PENDING


@pytest.mark.usefixtures("page")
def test_another_sites_page_is_left_for_its_own_crawl(journal: Journal) -> None:
    assert queue_due(journal, "y", hours=9) == 0


# What becomes of a page, look by look, and how many quiet looks there were in a row.
HISTORIES: dict[str, tuple[tuple[Fate, ...], int]] = {
    "unchanged": ((Fate.UNCHANGED,), 1),
    "unchanged_twice": ((Fate.UNCHANGED, Fate.UNCHANGED), 2),
    "edited": ((Fate.UNCHANGED, Fate.ARCHIVED), 0),
    "gone": ((Fate.GONE,), 1),
    "in_trouble": ((Fate.FAILED,), TROUBLE),
    "in_trouble_again": ((Fate.FAILED, Fate.BLOCKED), TROUBLE + 1),
    "out_of_trouble": ((Fate.FAILED, Fate.UNCHANGED), 2),
    "edited_in_trouble": ((Fate.FAILED, Fate.ARCHIVED), 0),
    "moved": ((Fate.REDIRECTED,), NEVER),
    "moved_and_back": ((Fate.REDIRECTED, Fate.ARCHIVED), 0),
}


@pytest.mark.parametrize(("fates", "wanted"), HISTORIES.values(), ids=HISTORIES.keys())
@pytest.mark.usefixtures("page")
def test_looks_that_bring_nothing_are_counted(
    journal: Journal, fates: tuple[Fate, ...], wanted: int
) -> None:
    for fate in fates:
        journal.addresses.settle(1, fate)

    assert quiet(journal) == wanted


@pytest.mark.usefixtures("page")
def test_a_page_that_stayed_the_same_through_all_gaps_is_left_alone(journal: Journal) -> None:
    for _ in range(2):
        journal.addresses.settle(1, Fate.UNCHANGED)

    assert queue_due(journal, "x", hours=24 * 365) == 0
    assert journal.looks.next_due(GAPS) is None


def test_a_listing_is_due_when_its_interval_is_over(journal: Journal) -> None:
    advertise(journal, advertised(FEED, kind="feed"))
    journal.addresses.settle(1, Fate.READ)
    journal.looks.keep_interval(1, timedelta(minutes=10))

    assert journal.looks.interval_s(1) == 600
    assert journal.looks.next_due(GAPS) == NOON + timedelta(minutes=10)
    assert queue_due(journal, "x", hours=0.1) == 0
    assert queue_due(journal, "x", hours=0.2) == 1


def test_what_another_run_left_queued_is_taken_over_as_it_is(journal: Journal) -> None:
    advertise(journal, advertised(A))
    journal.addresses.retry(1, at=NOON + timedelta(hours=2))
    begin(journal, NEXT_RUN)

    taken = queue_due(journal, "x", hours=0, run_id=NEXT_RUN)

    assert taken == 1
    assert queued(journal, NEXT_RUN, hours=1) == []
    assert queued(journal, NEXT_RUN, hours=2) == [A]
    assert journal.looks.next_due(GAPS) == NOON + timedelta(hours=2)


def test_only_what_was_not_known_is_news(journal: Journal) -> None:
    assert advertise(journal, advertised(A), advertised(B)) == 2
    assert advertise(journal, advertised(A), advertised(B)) == 0


# Why it is looked at again; None: it is not.
@pytest.mark.parametrize("cause", [None, "clock", LASTMOD], ids=str)
@pytest.mark.usefixtures("page")
def test_a_known_page_is_queued_when_there_is_cause(journal: Journal, cause: str | None) -> None:
    begin(journal, NEXT_RUN)

    item = advertised(A, by=7)
    news = advertise(journal, item, run_id=NEXT_RUN, now=NOON + GAPS[0], cause=cause)

    assert news == (cause is not None)
    assert queued(journal, NEXT_RUN, hours=1) == [A] * (cause is not None)
    assert list(ledger(journal, NEXT_RUN)) == [A] * (cause is not None)


@pytest.mark.usefixtures("page")
def test_the_policy_is_told_what_is_known(journal: Journal) -> None:
    asked: list[tuple[Look, datetime | None]] = []

    def again(look: Look, lastmod: datetime | None) -> None:
        asked.append((look, lastmod))

    item = advertised(A, by=7, lastmod=NOON + GAPS[0])
    with journal.transaction():
        journal.addresses.advertise(RUN, (item,), now=NOON, again=again)

    look = Look(kind="page", looked_at=NOON, quiet=0, misled=0, interval_s=None)
    assert asked == [(look, NOON + GAPS[0])]


@pytest.mark.usefixtures("page")
def test_what_the_operator_names_is_not_looked_at_before_its_time(journal: Journal) -> None:
    advertise(journal, advertised(A, by=0), cause="clock")

    assert queued(journal) == []


@pytest.mark.usefixtures("page")
def test_dates_that_mislead_are_counted_until_there_is_news(journal: Journal) -> None:
    def misled() -> int:
        (row,) = journal.query("SELECT misled FROM look")
        return int(row["misled"])

    advertise(journal, advertised(A, by=7), cause=LASTMOD)
    journal.addresses.settle(1, Fate.UNCHANGED)
    after_one = misled()
    advertise(journal, advertised(A, by=7), cause=LASTMOD)
    journal.addresses.settle(1, Fate.ARCHIVED)

    assert (after_one, misled()) == (1, 0)


# What was known at noon, and the clock was then set back by a year.
def test_what_sleeps_since_a_clock_was_set_back_is_due_at_once(journal: Journal) -> None:
    advertise(journal, advertised(A), advertised(FEED, kind="feed"), advertised(B))
    journal.addresses.settle(1, Fate.ARCHIVED, article_id="a1")
    journal.addresses.settle(2, Fate.READ)
    journal.looks.keep_interval(2, timedelta(hours=1))
    year_before = NOON - timedelta(days=365)

    with journal.transaction():
        moved = journal.looks.bring_back(GAPS, now=year_before)
        again = journal.looks.bring_back(GAPS, now=year_before)
    due = queue_due(journal, "x", hours=-365 * 24)

    assert (moved, again, due) == (3, 0, 2)
    assert sorted(queued(journal, hours=-365 * 24)) == [A, B, FEED]


@pytest.mark.usefixtures("page")
def test_what_is_due_within_the_longest_gap_keeps_its_time(journal: Journal) -> None:
    with journal.transaction():
        moved = journal.looks.bring_back(GAPS, now=NOON - timedelta(hours=4))

    assert moved == 0
    assert journal.looks.next_due(GAPS) == NOON + timedelta(hours=1)


def test_of_every_site_that_waits_only_what_sleeps_is_brought_back(journal: Journal) -> None:
    year_before = NOON - timedelta(days=365)
    for site in ("a", "b", "c"):
        advertise(journal, advertised(f"https://{site}.example/1", site=site))
    for site in ("b", "d"):
        advertise(journal, advertised(f"https://{site}.example/2", site=site), now=year_before)

    with journal.transaction():
        moved = journal.looks.bring_back(GAPS, now=year_before)

    assert moved == 3
    for site in "abcd":
        assert journal.looks.next_due_of(site, GAPS) == year_before


def test_what_waits_for_now_costs_nothing_when_a_crawl_starts(root: Path, journal: Journal) -> None:
    def steps() -> int:
        counted: list[None] = []
        with closing(sqlite3.connect(root / "journal.db")) as db:
            db.set_progress_handler(lambda: counted.append(None), 1)
            Looks(db).bring_back(GAPS, now=NOON)
        return len(counted)

    advertise(journal, *(advertised(f"{A}/{number}") for number in range(9)))
    of_few = steps()
    advertise(journal, *(advertised(f"{B}/{number}") for number in range(999)))

    assert steps() == of_few
