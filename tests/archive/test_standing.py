"""How sites stand: what was asked for in vain, and what is still to be asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.journal.addresses import Address
from archive.journal.journal import Journal
from archive.journal.standing import SiteStanding, standing
from tests.archive.store_samples import NOON, RUN, advertised, begin

STORY = "https://x.example/a-story"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.open(tmp_path / "journal.db")
    begin(journal)
    yield journal
    journal.close()


def named(journal: Journal, *, by: Address | None = None) -> Address:
    """Have a page named, by the operator or by a listing."""
    page = advertised(STORY) if by is None else advertised(STORY, by=by.id)
    journal.addresses.advertise(RUN, (page,), now=NOON)
    address = journal.addresses.find(STORY)
    assert address
    return address


def front(journal: Journal) -> Address:
    item = advertised("https://x.example/", kind="front")
    journal.addresses.advertise(RUN, (item,), now=NOON)
    address = journal.addresses.find(item.url)
    assert address
    journal.addresses.settle(address.id, Fate.READ)
    return address


def of_site(journal: Journal) -> SiteStanding:
    (site,) = standing(journal)
    return site


def test_a_page_that_the_operator_named_and_that_is_gone_needs_a_look(journal: Journal) -> None:
    journal.addresses.settle(named(journal).id, Fate.GONE, "http_404")

    site = of_site(journal)

    assert (site.missing, site.advertised, site.needs_a_look) == (1, 0, True)
    assert "1 address that you named gone" in site.trouble


def test_a_page_that_a_listing_named_may_be_gone(journal: Journal) -> None:
    page = named(journal, by=front(journal))
    journal.addresses.settle(page.id, Fate.GONE, "http_404")

    assert not of_site(journal).needs_a_look


def test_the_next_run_does_not_ask_for_a_look_at_what_the_last_one_missed(
    journal: Journal,
) -> None:
    journal.addresses.settle(named(journal).id, Fate.GONE, "http_404")

    begin(journal, "a-later-run")

    assert not of_site(journal).needs_a_look


def test_a_site_without_a_robots_answer_needs_a_look(journal: Journal) -> None:
    journal.addresses.settle(named(journal).id, Fate.REFUSED, "robots_unreachable")

    site = of_site(journal)

    assert (site.unreachable, site.needs_a_look) == (1, True)
    assert "since robots.txt could not be had" in site.trouble


def test_what_was_not_asked_for_yet_is_pending(journal: Journal) -> None:
    named(journal)

    site = of_site(journal)

    assert (site.pending, site.advertised, site.archived) == (1, 1, 0)
