"""How a crawl begins: what an earlier one left unread is read, then the targets are queued."""

import asyncio
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from archive.coverage import Coverage, Fate
from archive.errors import CorruptArchiveError
from archive.journal.addresses import Address
from crawler.page import Page
from crawler.progress import Progress
from crawler.run import CrawlRun
from crawler.site import Site
from crawler.spider import NewsSpider
from crawler.visit import Reader
from tests.archive.store_samples import answered
from tests.crawler.crawl_samples import HOME, ROBOTS, commit, crawl_at, fetched, http

STORY = "https://x.example/a-story"
THEIRS = "https://y.example/"
RULES = http(200, b"User-agent: *\nDisallow: /a\n")
LINKS = http(200, b'<a href="/about-us">About us</a>', Content_Type="text/html")


def begin_reading(run: CrawlRun, reader: Any = None) -> list[Any]:
    """Run the spider's start to its end; return the articles it submits."""
    spider = NewsSpider()
    spider.run, spider.reader = run, reader or Reader(run)
    spider.progress = Progress(Console(file=io.StringIO()), is_quiet=True)

    async def collect() -> list[Any]:
        return [submission async for submission in spider.start()]

    submitted = asyncio.run(collect())
    commit(run, lambda _: None)  # and all that was handed in before it
    return submitted


def queued(run: CrawlRun, run_id: str) -> tuple[Address, ...]:
    return run.reader.addresses.queued(run_id, "x-example", now=run.clock(), limit=9)


def ledger_of(run: CrawlRun) -> list[tuple[str, Coverage]]:
    return list(run.reader.addresses.coverage(run.id))


def test_the_targets_are_queued(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, STORY) as run:
        begin_reading(run)

        assert [(each.url, each.kind) for each in queued(run, run.id)] == [
            (HOME, "front"),
            (STORY, "page"),
        ]


def test_an_answer_that_a_killed_crawl_left_is_read_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    with crawl_at(tmp_path, HOME) as killed:
        fetched(killed, ROBOTS, RULES, kind="robots")
    with crawl_at(tmp_path, HOME) as run:
        begin_reading(run)

        rules = run.frontier.permissions.rules_for(HOME)

    assert (run.id, run.is_resumed) == (killed.id, True)
    assert rules is not None
    assert run.frontier.permissions.verdict(rules, STORY) == "robots"


def test_what_a_crawl_of_other_targets_left_is_read_and_not_gone_on_with(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME, follow=1) as killed:
        fetched(killed, HOME, LINKS, kind="front")
    with crawl_at(tmp_path, THEIRS, follow=1) as run:
        begin_reading(run)

        ledger = {row.url for _, row in ledger_of(run)}
        left = [each.url for each in queued(run, killed.id)]

    assert ledger == {THEIRS}
    assert left == ["https://x.example/about-us"]


def test_a_circle_of_redirects_is_a_failure_and_not_a_move(tmp_path: Path) -> None:
    wall = "https://x.example/wall"
    with crawl_at(tmp_path, STORY) as killed:
        fetched(killed, STORY, http(302, Location="/wall"))
        fetched(killed, wall, http(302, Location="/a-story"))
    with crawl_at(tmp_path, STORY) as run:
        begin_reading(run)

        fates = {row.url: (row.fate, row.reason) for _, row in ledger_of(run)}

    assert fates == {STORY: (Fate.REDIRECTED, "302"), wall: (Fate.FAILED, "redirect_circle")}


# Requests that a page had in vain, and what the last answer means when it is read afterwards.
ATTEMPTS = {"one_is_left": (2, Fate.PENDING), "none_is_left": (3, Fate.BLOCKED)}


