"""Requisites in the frontier's table: asked for once, left alone while they stand, in no ledger."""

from datetime import datetime, timedelta

import pytest

from archive.coverage import Fate
from archive.journal.addresses import REQUISITE, Advertised
from archive.journal.journal import Journal
from archive.journal.standing import standing
from tests.archive.journal_samples import captured
from tests.archive.store_samples import NEXT_RUN, NOON, RUN, advertised, begin

PAGE = "https://x.example/story"
SHEET = "https://cdn.example/site.css"
LATER = NOON + timedelta(days=3)
AGAIN = NOON + timedelta(days=7)


def advertise(
    journal: Journal, *items: Advertised, run_id: str = RUN, now: datetime = NOON
) -> None:
    with journal.transaction():
        journal.addresses.advertise(run_id, items, now=now)


def needed(url: str = SHEET, *, by: int = 1) -> Advertised:
    return advertised(url, kind=REQUISITE, advertised_in=REQUISITE, by=by, priority=10)


def queued(journal: Journal, run_id: str = RUN) -> list[tuple[str, str]]:
    found = journal.addresses.queued(run_id, "x", now=LATER, limit=9)
    return [(each.url, each.kind) for each in found]


@pytest.fixture
def archived(journal: Journal) -> Journal:
    """Return a journal with a requisite that was archived, and rests for a week."""
    advertise(journal, needed())
    address = journal.addresses.find(SHEET)
    assert address is not None
    captured(journal, address)
    journal.addresses.settle(address.id, Fate.NOT_ARTICLE, REQUISITE)
    journal.addresses.rest(address.id, until=AGAIN)
    begin(journal, NEXT_RUN)
    return journal


def test_a_requisite_of_many_pages_is_noted_once_a_run(journal: Journal) -> None:
    advertise(journal, needed(by=1), needed(by=2), needed(by=3))

    (noted,) = journal.query("SELECT count(*) AS n FROM advertisement")
    assert noted["n"] == 1
    assert queued(journal) == [(SHEET, REQUISITE)]


# When a later run names it, and whether that run asks for it.
MOMENTS = {
    "while_it_stands": (AGAIN - timedelta(seconds=1), False),
    "once_it_may_have_changed": (AGAIN, True),
}


@pytest.mark.parametrize(("now", "is_asked"), MOMENTS.values(), ids=MOMENTS.keys())
def test_a_requisite_is_not_asked_for_while_it_stands(
    archived: Journal, now: datetime, *, is_asked: bool
) -> None:
    advertise(archived, needed(), run_id=NEXT_RUN, now=now)

    found = archived.addresses.queued(NEXT_RUN, "x", now=now, limit=9)
    assert [each.url for each in found] == [SHEET] * is_asked


def test_a_page_never_becomes_a_requisite(journal: Journal) -> None:
    advertise(journal, advertised(PAGE))

    advertise(journal, needed(PAGE))

    assert queued(journal) == [(PAGE, "page")]


def test_what_is_queued_as_a_requisite_and_advertised_becomes_a_page(journal: Journal) -> None:
    advertise(journal, needed())

    advertise(journal, advertised(SHEET, priority=100))

    assert queued(journal) == [(SHEET, "page")]


def test_what_was_archived_as_a_requisite_and_is_advertised_is_read_as_a_page(
    archived: Journal,
) -> None:
    advertise(archived, advertised(SHEET, priority=100))

    assert queued(archived) == [(SHEET, "page")]
    assert [row.url for _, row in archived.addresses.coverage(RUN)] == [SHEET]


def test_requisites_are_in_no_ledger_no_count_and_no_standing(archived: Journal) -> None:
    advertise(archived, needed("https://x.example/b.png"))

    assert list(archived.addresses.coverage(RUN)) == []
    assert archived.addresses.counts(RUN) == {}
    assert standing(archived) == ()


def test_what_a_run_asked_for_is_counted_with_what_it_brought(archived: Journal) -> None:
    assert archived.addresses.requisites_asked(RUN, "x") == (1, 21_090)
    assert archived.addresses.requisites_asked(NEXT_RUN, "x") == (0, 0)
    assert archived.addresses.requisites_asked(RUN, "y") == (0, 0)
