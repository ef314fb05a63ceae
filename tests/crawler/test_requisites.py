"""What a visit leads to when what pages need is wanted: which addresses, and for how long."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.journal.addresses import Address
from crawler.discover.advertising import advertised
from crawler.discover.freshness import LONGEST, SHORTEST, UNSAID
from crawler.discover.requisites import Bounds, Requisites
from crawler.requisites import MOST_NESTED, READ_BYTES
from crawler.run import CrawlRun
from crawler.site import unknown_site
from crawler.spider import NewsSpider
from crawler.visit import Reader
from tests.crawler.crawl_samples import HOME, candidate, commit, crawl_at, fetched, http

STORY = f"{HOME}a-story"
CDN = "https://cdn.example"
PICTURE, SHEET = f"{CDN}/a.jpg", f"{HOME}site.css"
PAGE = http(
    200,
    f'<link rel=stylesheet href="{SHEET}"><img src="{PICTURE}"><p>Words.</p>'.encode(),
    Content_Type="text/html",
)
CSS = http(200, b"@import 'more.css'; a { background: url(b.png) }", Content_Type="text/css")
JPEG = http(200, b"jpeg", Content_Type="image/jpeg")


def read(run: CrawlRun, address: Address) -> None:
    """Read the newest answer of an address as a crawl that goes on does."""
    spider = NewsSpider()
    spider.run, spider.reader = run, Reader(run)
    record_id = run.reader.captures.newest(address.url)
    assert record_id is not None
    asyncio.run(Reader(run).read(spider._stored(record_id, address.id), unknown_site(HOME)))  # noqa: SLF001 - what start does for every answer that was left
    commit(run, lambda _: None)


def visited(run: CrawlRun, url: str, response: bytes, *, kind: str = "page") -> None:
    """Have an address asked, and its answer read."""
    read(run, fetched(run, url, response, kind=kind))


def needed(run: CrawlRun) -> list[str]:
    """Return the requisites that are queued."""
    found = run.reader.addresses.queued(run.id, "x-example", now=run.clock(), limit=999)
    return [each.url for each in found if each.kind == "requisite"]


def standing(run: CrawlRun, url: str) -> tuple[str, str | None, datetime]:
    """Return fate, reason, and until when an address is not asked for."""
    (row,) = run.reader.query("SELECT fate, reason, next_at FROM address WHERE url = ?", (url,))
    return (
        row["fate"],
        row["reason"],
        datetime.fromtimestamp(row["next_at"] / 1e6, run.clock().tzinfo),
    )


WANTED: dict[str, tuple[Requisites | None, list[str]]] = {
    "nothing_said": (None, []),
    "none": (Requisites.NONE, []),
    "images": (Requisites.IMAGES, [PICTURE]),
    "page": (Requisites.PAGE, [SHEET, PICTURE]),
}


@pytest.mark.parametrize("kind", ["page", "front"])
@pytest.mark.parametrize(("wanted", "urls"), WANTED.values(), ids=WANTED.keys())
def test_a_page_queues_what_is_wanted(
    tmp_path: Path, wanted: Requisites | None, urls: list[str], kind: str
) -> None:
    with crawl_at(tmp_path, HOME, requisites=wanted) as run:
        visited(run, STORY, PAGE, kind=kind)

        assert needed(run) == urls


def test_a_page_queues_no_more_than_its_bound(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        run.frontier.bounds = Bounds(a_page=1)

        visited(run, STORY, PAGE)

        assert needed(run) == [SHEET]
        assert "requisites_too_many" in (run.layout.run(run.id) / "issues.jsonl").read_text()


def test_what_shows_itself_as_an_address_inside_is_not_queued(tmp_path: Path) -> None:
    page = http(200, b"<img src=http://10.0.0.1/a.png><p>Words.", Content_Type="text/html")
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, STORY, page)

        assert needed(run) == []


def test_an_answer_that_is_no_page_needs_nothing(tmp_path: Path) -> None:
    script = http(200, b"document.write('<img src=/a.png>')", Content_Type="text/javascript")
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, STORY, script)

        assert needed(run) == []


def test_a_stylesheet_queues_what_it_names(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, SHEET, CSS, kind="requisite")

        assert needed(run) == [f"{HOME}more.css", f"{HOME}b.png"]
        assert {run.reader.addresses.find(url).depth for url in needed(run)} == {1}  # type: ignore[union-attr]  # queued, so it is found


def at_depth(run: CrawlRun, url: str, response: bytes, depth: int, *, kind: str) -> None:
    """Have an address that lies so deep asked, and its answer read."""
    item = advertised(unknown_site(url), candidate(url, kind=kind), by=None)
    deep = replace(item, depth=depth)
    commit(run, lambda journal: journal.addresses.advertise(run.id, (deep,), now=run.clock()))
    visited(run, url, response, kind=kind)


@pytest.mark.parametrize("depth", [MOST_NESTED - 1, MOST_NESTED])
def test_stylesheets_are_followed_only_so_deep(tmp_path: Path, depth: int) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        at_depth(run, SHEET, CSS, depth, kind="requisite")

        assert bool(needed(run)) is (depth < MOST_NESTED)


def test_a_page_behind_many_links_needs_what_any_page_does(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE, follow=9) as run:
        at_depth(run, STORY, PAGE, 9, kind="page")
        visited(run, SHEET, CSS, kind="requisite")

        assert needed(run) == [PICTURE, f"{HOME}more.css", f"{HOME}b.png"]


def test_of_an_endless_page_the_beginning_is_read(tmp_path: Path) -> None:
    page = b"<img src=/a.png>" + b" " * READ_BYTES + b"<img src=/b.png>"
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, HOME, http(200, page, Content_Type="text/html"), kind="front")

        assert needed(run) == [f"{HOME}a.png"]


FIELDS: dict[str, tuple[dict[str, str], timedelta]] = {
    "nothing_said": ({}, UNSAID),
    "for_ever": ({"Cache_Control": "immutable"}, LONGEST),
    "never": ({"Cache_Control": "no-cache"}, SHORTEST),
}


@pytest.mark.parametrize(("fields", "stands"), FIELDS.values(), ids=FIELDS.keys())
def test_a_requisite_stands_as_long_as_it_says(
    tmp_path: Path, fields: dict[str, str], stands: timedelta
) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        before = run.clock()
        visited(run, PICTURE, http(200, b"jpeg", **fields), kind="requisite")

        fate, reason, until = standing(run, PICTURE)
        assert (fate, reason) == (Fate.NOT_ARTICLE, "requisite")
        assert before + stands <= until <= run.clock() + stands


# What is answered, the fate of it, and how long it is left alone.
OTHERS: dict[str, tuple[bytes, Fate, timedelta]] = {
    "gone": (http(404), Fate.GONE, UNSAID),
    "not_for_us": (http(403), Fate.BLOCKED, UNSAID),
    "moved": (http(301, Location=f"{CDN}/there.jpg"), Fate.REDIRECTED, SHORTEST),
}


@pytest.mark.parametrize(("response", "fate", "rest"), OTHERS.values(), ids=OTHERS.keys())
def test_a_requisite_that_is_not_there_is_left_alone_too(
    tmp_path: Path, response: bytes, fate: Fate, rest: timedelta
) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        before = run.clock()
        visited(run, PICTURE, response, kind="requisite")

        found, _, until = standing(run, PICTURE)
        assert found == fate
        assert before + rest <= until <= run.clock() + rest


def test_a_redirect_of_a_requisite_is_followed_to_any_host(tmp_path: Path) -> None:
    moved = http(302, Location="https://other.example/a.jpg")
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, PICTURE, moved, kind="requisite")

        assert needed(run) == ["https://other.example/a.jpg"]


def test_a_page_that_did_not_change_still_needs_what_it_did(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME) as before:
        visited(before, STORY, PAGE)
        assert needed(before) == []
        finish(before)
    with crawl_at(tmp_path, HOME, requisites=Requisites.IMAGES) as run:
        visited(run, STORY, http(304, ETag='"1"'))

        assert needed(run) == [PICTURE]


def finish(run: CrawlRun) -> None:
    """End a run, so that the next is another."""
    commit(run, lambda journal: journal.runs.end(run.id, outcome="finished", at=run.clock()))


def test_a_requisite_that_did_not_change_stands_again(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, requisites=Requisites.PAGE) as run:
        visited(run, PICTURE, JPEG, kind="requisite")
        address = run.reader.addresses.find(PICTURE)
        assert address is not None
        commit(run, lambda journal: journal.addresses.rest(address.id, until=run.clock()))
        visited(run, PICTURE, http(304), kind="requisite")

        fate, _, until = standing(run, PICTURE)
        assert fate == Fate.UNCHANGED
        assert until > run.clock() + SHORTEST