@pytest.mark.parametrize(("requests", "fate"), ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_an_answer_that_is_read_later_leaves_the_attempts_it_would_have_left(
    tmp_path: Path, requests: int, fate: Fate
) -> None:
    with crawl_at(tmp_path, STORY) as killed:
        for _ in range(requests):
            commit(killed, mark_read(killed))
            fetched(killed, STORY, http(503))
    with crawl_at(tmp_path, STORY) as run:
        begin_reading(run)

        assert run.reader.addresses.counts(run.id) == {("x-example", fate): 1}


def mark_read(run: CrawlRun) -> Any:
    """Return the change that says that nothing more follows from what was fetched so far."""
    left = [each.record_id for each in run.reader.captures.unread(after=0, limit=9)]
    return lambda journal: [journal.captures.mark_read(each) for each in left]


class Stumbling:
    """Reads no page: it stumbles over something nobody foresaw."""

    async def read(self, page: Page, site: Site) -> None:
        """Fail."""
        raise KeyError(page.url, site.name)


def test_an_answer_that_fails_as_nobody_foresaw_is_put_aside_and_the_crawl_begins(
    tmp_path: Path,
) -> None:
    sitemap = "https://x.example/map.xml"
    with crawl_at(tmp_path, HOME) as killed:
        fetched(killed, sitemap, http(200, b"<urlset/>"), kind="sitemap")
    with crawl_at(tmp_path, HOME) as run:
        begin_reading(run, Stumbling())

        fates = {row.url: (row.fate, row.reason) for _, row in ledger_of(run)}
        left = run.reader.captures.unread(after=0, limit=9)

    assert fates[sitemap] == (Fate.UNREADABLE, "unforeseen")
    assert fates[HOME] == (Fate.PENDING, None)
    assert (left, run.faults, run.quarantine.count) == ((), [], 1)


def test_a_damaged_archive_ends_the_crawl_before_it_begins(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME) as killed:
        fetched(killed, ROBOTS, RULES, kind="robots")
    (warc,) = (tmp_path / "warc").iterdir()
    damaged = bytearray(warc.read_bytes())
    damaged[-900:] = bytes(900)
    warc.write_bytes(damaged)

    with crawl_at(tmp_path, HOME) as run:
        with pytest.raises(CorruptArchiveError):
            begin_reading(run)

        assert [type(fault) for fault in run.faults] == [CorruptArchiveError]


def test_a_front_page_of_frames_is_read_in_its_frames(tmp_path: Path) -> None:
    frames = b"<frameset><frame src=/menu><frame src=https://ads.example/a></frameset>"
    story = b'<a href="/2026/05/18/a-story-of-vale">Vale returns to the stage in May</a>'
    with crawl_at(tmp_path, HOME) as run:
        fetched(run, HOME, http(200, frames, Content_Type="text/html"), kind="front")
        fetched(run, f"{HOME}menu", http(200, story, Content_Type="text/html"), kind="front")
        begin_reading(run)

        found = queued(run, run.id)

    assert [(each.url, each.kind) for each in found] == [
        (f"{HOME}2026/05/18/a-story-of-vale", "page")
    ]


def test_frames_within_frames_without_an_end_have_one(tmp_path: Path) -> None:
    with crawl_at(tmp_path, HOME) as run:
        fetched(run, HOME, frame_of("/1"), kind="front")
        for number in range(1, 5):
            begin_reading(run)
            address = run.reader.addresses.find(f"{HOME}{number}")
            if address is not None:
                answer = frame_of(f"/{number + 1}")
                exchange = answered(90 + number, answer, url=address.url, started_at=run.clock())
                run.recorder.keep(exchange, address.id).result(10)

        ends = {row.url: row.fate for _, row in ledger_of(run)}

    assert ends == {HOME: Fate.READ, f"{HOME}1": Fate.READ, f"{HOME}2": Fate.READ}


def frame_of(address: str) -> bytes:
    body = f"<frameset><frame src={address}></frameset>".encode()
    return http(200, body, Content_Type="text/html")


@pytest.mark.parametrize("kind", ["page", "feed"])
def test_not_modified_is_a_failure_where_no_condition_was_sent(tmp_path: Path, kind: str) -> None:
    with crawl_at(tmp_path, HOME) as run:
        fetched(run, STORY, http(304), kind=kind)
        begin_reading(run)

        (told,) = (row for _, row in ledger_of(run) if row.url == STORY)

    assert (told.fate, told.reason) == (Fate.FAILED, "http_304")


def feed_of(*addresses: str) -> bytes:
    items = "".join(f"<item><link>{each}</link></item>" for each in addresses)
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    return http(200, feed, Content_Type="text/xml")


def test_a_feed_may_stand_with_a_feed_service_and_its_pages_may_not(tmp_path: Path) -> None:
    service, moved = "https://feeds.service.example/x", "https://feeds.service.example/y"
    declared = f'<link rel=alternate type="application/rss+xml" href="{service}">'.encode()
    with crawl_at(tmp_path, HOME) as run:
        fetched(run, HOME, http(200, declared, Content_Type="text/html"), kind="front")
        begin_reading(run)
        asked = [(each.url, each.kind) for each in queued(run, run.id)]
        fetched(run, service, http(301, Location=moved), kind="feed")
        begin_reading(run)
        fetched(run, moved, feed_of(STORY, THEIRS), kind="feed")
        begin_reading(run)

        fates = {row.url: (row.fate, row.reason) for _, row in ledger_of(run)}

    assert asked == [(service, "feed")]
    assert fates[service] == (Fate.REDIRECTED, "301")
    assert fates[moved] == (Fate.READ, None)
    assert (fates[STORY], fates[THEIRS]) == ((Fate.PENDING, None), (Fate.REFUSED, "off_site"))


def test_a_page_that_says_neither_title_nor_date_has_those_of_its_feed(tmp_path: Path) -> None:
    feed = (
        b"<rss version='2.0'><channel><item><title>Brook Returns</title>"
        b"<link>https://x.example/a-story</link>"
        b"<pubDate>Mon, 18 May 2026 07:02:41 GMT</pubDate></item></channel></rss>"
    )
    prose = b"<p>" + b"The company opens its season in June with a play. " * 6 + b"</p>"
    page = b"<main><article>" + prose * 4 + b"</article></main>"
    with crawl_at(tmp_path, HOME) as run:
        fetched(run, f"{HOME}feed", http(200, feed, Content_Type="text/xml"), kind="feed")
        begin_reading(run)
        fetched(run, STORY, http(200, page, Content_Type="text/html"))
        (submission,) = begin_reading(run)

        (told,) = (row for _, row in ledger_of(run) if row.url == STORY)

    article = submission.article
    assert (article.headline, article.published_source) == ("Brook Returns", "feed")
    assert article.published_at == datetime(2026, 5, 18, 7, 2, 41, tzinfo=UTC)
    assert told.advertised_title == "Brook Returns"


def story(ends: str) -> bytes:
    """Return the page of an article that ends so."""
    told = "<p>The footbridge at Ambleford was built to sway, and for years it did so.</p>" * 9
    page = f"<article><h1>The Bridge</h1><time>14 June 2031</time>{told}<p>{ends}</p></article>"
    return http(200, page.encode(), Content_Type="text/html")


def test_an_edit_whose_row_a_killed_crawl_had_not_published_becomes_a_row(tmp_path: Path) -> None:
    with crawl_at(tmp_path, STORY) as before:
        fetched(before, STORY, story("It hums."))
    with crawl_at(tmp_path, STORY) as run:
        (first,) = begin_reading(run)
        article_id = first.article.article_id or "a"
        commit(run, lambda journal: journal.addresses.keep_article(first.address_id, article_id))
        commit(
            run, lambda journal: journal.captures.mark_read(first.capture.result().warc_record_id)
        )
        fetched(run, STORY, story("It sings."))
    with crawl_at(tmp_path, STORY) as killed:
        begin_reading(killed)  # all that follows is committed, and the part with its row is not
    with crawl_at(tmp_path, STORY) as run:
        (again,) = begin_reading(run)

    assert again.article.text.endswith("It sings.")
