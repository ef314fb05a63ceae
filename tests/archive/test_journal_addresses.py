"""The frontier's table: who named what, whose turn it is, and what became of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from archive.coverage import Coverage, Fate
from archive.instant import from_micros
from archive.journal.addresses import Address, Advertised
from archive.journal.journal import Journal
from archive.journal.naming import Announced
from tests.archive.journal_samples import captured
from tests.archive.store_samples import NEXT_RUN, NOON, RUN, advertised

A, B, C = (f"https://x.example/{name}" for name in "abc")
FEED = "https://x.example/feed"
LATER = NOON + timedelta(hours=1)


def advertise(
    journal: Journal, *items: Advertised, run_id: str = RUN, now: datetime = NOON
) -> None:
    with journal.transaction():
        journal.addresses.advertise(run_id, items, now=now)


def known(journal: Journal, url: str = A) -> Address:
    address = journal.addresses.find(url)
    assert address is not None
    return address


def queued(journal: Journal, *, run_id: str = RUN, now: datetime = NOON) -> list[str]:
    return [each.url for each in journal.addresses.queued(run_id, "x", now=now, limit=9)]


def ledger(journal: Journal, run_id: str = RUN) -> dict[str, Coverage]:
    return {row.url: row for _, row in journal.addresses.coverage(run_id)}


def test_a_new_address_is_queued_as_it_was_advertised(journal: Journal) -> None:
    advertise(journal, advertised(A, kind="feed", depth=2, hops=1, priority=7))

    assert journal.addresses.queued(RUN, "x", now=NOON, limit=9) == (
        Address(
            id=1,
            url=A,
            site="x",
            kind="feed",
            depth=2,
            hops=1,
            priority=7,
            attempts=0,
            run_id=RUN,
            first_seen_at=NOON,
            etag=None,
            last_modified=None,
            payload_id=None,
            article_id=None,
        ),
    )


def test_an_address_that_was_never_heard_of_is_not_found(journal: Journal) -> None:
    assert journal.addresses.find(A) is None


def test_an_address_is_the_same_by_id_and_by_name(journal: Journal) -> None:
    advertise(journal, advertised(A), advertised(B))

    assert journal.addresses.get(known(journal, B).id) == known(journal, B)


def test_meeting_an_address_again_only_shortens_its_way(journal: Journal) -> None:
    advertise(journal, advertised(A, depth=3, priority=5))
    advertise(journal, advertised(A, depth=1, priority=2), now=LATER)
    advertise(journal, advertised(A, depth=2, priority=9), now=LATER)

    address = known(journal)
    assert (address.depth, address.priority) == (1, 9)
    assert address.first_seen_at == NOON
    assert queued(journal) == [A]


def test_an_address_that_is_settled_is_not_queued_again_in_its_run(journal: Journal) -> None:
    advertise(journal, advertised(A))
    journal.addresses.settle(1, Fate.GONE)

    advertise(journal, advertised(A))

    assert queued(journal) == []


def test_a_new_run_queues_a_settled_address_afresh(journal: Journal) -> None:
    advertise(journal, advertised(A, kind="page", depth=0, hops=3, priority=9))
    capture_id = captured(journal, known(journal))
    journal.addresses.settle(1, Fate.FAILED, "http_500")

    again = advertised(A, kind="feed", depth=2, hops=1, priority=4)
    advertise(journal, again, run_id=NEXT_RUN, now=LATER)

    address = known(journal)
    assert capture_id == 1
    assert (address.kind, address.depth, address.hops, address.priority) == ("feed", 2, 1, 4)
    assert (address.attempts, address.run_id, address.first_seen_at) == (0, NEXT_RUN, NOON)
    assert queued(journal, run_id=NEXT_RUN, now=NOON) == []
    assert queued(journal, run_id=NEXT_RUN, now=LATER) == [A]
    row = ledger(journal, NEXT_RUN)[A]
    assert (row.fate, row.reason, row.fetch_time) == (Fate.PENDING, None, None)


def test_a_new_run_keeps_what_the_next_conditional_request_needs(journal: Journal) -> None:
    advertise(journal, advertised(A))
    journal.addresses.keep_validators(1, etag='"1"', last_modified="Mon", payload_id=7)
    journal.addresses.settle(1, Fate.ARCHIVED, article_id="a1")

    advertise(journal, advertised(A), run_id=NEXT_RUN)

    address = known(journal)
    assert (address.etag, address.last_modified, address.payload_id) == ('"1"', "Mon", 7)
    assert address.article_id == "a1"


def test_what_a_killed_run_left_queued_is_queued_in_the_next(journal: Journal) -> None:
    advertise(journal, advertised(A))

    advertise(journal, advertised(A), run_id=NEXT_RUN)

    assert queued(journal) == []
    assert queued(journal, run_id=NEXT_RUN) == [A]


def test_an_unread_capture_is_not_made_again_and_decides_the_fate_in_the_new_run(
    journal: Journal,
) -> None:
    advertise(journal, advertised(A))
    captured(journal, known(journal))

    advertise(journal, advertised(A), run_id=NEXT_RUN)
    waiting = ledger(journal, NEXT_RUN)[A]
    journal.addresses.settle(1, Fate.ARCHIVED)

    assert queued(journal, run_id=NEXT_RUN) == []
    assert waiting.fate is Fate.PENDING
    assert ledger(journal, NEXT_RUN)[A].fate is Fate.ARCHIVED
    assert ledger(journal, NEXT_RUN)[A].fetch_time == NOON


LASTMODS: dict[str, tuple[list[datetime | None], datetime | None]] = {
    "never": ([None, None], None),
    "at_first": ([NOON, None], NOON),
    "later": ([None, NOON], NOON),
    "newer": ([NOON, LATER], LATER),
    "older": ([LATER, NOON], LATER),
}


@pytest.mark.parametrize(("told", "newest"), LASTMODS.values(), ids=LASTMODS.keys())
def test_the_newest_lastmod_counts(
    journal: Journal, told: list[datetime | None], newest: datetime | None
) -> None:
    advertise(journal, advertised(FEED))
    for lastmod in told:
        advertise(journal, advertised(A, by=1, lastmod=lastmod))

    found = journal.query("SELECT lastmod FROM address WHERE identity = ?", (A,))[0]["lastmod"]
    assert (None if found is None else from_micros(found)) == newest


def test_the_most_urgent_comes_first_then_what_waits_longest_then_the_oldest(
    journal: Journal,
) -> None:
    advertise(journal, advertised(A, priority=1), now=LATER)
    advertise(journal, advertised(B, priority=1), advertised(C, priority=1), now=NOON)
    advertise(journal, advertised(FEED, priority=5), now=LATER)

    assert queued(journal, now=LATER) == [FEED, B, C, A]


def test_no_more_are_queued_than_asked_for_and_none_of_another_site_or_run(
    journal: Journal,
) -> None:
    advertise(journal, advertised(A), advertised(B), advertised(C, site="y"))
    advertise(journal, advertised(FEED), run_id=NEXT_RUN)

    found = journal.addresses.queued(RUN, "x", now=NOON, limit=1)

    assert [each.url for each in found] == [A]
    assert queued(journal) == [A, B]
    assert journal.addresses.sites(RUN) == ("x", "y")


def test_an_address_that_is_put_off_waits_for_its_time(journal: Journal) -> None:
    advertise(journal, advertised(A))
    captured(journal, known(journal))
    on_its_way = queued(journal)

    journal.addresses.retry(1, at=LATER)

    assert on_its_way == []
    assert queued(journal) == []
    assert queued(journal, now=LATER) == [A]
    assert journal.addresses.next_at(RUN, "x", after=NOON) == LATER
    assert known(journal).attempts == 1


def test_nothing_is_due_where_nothing_is_queued(journal: Journal) -> None:
    advertise(journal, advertised(A))
    journal.addresses.settle(1, Fate.READ)

    assert journal.addresses.next_at(RUN, "x", after=NOON) is None
    assert journal.addresses.sites(RUN) == ()


def test_a_settled_address_can_be_asked_once_more_with_all_its_attempts(journal: Journal) -> None:
    advertise(journal, advertised(A))
    captured(journal, known(journal))
    journal.addresses.queue_again(A, at=NOON)
    untouched = queued(journal)
    journal.addresses.settle(1, Fate.READ)

    journal.addresses.queue_again(A, at=NOON)

    assert untouched == []
    assert queued(journal) == [A]
    assert known(journal).attempts == 0


def test_an_article_once_found_is_not_forgotten_by_a_later_fate(journal: Journal) -> None:
    advertise(journal, advertised(A))

    journal.addresses.settle(1, Fate.ARCHIVED, article_id="a1")
    journal.addresses.settle(1, Fate.GONE, "http_410")

    assert known(journal).article_id == "a1"
    assert ledger(journal)[A].fate is Fate.GONE


def test_what_a_run_archived_and_looked_at_again_was_archived_in_it(journal: Journal) -> None:
    advertise(journal, advertised(A))

    journal.addresses.settle(1, Fate.ARCHIVED, article_id="a1")
    journal.addresses.settle(1, Fate.UNCHANGED, "same_payload")

    assert (ledger(journal)[A].fate, ledger(journal)[A].reason) == (Fate.ARCHIVED, None)


def test_redirects_are_followed_back_to_every_address_that_led_here(journal: Journal) -> None:
    advertise(journal, advertised(A), advertised(FEED))
    advertise(journal, advertised(B, by=1, advertised_in="redirect"))
    advertise(journal, advertised(C, by=3, advertised_in="redirect"))
    advertise(journal, advertised(C, by=2, advertised_in="link"))

    assert journal.addresses.redirected_from(RUN, known(journal, C).id) == (C, B, A)
    assert journal.addresses.redirected_from(NEXT_RUN, known(journal, C).id) == (C,)


def test_redirects_in_a_circle_come_to_an_end(journal: Journal) -> None:
    advertise(journal, advertised(A))
    advertise(journal, advertised(B, by=1, advertised_in="redirect"))
    advertise(journal, advertised(A, by=2, advertised_in="redirect"))

    assert journal.addresses.redirected_from(RUN, 1) == (A, B)


def test_what_feeds_and_sitemaps_said_first_of_a_page_is_known(journal: Journal) -> None:
    by_feed = advertised(A, by=8, advertised_at=LATER, title="Later")
    by_map = advertised(A, by=9, advertised_at=NOON, title=None, advertised_in="sitemap")
    advertise(journal, by_feed, advertised(A, by=7), advertised(B), advertised(C, title="C"))
    advertise(journal, by_map, run_id=NEXT_RUN)

    said = [journal.addresses.announced(number) for number in (1, 2, 3)]

    assert said == [
        Announced(at=NOON, source="sitemap", title="Later"),
        Announced(),
        Announced(title="C"),
    ]


def test_the_ledger_tells_what_listings_called_a_page_and_when_it_changed(journal: Journal) -> None:
    advertise(journal, advertised(A, by=8, title="Brook Returns", lastmod=NOON), advertised(B))
    advertise(journal, advertised(A, by=9, title="Another", lastmod=LATER))

    told = ledger(journal)

    assert (told[A].advertised_title, told[A].lastmod) == ("Brook Returns", LATER)
    assert (told[B].advertised_title, told[B].lastmod) == (None, None)


def test_the_ledger_names_an_address_as_advertised_wherever_it_leads(journal: Journal) -> None:
    tracked = f"{A}?utm_source=mail"
    advertise(journal, advertised(tracked))

    journal.addresses.readdress(1, A, at=NOON)

    assert queued(journal) == [A]
    assert list(ledger(journal)) == [tracked]


def test_counts_tell_what_is_settled_from_what_is_pending(journal: Journal) -> None:
    advertise(journal, advertised(A), advertised(B), advertised(C), advertised(FEED, site="y"))
    journal.addresses.settle(1, Fate.ARCHIVED)
    journal.addresses.settle(2, Fate.ARCHIVED)

    assert journal.addresses.counts(RUN) == {
        ("x", "archived"): 2,
        ("x", "pending"): 1,
        ("y", "pending"): 1,
    }
    assert journal.addresses.counts(NEXT_RUN) == {}


def test_a_ledger_row_names_everyone_who_advertised_an_address(journal: Journal) -> None:
    advertise(journal, advertised(FEED), advertised(B))
    advertise(
        journal,
        advertised(A, advertised_in="operator"),
        advertised(A, by=1, advertised_in="feed", advertised_at=LATER),
        advertised(A, by=1, advertised_in="sitemap", advertised_at=NOON),
        advertised(A, by=2, advertised_in="link"),
        advertised(A, by=2, advertised_in="link"),
    )
    address = known(journal)
    captured(journal, address, status=404)
    journal.addresses.settle(address.id, Fate.GONE, "http_404")

    assert ledger(journal)[A] == Coverage(
        run_id=RUN,
        url=A,
        url_surtkey="example,x)/a",
        site_domain="x.example",
        advertised_by=(B, FEED, "operator"),
        advertised_in=("feed", "link", "operator", "sitemap"),
        advertised_at=NOON,
        first_seen_at=NOON,
        fate=Fate.GONE,
        reason="http_404",
        fetch_time=NOON,
        fetch_status=404,
        attempts=1,
        warc_record_id="<urn:uuid:00000000-0001-4000-8000-000000000001>",
    )


def test_the_ledger_goes_site_by_site(journal: Journal) -> None:
    advertise(journal, advertised(A), advertised(B, site="b"), advertised(C))

    rows = [(site, row.url) for site, row in journal.addresses.coverage(RUN)]

    assert rows == [("b", B), ("x", A), ("x", C)]


def test_an_address_that_nobody_asked_for_has_its_row_too(journal: Journal) -> None:
    advertise(journal, advertised(A, advertised_in="operator"))

    row = ledger(journal)[A]

    assert (row.fate, row.attempts, row.fetch_status) == (Fate.PENDING, 0, None)
    assert (row.warc_record_id, row.article_id, row.advertised_by) == (None, None, ("operator",))


CHANGES: dict[str, Callable[[Journal], Any]] = {
    "retry": lambda journal: journal.addresses.retry(1, at=LATER),
    "settle": lambda journal: journal.addresses.settle(1, Fate.GONE),
    "validators": lambda journal: journal.addresses.keep_validators(
        1, etag="e", last_modified=None, payload_id=1
    ),
    "fetched": lambda journal: journal.addresses.mark_fetched(1, 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_concerns_one_address_alone(
    journal: Journal, change: Callable[[Journal], Any]
) -> None:
    advertise(journal, advertised(A), advertised(B))
    before = known(journal, B), B in queued(journal)

    change(journal)

    assert (known(journal, B), B in queued(journal)) == before
