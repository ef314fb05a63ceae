"""One crawl of all hostile answers: each becomes what its row says, and harms no other.

The answers that take as long as the limits they prove are crawled by `make hostile`.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from archive import open_store
from tests.e2e.command import newsreel
from tests.e2e.wire_cases import headline
from tests.origin import damaged, listings, pages, robots
from tests.origin.hostile_crawl import HostileCrawl, crawl, misfits, what_became, what_should
from tests.origin.row import LARGEST_BYTES, Row
from tests.origin.table import QUICK, WAITING, entries, page_of_the_table

MOST_MIB = 450
"""Of which loading Newsreel takes some 150; decoding a bomb may take 32 more."""
ROOT = Path(__file__).parents[2]


def names(topics: Mapping[str, Mapping[str, Row]]) -> list[str]:
    """Return the rows of some topics."""
    return [name for rows in topics.values() for name in rows]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> HostileCrawl:
    """Crawl every row that answers at once."""
    store = tmp_path_factory.mktemp("hostile") / "store"
    return crawl(store, tuple(QUICK.values()), listings=listings.pages(), limits={})


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> HostileCrawl:
    """Crawl every row that does not end, each on a site of its own, so that they wait together."""
    sites = tuple({name: row} for rows in WAITING.values() for name, row in rows.items())
    store = tmp_path_factory.mktemp("waiting") / "store"
    return crawl(store, sites, listings={}, limits={"DOWNLOAD_MAXSIZE": LARGEST_BYTES})


CRAWLS = ["quick", pytest.param("waiting", marks=pytest.mark.hostile)]
ROWS = [
    *(pytest.param("quick", name, id=name) for name in names(QUICK)),
    *(pytest.param("waiting", name, id=name, marks=pytest.mark.hostile) for name in names(WAITING)),
]


@pytest.fixture
def crawled(request: pytest.FixtureRequest) -> HostileCrawl:
    """Return the crawl that a test names."""
    found: HostileCrawl = request.getfixturevalue(request.param)
    return found


every_row = pytest.mark.parametrize(("crawled", "name"), ROWS, indirect=["crawled"])
every_crawl = pytest.mark.parametrize("crawled", CRAWLS, indirect=True)


@every_row
def test_a_row_becomes_what_it_should(crawled: HostileCrawl, name: str) -> None:
    outcome = crawled.outcomes[name]

    assert what_became(outcome) == what_should(outcome.row)


@every_row
def test_the_bytes_of_a_row_are_kept_as_they_were_sent(crawled: HostileCrawl, name: str) -> None:
    assert misfits(crawled.outcomes[name]) == []


@every_row
def test_a_row_takes_no_longer_than_it_may(crawled: HostileCrawl, name: str) -> None:
    outcome = crawled.outcomes[name]

    assert all(each["elapsed_ms"] <= 1000 * outcome.row.most_s for each in outcome.captures)


@every_crawl
def test_a_sound_page_among_them_is_read_as_ever(crawled: HostileCrawl) -> None:
    assert headline("fine") in crawled.headlines.values()


@every_crawl
def test_the_command_ends_in_words(crawled: HostileCrawl) -> None:
    assert crawled.command.code == 3
    assert "Traceback" not in crawled.command.err


@every_crawl
def test_the_store_verifies(crawled: HostileCrawl) -> None:
    ended = newsreel("verify", "--store", crawled.store)

    assert ended.code == 0, ended.out + ended.err


@every_crawl
def test_memory_stays_within_bounds(crawled: HostileCrawl) -> None:
    assert 50 < crawled.command.peak_mib < MOST_MIB


@pytest.mark.parametrize("name", listings.ROWS)
def test_a_listing_that_attacks_is_not_parsed(quick: HostileCrawl, name: str) -> None:
    assert quick.listings[listings.ROWS[name].path] == "doctype"


def test_nothing_is_asked_for_that_a_row_must_not_lead_to(quick: HostileCrawl) -> None:
    assert [path for path in quick.asked if "never" in path] == []


def test_a_redirect_leads_where_its_letters_say(quick: HostileCrawl) -> None:
    assert "/fine.html?%C3%A9=%C3%BC" in quick.asked


def test_a_body_whose_coding_breaks_off_is_marked(quick: HostileCrawl) -> None:
    rows = open_store(quick.store).articles.to_arrow().to_pylist()
    (article,) = (row for row in rows if row["headline"] == headline("gzip_cut"))

    assert "breaks_off" in article["extraction_warnings"]


def test_every_row_of_the_list_is_there() -> None:
    rows = list(entries())

    assert len(names(QUICK)) - len(pages.ROWS) + len(names(WAITING)) >= 77
    assert len(robots.CASES) == 16
    assert len(listings.ROWS) == 4 * 3
    assert len(pages.ENDLESS) >= 22
    assert len(damaged.ROWS) == 24
    assert len({(row.topic, row.name) for row in rows}) == len(rows) >= 151


def test_the_page_of_the_reference_shows_the_table() -> None:
    page = ROOT / "docs" / "reference" / "hostile-web.md"

    assert page.read_text("utf-8") == page_of_the_table(), "run `make reference`"
