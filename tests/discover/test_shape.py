"""The shape of an address: what looks like an article, with and without a link's text."""

import time

import pytest

from crawler.discover.shape import looks_like_article

ARTICLES = {
    "slug_of_four_words": "/vale-and-brook-return",
    "slug_below_sections": "/film/news/vale-and-brook-return/",
    "underscores": "/film/vale_and_brook_return",
    "letters_of_other_scripts": "/%D0%BC%D0%B8-%D1%82%D1%80-%D0%BC%D0%B0-%D0%B4%D0%B0",
    "dated": "/2026/05/18/brook/",
    "dated_by_month": "/2026/05/brook-returns/",
    "dated_by_name": "/news/2026/may/18/brook/",
    "dated_in_the_slug": "/news/2026-05-18-brook-returns",
    "section_between": "/2026/05/18/film/brook/index.html",
    "number_behind": "/film/brook-returns-1234567/",
    "number_in_front": "/1234567/brook-returns/",
    "number_apart": "/news/814222/brook-returns",
    "number_at_the_end": "/gallery/brook-returns/2900-4965/",
    "letter_before_number": "/culture/a45865272/brook-returns/",
    "document": "/film/brook-returns.html",
    "script": "/film/Brook-Returns.php",
    "article_word": "/story/brook-returns/",
    "article_and_its_id": "/articles/c51y9x8yd3go",
    "article_number": "/news/local/article283401873.html",
    "second_page_of_an_article": "/g/brook-and-vale-by-year/2/",
}


@pytest.mark.parametrize("path", ARTICLES.values(), ids=ARTICLES.keys())
def test_an_article_shows_by_its_address_alone(path: str) -> None:
    assert looks_like_article(f"https://x.example{path}")


OTHERS = {
    "home": "/",
    "section": "/film/",
    "section_of_two_words": "/film-reviews/",
    "month": "/2026/05/",
    "day": "/2026/05/18/",
    "tag": "/tag/vale-and-brook-return-again/",
    "category": "/category/news/vale-and-brook-return/",
    "author": "/author/somebody-with-four-names/",
    "page_of_a_listing": "/film/reviews-and-news-of-today/page/2/",
    "search": "/search/vale-and-brook-return",
    "search_by_query": "/?s=vale-and-brook-return",
    "sorted": "/lists/vale-and-brook-return?sort=asc",
    "log_in": "/sign-in/?next=/vale-and-brook-return",
    "account": "/account/vale-and-brook-return",
    "policy": "/privacy-policy-of-this-site/",
    "terms": "/terms-of-use-and-sale/",
    "opt_out": "/do-not-sell-my-personal-information",
    "picture": "/uploads/2026/05/vale-and-brook-return.jpg",
    "style": "/wp-content/themes/vale-and-brook-return/style.css?v=1",
    "feed": "/vale-and-brook-return/feed/",
    "comments": "/vale-and-brook-return/comments/",
    "identifier_of_a_product": "/buy/6babfeab-669c-4891-83d1-01d177c10b52/",
    "year_is_no_number": "/films-of/2026",
}


@pytest.mark.parametrize("path", OTHERS.values(), ids=OTHERS.keys())
def test_what_is_no_article_shows_by_its_address_alone(path: str) -> None:
    assert not looks_like_article(f"https://x.example{path}")


@pytest.mark.parametrize("path", ["/tag/film/", "/film/", "/2026/05/", "/login"])
def test_no_headline_makes_an_article_of_something_else(path: str) -> None:
    assert not looks_like_article(f"https://x.example{path}", "Vale and Brook return in June")


def test_a_headline_decides_where_the_address_leaves_it_open() -> None:
    url = "https://x.example/film/brook-returns/"

    assert looks_like_article(url, "Brook returns to the screen")
    assert not looks_like_article(url, "Brook Returns")
    assert not looks_like_article(url)


LONG = {
    "one_word": "a" * 2000,
    "words": "a-" * 1000,
    "numbers": "1-" * 1000,
    "years": "2026/" * 400,
    "dates": "/2026/1" * 280,
    "article_words": "/story" * 330,
    "marks": "\u0301" * 1000,
}


@pytest.mark.parametrize("path", LONG.values(), ids=LONG.keys())
def test_no_address_takes_long(path: str) -> None:
    started = time.process_time()

    for _ in range(50):
        looks_like_article(f"https://x.example/{path}")

    assert time.process_time() - started < 2.5  # seconds for fifty; each takes half a thousandth
