"""Front pages: the feeds they declare, the links they hold, and those that lead to articles."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover.candidate import AddressKind, Candidate
from crawler.discover.front import FrontReading, read_front

BASE = "https://www.x.example/"


def read(
    body: str | bytes, *, content_type: str | None = None, article_url: str | None = None
) -> FrontReading:
    return read_front(
        body.encode() if isinstance(body, str) else body,
        content_type=content_type,
        base=BASE,
        article_url=re.compile(article_url) if article_url else None,
    )


def urls(found: tuple[Candidate, ...]) -> list[str]:
    return [candidate.url for candidate in found]


def test_links_that_look_like_articles_are_candidates_with_their_headline() -> None:
    reading = read(
        "<ul><li><a href='/vale-and-brook-return/'>Vale and\n <b>Brook</b> return</a>"
        "<li><a href='/tag/film/'>Film</a><li><a href='/about'>About</a></ul>"
    )

    assert reading.candidates == (
        Candidate(
            url="https://www.x.example/vale-and-brook-return/",
            kind=AddressKind.PAGE,
            advertised_in="front",
            title="Vale and Brook return",
        ),
    )


def test_every_web_link_is_a_link_once_and_in_order() -> None:
    reading = read(
        "<a href='/b'>B</a><a href='a?x=1&amp;y=2#part'>A</a><a href='/b#top'>B again</a>"
        "<a href='mailto:desk@x.example'>M</a><a href='javascript:void(0)'>J</a><a>N</a>"
        "<a href='https://other.example'>O</a><map><area href='/area'></map>"
        "<a href='/'>Home</a><a href='#top'>Top</a><a href=''>Here</a>"
    )

    assert urls(reading.links) == [
        "https://www.x.example/b",
        "https://www.x.example/a?x=1&y=2",
        "https://other.example/",
        "https://www.x.example/area",
    ]
    assert {link.advertised_in for link in reading.links} == {"link"}


def test_articles_of_other_sites_are_links_and_no_candidates() -> None:
    reading = read(
        "<a href='https://m.x.example/vale-and-brook-return'>1</a>"
        "<a href='https://y.example/vale-and-brook-return'>2</a>"
    )

    assert urls(reading.candidates) == ["https://m.x.example/vale-and-brook-return"]
    assert len(reading.links) == 2


def test_a_sites_own_pattern_decides_alone() -> None:
    reading = read(
        "<a href='/vale-and-brook-return/'>Vale and Brook return</a><a href='/s/1'>1</a>",
        article_url=r"^https://www\.x\.example/s/\d+$",
    )

    assert urls(reading.candidates) == ["https://www.x.example/s/1"]
    assert len(reading.links) == 2


TEASERS = {
    "headline_after_picture": (
        "<a href='/a'><img alt='A film still'></a><a href='/a'>Vale and Brook return</a>",
        "Vale and Brook return",
    ),
    "read_more_after_headline": (
        "<a href='/a'>Vale and Brook return</a><a href='/a'>Read more</a>",
        "Vale and Brook return",
    ),
    "picture_alone": ("<a href='/a'><img alt='Vale and Brook'></a>", "Vale and Brook"),
    "title_of_the_link": ("<a href='/a' title='Vale'><img alt='Still'></a>", "Vale"),
    "nothing": ("<a href='/a'></a>", None),
    "half_the_page": (f"<a href='/a'>{'word ' * 5000}</a>", ("word " * 60).strip()),
}


@pytest.mark.parametrize(("markup", "title"), TEASERS.values(), ids=TEASERS.keys())
def test_a_link_is_called_by_its_longest_text(markup: str, title: str | None) -> None:
    (link,) = read(markup).links

    assert link.title == title


def test_feeds_are_taken_from_the_page_on_whatever_host() -> None:
    reading = read(
        "<link rel='alternate' type='application/rss+xml' title='News' href='/feed/'>"
        "<link REL='Alternate Home' type='Application/Atom+XML; charset=utf-8' href='/atom'>"
        "<link rel='alternate' type='application/feed+json' href='https://feeds.example/x'>"
        "<link rel='alternate' type='application/rss+xml' href='/feed/#again'>"
    )

    assert reading.feeds == (
        Candidate(
            url="https://www.x.example/feed/",
            kind=AddressKind.FEED,
            advertised_in="front",
            title="News",
        ),
        Candidate(url="https://www.x.example/atom", kind=AddressKind.FEED, advertised_in="front"),
        Candidate(url="https://feeds.example/x", kind=AddressKind.FEED, advertised_in="front"),
    )


NO_FEEDS = {
    "stylesheet": "<link rel='stylesheet' type='application/rss+xml' href='/a'>",
    "translation": "<link rel='alternate' hreflang='fr' href='/fr/'>",
    "embedding": "<link rel='alternate' type='application/json+oembed' href='/oembed'>",
    "of_comments": "<link rel='alternate' type='application/rss+xml' href='/comments/feed/'>",
    "without_address": "<link rel='alternate' type='application/rss+xml'>",
    "not_of_the_web": "<link rel='alternate' type='application/rss+xml' href='feed:x'>",
}


@pytest.mark.parametrize("markup", NO_FEEDS.values(), ids=NO_FEEDS.keys())
def test_no_feed_of_articles(markup: str) -> None:
    assert read(markup) == FrontReading()


BASES = {
    "folder": ("<base href='/film/'>", "https://www.x.example/film/a"),
    "other_host": ("<base href='https://y.example/'>", "https://y.example/a"),
    "first_counts": ("<base href='/1/'><base href='/2/'>", "https://www.x.example/1/a"),
    "target_alone": ("<base target='_top'><base href='/1/'>", "https://www.x.example/1/a"),
    "nonsense": ("<base href='javascript:1'>", "https://www.x.example/a"),
}


@pytest.mark.parametrize(("markup", "expected"), BASES.values(), ids=BASES.keys())
def test_relative_links_start_from_the_base(markup: str, expected: str) -> None:
    assert urls(read(f"<head>{markup}</head><a href='a'>A</a>").links) == [expected]


def test_a_link_that_asks_not_to_be_followed_is_not() -> None:
    reading = read(
        "<a rel='noopener NoFollow' href='/vale-and-brook-return-1'>1</a>"
        "<a rel='noopener' href='/vale-and-brook-return-2'>2</a>"
    )

    assert urls(reading.candidates) == ["https://www.x.example/vale-and-brook-return-2"]
    assert urls(reading.links) == urls(reading.candidates)


ROBOTS = {
    "nofollow": ("<meta name='robots' content='index, NoFollow'>", False),
    "none": ("<meta name='ROBOTS' content='none'>", False),
    "noindex": ("<meta name='robots' content='noindex,follow'>", True),
    "another_robot": ("<meta name='otherbot' content='nofollow'>", True),
    "picture_preview": ("<meta name='robots' content='max-image-preview:large'>", True),
}


@pytest.mark.parametrize(("meta", "is_followed"), ROBOTS.values(), ids=ROBOTS.keys())
def test_a_page_that_asks_so_is_read_for_its_feeds_only(*, meta: str, is_followed: bool) -> None:
    reading = read(
        f"{meta}<link rel='alternate' type='application/rss+xml' href='/feed/'>"
        "<a href='/vale-and-brook-return'>1</a>"
    )

    assert bool(reading.links) is is_followed
    assert bool(reading.candidates) is is_followed
    assert urls(reading.feeds) == ["https://www.x.example/feed/"]


def test_a_page_of_frames_names_them_and_no_part_of_a_page_is_one() -> None:
    reading = read(
        "<iframe src='/advertisement'></iframe>"
        "<frameset><frame src='/menu'><frame><frame src='javascript:1'></frameset>"
    )

    assert urls(reading.frames) == ["https://www.x.example/menu"]


CHARSETS = {
    "utf8": ("<a href='/a'>Café</a>".encode(), None),
    "declared_by_type": ("<a href='/a'>Café</a>".encode("latin-1"), "text/html; charset=latin1"),
    "declared_by_page": (
        "<meta charset=iso-8859-1><a href='/a'>Café</a>".encode("latin-1"),
        "text/html",
    ),
    "utf16": ("<a href='/a'>Café</a>".encode("utf-16"), None),
}


@pytest.mark.parametrize(("body", "content_type"), CHARSETS.values(), ids=CHARSETS.keys())
def test_text_is_read_in_its_character_set(body: bytes, content_type: str | None) -> None:
    (link,) = read(body, content_type=content_type).links

    assert link.title == "Café"


NO_PAGE = {
    "nothing": b"",
    "nul": b"\0\0\0",
    "bytes": bytes(range(256)) * 20,
    "xml": b"<?xml version='1.0'?><rss/>",
    "angles": b"<" * 10_000,
}


@pytest.mark.parametrize("body", NO_PAGE.values(), ids=NO_PAGE.keys())
def test_what_is_no_page_offers_nothing(body: bytes) -> None:
    assert read(body) == FrontReading()


MANY = b" ".join(b"a%d=1" % n for n in range(100_000))
HEAVY = {
    "attributes": b"<a " + MANY + b">",
    "attributes_behind_a_quote": b"<a x=b' " + MANY + b">",
    "attributes_in_quotes": b'<a x=b" ' + MANY + b' y="">',
    "attributes_behind_an_angle": b"<a < " + MANY + b">",
    "quotes": b"<a " + b"\"'" * 100_000,
    "open_tags": b"<div>" * 100_000,
    "nested_links": b"<a href=/a>x" * 10_000,
}


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY.keys())
def test_no_arrangement_of_markup_takes_long(body: bytes) -> None:
    started = time.process_time()

    reading = read(body)

    assert len(reading.links) <= 1
    assert time.process_time() - started < 5  # seconds; each takes a fraction of one


def test_a_long_tag_with_few_attributes_is_kept() -> None:
    picture = "data:image/gif;base64," + "A" * 20_000

    assert urls(read(f"<a data-x='{picture}' href='/a'>A</a>").links) == ["https://www.x.example/a"]


@given(
    body=st.binary(max_size=200)
    | st.text(st.sampled_from("<>&;/a href=''\"!?-"), max_size=200).map(str.encode)
)
def test_no_bytes_make_it_fail(body: bytes) -> None:
    assert isinstance(read(body), FrontReading)
    assert isinstance(read(b"<a href='/x" + body), FrontReading)


def test_every_prefix_of_a_page_can_be_read() -> None:
    page = (
        b"<!doctype html><base href='/b/'><link rel=alternate type=application/rss+xml href=/f>"
        b"<a href='/vale-and-brook-return' rel=x>Vale <b>and</b> Brook return</a>"
    )

    for end in range(len(page) + 1):
        assert len(read(page[:end]).links) <= 1
