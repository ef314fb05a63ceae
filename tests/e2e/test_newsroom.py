"""Three crawls of an invented news world: at first, at once again, and after its editors worked."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from archive import open_store
from archive.columns import plain
from crawler.newsroom.server import Edit, Newsroom
from tests.e2e.command import newsreel
from tests.e2e.history import Crawled, History, Row, crawl, named
from tests.e2e.warc_blocks import WarcRecord

NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("newsroom")
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        first = crawl(newsroom, folder, "first")
        again = crawl(newsroom, folder, "again")
        edits = tuple(Edit(url=named(newsroom, e.url), change=e.change) for e in newsroom.edit(1))
        published = tuple(named(newsroom, url) for url in newsroom.publish(1))
        untouched = (url for url in newsroom.stories("lampwick", by_name=True))
        touched = {*(edit.url for edit in edits), *published}
        withdrawn = next(url for url in untouched if url not in touched)
        newsroom.withdraw(withdrawn)
        yield History(
            first=first,
            again=again,
            later=crawl(newsroom, folder, "later"),
            edits=edits,
            published=published,
            withdrawn=withdrawn,
        )


@pytest.fixture(params=["first", "again", "later"])
def crawled(request: pytest.FixtureRequest, history: History) -> Crawled:
    one: Crawled = getattr(history, request.param)
    return one


def by_url(rows: Sequence[Row], *, version: int = 1) -> dict[str, Row]:
    """Return the rows of one version by address."""
    return {row["url"]: row for row in rows if row["version"] == version}


def articles_of(crawled: Crawled) -> set[str]:
    """Return the addresses where an article stood."""
    return {url for url, story in crawled.expected.items() if story.kind.is_article}


def test_a_crawl_ends_with_every_promise_kept(crawled: Crawled) -> None:
    assert crawled.command.code == 0
    assert "every site is on track" in crawled.command.out
    assert "Traceback" not in crawled.command.err


def test_every_advertised_address_has_a_fate(crawled: Crawled) -> None:
    ledger = crawled.coverage

    assert set(ledger) >= crawled.advertised
    assert {row["fate"] for row in ledger.values()}.isdisjoint({"pending", "failed", "unreadable"})
    assert all(row["advertised_by"] for row in ledger.values())


def test_every_request_is_a_capture_and_every_capture_was_a_request(crawled: Crawled) -> None:
    requests = Counter((request.path, request.status) for request in crawled.requests)

    captures = Counter(
        ("/" + row["url"].split("/", 3)[3], row["fetch_status"]) for row in crawled.captures
    )
    assert captures == requests


def test_no_address_is_asked_for_twice(crawled: Crawled) -> None:
    asked = Counter(row["url"] for row in crawled.captures)

    assert set(asked.values()) == {1}


def test_private_paths_are_never_asked_for(crawled: Crawled) -> None:
    assert not [each.path for each in crawled.requests if each.path.startswith("/private")]


def test_the_store_of_all_three_verifies(history: History) -> None:
    ended = newsreel("verify", "--store", history.later.store)

    assert ended.code == 0, ended.out + ended.err


def test_robots_is_asked_for_first_and_once_a_day(history: History) -> None:
    sites = {request.site for request in history.first.requests}

    for site in sites:
        paths = [each.path for each in history.first.requests if each.site == site]
        assert paths[0] == "/robots.txt"
    later = (*history.again.requests, *history.later.requests)
    assert "/robots.txt" not in {request.path for request in later}


def test_a_moved_address_leads_to_its_story(history: History) -> None:
    ledger = history.first.coverage
    moved = [row for row in ledger.values() if row["fetch_status"] == 301]

    assert len(moved) == 2
    for row in moved:
        assert (row["fate"], row["reason"]) == ("redirected", "301")
        (target,) = (r for r in ledger.values() if row["url"] in r["advertised_by"])
        assert target["fate"] == "archived"


def test_a_gone_address_is_gone(history: History) -> None:
    ledger = history.first.coverage
    gone = {row["reason"] for row in ledger.values() if row["fate"] == "gone"}

    assert gone == {"http_404", "http_410"}
    assert len([row for row in ledger.values() if row["fate"] == "gone"]) == 3


def test_articles_and_nothing_else_become_rows(history: History) -> None:
    rows = history.first.articles

    assert set(by_url(rows)) == articles_of(history.first)
    assert len(rows) == len(by_url(rows))


@pytest.mark.parametrize(
    "field",
    [
        *("headline", "kicker", "dek", "key_points", "blocks", "text", "word_count", "quotes"),
        *("images", "authors", "attributions", "disclaimers", "tags", "section"),
        *("language", "links", "canonical_url", "published_at", "modified_at"),
    ],
)
def test_every_row_says_what_its_story_says(history: History, field: str) -> None:
    urls = articles_of(history.first)

    said = {url: plain(row[field]) for url, row in by_url(history.first.articles).items()}
    written = {url: plain(getattr(history.first.expected[url], field)) for url in urls}
    assert {url: said[url] for url in urls} == written


def test_a_page_that_is_no_article_says_what_it_is(history: History) -> None:
    stories = history.first.expected.items()
    others = {url: story.kind for url, story in stories if not story.kind.is_article}

    said = {url: history.first.coverage[url] for url in others}
    assert sorted(others.values()) == ["paywall", "video"]
    assert {url: (row["fate"], row["reason"]) for url, row in said.items()} == {
        url: ("not_article", kind) for url, kind in others.items()
    }


def test_a_second_crawl_asks_whether_anything_changed(history: History) -> None:
    unchanged = [each for each in history.again.requests if each.status < 300 or each.status == 304]

    assert {each.status for each in unchanged} == {304}
    assert all("if-none-match" in each.headers for each in unchanged)
    assert all("if-modified-since" in each.headers for each in unchanged)


def test_a_second_crawl_adds_no_row(history: History) -> None:
    assert history.again.articles == history.first.articles
    fates = {history.again.coverage[url]["fate"] for url in articles_of(history.first)}
    assert fates == {"unchanged"}


def test_what_was_not_modified_is_a_revisit_of_what_is_stored(history: History) -> None:
    stored = {each.field("WARC-Record-ID"): each for each in history.first.records}
    revisits = [r for r in history.again.records if r.field("WARC-Profile") == NOT_MODIFIED]

    asked = [each for each in history.again.requests if each.status == 304]
    assert len(revisits) == len(asked)
    for revisit in revisits:
        assert revisit.type == "revisit"
        target = stored[revisit.field("WARC-Refers-To")]
        assert target.type == "response"
        assert same_place(revisit, target)


def same_place(revisit: WarcRecord, target: WarcRecord) -> bool:
    """Whether a revisit says of its target what the target says of itself."""
    return (
        revisit.field("WARC-Refers-To-Target-URI") == target.url == revisit.url
        and revisit.field("WARC-Refers-To-Date") == target.field("WARC-Date")
        and revisit.block.startswith(b"HTTP/1.1 304 ")
    )


def test_edited_stories_and_no_others_have_a_second_version(history: History) -> None:
    second = by_url(history.later.articles, version=2)

    assert set(second) == {edit.url for edit in history.edits}
    for url, row in second.items():
        assert row["headline"] == history.later.expected[url].headline
        assert row["article_id"] == by_url(history.later.articles)[url]["article_id"]


def test_first_versions_stay_as_they_were(history: History) -> None:
    before = by_url(history.first.articles)
    after = by_url(history.later.articles)

    assert {url: after[url] for url in before} == before


def test_published_stories_are_new_rows(history: History) -> None:
    new = set(by_url(history.later.articles)) - set(by_url(history.first.articles))

    assert new == set(history.published)
    for url in new:
        assert history.later.coverage[url]["fate"] == "archived"


def test_a_story_that_was_taken_down_is_gone_and_its_row_stays(history: History) -> None:
    row = history.later.coverage[history.withdrawn]

    assert (row["fate"], row["reason"]) == ("gone", "http_410")
    assert history.withdrawn in by_url(history.later.articles)


def test_every_row_leads_to_the_bytes_it_was_read_from(history: History) -> None:
    reader = open_store(history.later.store)
    records = {each.field("WARC-Record-ID"): each.block for each in read_all(history)}

    for row in history.later.articles:
        assert reader.record(row) == records[row["warc_record_id"]]


def read_all(history: History) -> list[WarcRecord]:
    """Return the records of all three crawls."""
    return [
        record
        for crawled in (history.first, history.again, history.later)
        for record in crawled.records
    ]


def test_every_run_has_its_ledger_in_the_journal_closed(history: History) -> None:
    with sqlite3.connect(history.later.store / "journal.db") as journal:
        open_states = journal.execute("SELECT count(*) FROM address WHERE state != 'settled'")
        unread = journal.execute("SELECT count(*) FROM capture WHERE state != 'read'")
        assert (open_states.fetchone()[0], unread.fetchone()[0]) == (0, 0)
    journal.close()
