"""Pages made to hang or bloat a reader: each ends in time, and the next page is read.

What could not be read fails with a reason, which a crawl keeps as the warning `page_unreadable`.
"""

import random
import time
from collections.abc import Callable, Iterator

import pytest

from archive.article import PageKind
from archive.errors import ExtractError
from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool

pytestmark = pytest.mark.hostile

PAGE_LIMIT_S = 5.0
SLACK_S = 20.0
"""A worker that ran out of time or memory is replaced before the next page is taken up."""
STORY = "<p>The bridge hummed for nine days, and nobody in Ambleford slept.</p>"
PAGES: dict[str, Callable[[], str]] = {
    "boxes_in_boxes": lambda: "<div>" * 30_000 + STORY + "</div>" * 30_000,
    "spans_in_spans": lambda: "<article>" + "<span>" * 9_000 + STORY,
    "quotes_in_quotes": lambda: "<article>" + "<blockquote>" * 4_000 + STORY * 5,
    "lists_in_lists": lambda: "<article>" + "<ol><li>one " * 4_000,
    "cells_in_cells": lambda: "<article>" + "<table><tr><td>" * 3_000 + STORY,
    "only_openings": lambda: "<" * 3_000_000,
    "only_entities": lambda: "<p>" + "&" * 3_000_000,
    "comment_without_end": lambda: "<article>" + STORY + "<!-- " + "note " * 600_000,
    "many_attributes": lambda: (
        "<p " + " ".join(f"data-{n}='{n}'" for n in range(150_000)) + ">x</p>"
    ),
    "endless_class": lambda: f"<p class='{'caption-credit ' * 400_000}'>x</p>" + STORY * 9,
    "many_classes": lambda: "".join(f"<p class='a{n}-b{n}'>{n}</p>" for n in range(60_000)),
    "many_paragraphs": lambda: "<article>" + STORY * 70_000,
    "many_links": lambda: "<p>" + "<a href='/x'>another story of ours</a> " * 60_000,
    "many_images": lambda: "<article>" + "<figure><img src='/a.jpg'></figure>" * 40_000,
    "images_without_text": lambda: "<article><div>" + "<img src='/a.jpg'>" * 60_000,
    "captions_without_image": lambda: "<article>" + "<figcaption>At dusk</figcaption>" * 60_000,
    "ways_to_subscribe": lambda: "<div>" + "<a href='/subscribe/'></a>" * 60_000,
    "dates_without_end": lambda: "<time>" + "12:30 June 1, 2031 " * 60_000 + "</time>" + STORY * 9,
    "one_number": lambda: "<p>" + "7" * 2_000_000 + "</p>",
    "nested_json": lambda: (
        '<script type="application/ld+json">{"@type":"NewsArticle","author":'
        + "[" * 90_000
        + "</script>"
        + STORY * 9
    ),
    "endless_headline": lambda: "<h1>" + "Bridge hums " * 300_000 + "</h1>" + STORY * 9,
    "credit_bait": lambda: (
        "<figure><img src='/a.jpg'><figcaption>" + "(Photo by (" * 90_000 + "</figcaption></figure>"
    ),
    "noise": lambda: random.Random(7).randbytes(1_500_000).decode("latin-1"),
}
GOOD = SourcePage(
    url="https://courier.example/good",
    body=f"<h1>The Bridge</h1><article>{STORY * 9}</article>".encode(),
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    one = ReadingPool(workers=1, page_limit_s=PAGE_LIMIT_S)
    assert one.submit(GOOD).result().kind is PageKind.ARTICLE
    yield one
    one.stop()


@pytest.mark.parametrize("markup", PAGES.values(), ids=PAGES)
def test_hostile_page_ends_in_time_and_the_next_is_read(
    pool: ReadingPool, markup: Callable[[], str]
) -> None:
    body = f"<html><body>{markup()}".encode()
    page = SourcePage(url="https://courier.example/hostile", body=body)

    began = time.monotonic()
    failure = pool.submit(page).exception(timeout=PAGE_LIMIT_S + SLACK_S)
    after = pool.submit(GOOD).result(timeout=SLACK_S)

    assert time.monotonic() - began < PAGE_LIMIT_S + SLACK_S
    assert failure is None or isinstance(failure, ExtractError)
    if isinstance(failure, ExtractError):
        assert failure.reason in {"timeout", "memory", "crash"}
    assert after.kind is PageKind.ARTICLE
