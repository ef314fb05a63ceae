"""The frontier and what pages need: behind the pages, within bounds, at each host's own pace."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from archive.coverage import Fate
from crawler.discover.requisites import Bounds
from crawler.site import unknown_site
from tests.crawler.crawl_samples import HOME, ROBOTS, Desk, Reply, desk_at, story_urls

CDN = "https://cdn.example"
SITE = unknown_site(HOME)
PICTURE, OTHER = f"{CDN}/a.jpg", f"{CDN}/b.jpg"
SHEET = f"{HOME}site.css"
DELAY_S = 2.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a frontier that waits two seconds between requests."""
    with desk_at(tmp_path, delay_s=DELAY_S) as desk:
        yield desk


def fate_of(desk: Desk, url: str) -> tuple[str | None, str | None]:
    """Return what became of an address that the ledger leaves out."""
    (row,) = desk.reader.query("SELECT fate, reason FROM address WHERE url = ?", (url,))
    return row["fate"], row["reason"]


def need(desk: Desk, *urls: str) -> None:
    """Queue what the site's pages need."""
    desk.take(SITE, *urls, kind="requisite")


def test_requisites_come_behind_every_page(desk: Desk) -> None:
    pages = story_urls(3)
    need(desk, SHEET)
    desk.crawl(*pages)

    assert desk.run() == [ROBOTS, *pages, SHEET]


def test_another_host_is_asked_what_it_allows_before_anything_else(desk: Desk) -> None:
    desk.web[f"{CDN}/robots.txt"] = Reply(
        body=f"User-agent: *\nDisallow: /b\nSitemap: {CDN}/all.xml\n".encode()
    )
    need(desk, PICTURE, OTHER)

    assert desk.run() == [f"{CDN}/robots.txt", PICTURE]
    assert fate_of(desk, OTHER) == (Fate.REFUSED, "robots")


def test_another_host_has_a_pace_of_its_own(desk: Desk) -> None:
    desk.web[f"{CDN}/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 30\n")
    need(desk, PICTURE, SHEET, OTHER)

    desk.run()

    at = {url: seconds for seconds, url in desk.log}
    assert at[OTHER] - at[PICTURE] >= 30
    assert at[SHEET] < at[OTHER], "the site's own file waits for nobody else"
    assert at[ROBOTS] - at[f"{CDN}/robots.txt"] >= DELAY_S, "the site's pace holds for all it needs"


def test_a_host_that_two_sites_need_is_asked_by_one_at_a_time(desk: Desk) -> None:
    theirs = unknown_site("https://y.example/")
    need(desk, PICTURE)
    desk.take(theirs, OTHER, kind="requisite")

    desk.run()

    times = [seconds for seconds, url in desk.log if url.startswith(CDN)]
    assert desk.asked == [f"{CDN}/robots.txt", PICTURE, OTHER]
    assert all(later - earlier >= DELAY_S for earlier, later in pairwise(times))


def test_a_busy_host_does_not_keep_a_page_waiting(desk: Desk) -> None:
    (page,) = story_urls(1)
    need(desk, PICTURE)
    desk.step(2)
    desk.politeness.hold(CDN, 600, "retry_after")

    desk.crawl(page)
    desk.run()

    at = {url: seconds for seconds, url in desk.log}
    assert at[page] < 60
    assert at[PICTURE] >= 600


# The bounds, and how many of three requisites of a kilobyte each are asked for.
BOUNDS = {
    "count": (Bounds(a_site=2), 2),
    "bytes": (Bounds(site_bytes=1500), 2),
    "room_for_all": (Bounds(a_site=3, site_bytes=3001), 3),
}


@pytest.mark.parametrize(("bounds", "asked"), BOUNDS.values(), ids=BOUNDS.keys())
def test_a_site_is_asked_for_no_more_than_its_bounds(
    desk: Desk, bounds: Bounds, asked: int
) -> None:
    desk.frontier.bounds = bounds
    desk.requisite_bytes = 1000
    urls = [f"{HOME}{name}.png" for name in "abc"]
    need(desk, *urls)

    assert desk.run() == [ROBOTS, *urls[:asked]]
    assert {fate_of(desk, url) for url in urls[asked:]} <= {(Fate.REFUSED, "max_requisites")}


def test_a_run_that_is_resumed_goes_on_counting(tmp_path: Path) -> None:
    urls = [f"{HOME}{name}.png" for name in "abc"]
    with desk_at(tmp_path) as desk:
        need(desk, *urls)
        desk.step(4)

    with desk_at(tmp_path) as desk:
        desk.frontier.bounds = Bounds(a_site=2)
        need(desk, *urls)

        assert desk.run() == []
        assert fate_of(desk, urls[2]) == (Fate.REFUSED, "max_requisites")


def test_requisites_count_as_no_pages(tmp_path: Path) -> None:
    pages = story_urls(3)
    with desk_at(tmp_path, most_pages=1) as desk:
        need(desk, SHEET)
        desk.crawl(*pages)

        assert desk.run() == [ROBOTS, pages[0], SHEET]


def test_the_ledger_and_the_counts_leave_requisites_out(desk: Desk) -> None:
    need(desk, PICTURE)
    desk.crawl(*story_urls(1))
    desk.run()

    assert PICTURE not in desk.fates
    assert sum(desk.reader.addresses.counts(desk.frontier.run_id).values()) == len(desk.fates)
