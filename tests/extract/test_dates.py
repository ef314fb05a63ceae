"""When it was published, by the best evidence."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from archive.article import Article
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

NO_DATE = "https://courier.example/the-bridge-that-sings"
HEAD = '<meta property="og:type" content="article">'
LD = (
    '<script type="application/ld+json">'
    '{"@type":"NewsArticle","headline":"x","datePublished":"2031-06-14T08:30:00+01:00"}</script>'
)
META = '<meta property="article:published_time" content="2031-06-14T07:30:00Z">'
TIME = '<time datetime="2031-06-14T07:30:00Z">June 14</time>'
EVIDENCE = {
    "jsonld": ({"head": HEAD + LD + META}, "jsonld"),
    "meta": ({"head": HEAD + META, "above": TIME}, "meta"),
    "time": ({"head": HEAD, "above": TIME}, "time"),
    "shown": ({"head": HEAD, "above": "<p>14 June 2031, 08:30 BST</p>"}, "time"),
}


@pytest.mark.parametrize(("parts", "source"), EVIDENCE.values(), ids=EVIDENCE)
def test_best_evidence_wins_and_is_named(
    article_of: Callable[..., Article], parts: dict[str, str], source: str
) -> None:
    article = article_of(url=NO_DATE, **parts)

    assert article.published_at == datetime(2031, 6, 14, 7, 30, tzinfo=UTC)
    assert article.published_source == source


def test_address_is_the_last_resort_and_its_zone_is_doubted(
    article_of: Callable[..., Article],
) -> None:
    article = article_of(head=HEAD)

    assert article.published_at == datetime(2031, 6, 14, tzinfo=UTC)
    assert article.published_source == "address"
    assert "published_without_zone" in article.extraction_warnings


ABROAD = {
    "german": ("de", "12. März 2031, 14.05 Uhr", "2031-03-12T14:05"),
    "french": ("fr", "Publié le 12 mars 2031 à 14h05", "2031-03-12T00:00"),
    "portuguese": ("pt-BR", "12/03/2031 14h05", "2031-03-12T14:05"),
    "british": ("en-GB", "12/03/2031 14:05", "2031-03-12T14:05"),
    "american": ("en-US", "03/12/2031 14:05", "2031-03-12T14:05"),
    "unsaid": ("en", "03/12/2031 14:05", "2031-03-12T14:05"),
    "polish": ("pl", "12 marca 2031", "2031-03-12T00:00"),
    "russian": ("ru", "12 марта 2031", "2031-03-12T00:00"),
    "iso": ("de", "2031-03-12 14:05", "2031-03-12T14:05"),
}


@pytest.mark.parametrize(("language", "line", "moment"), ABROAD.values(), ids=ABROAD)
def test_displayed_day_is_read_as_the_language_of_the_page_has_it(
    language: str, line: str, moment: str
) -> None:
    body = "<p>The footbridge at Ambleford was built to sway, and it did so.</p>" * 4
    markup = (
        f'<html lang="{language}"><head>{HEAD}</head><body><article><h1>The Bridge</h1>'
        f"<p>{line}</p><div>{body}</div></article></body></html>"
    )

    article = read_page(SourcePage(url=NO_DATE, body=markup.encode())).article

    assert article is not None
    assert article.published_at == datetime.fromisoformat(moment).replace(tzinfo=UTC)


SHOWN = {
    "after_a_sentence_with_another": "<p>stated on 1 June 2031 in the town hall of Ambleford:</p>",
    "after_the_update": "<p>Updated 20 June 2031</p>",
}


@pytest.mark.parametrize("before", SHOWN.values(), ids=SHOWN)
def test_date_that_stands_alone_is_believed(
    article_of: Callable[..., Article], before: str
) -> None:
    article = article_of(url=NO_DATE, head=HEAD, above=f"{before}<p>14 June 2031</p>")

    assert article.published_at == datetime(2031, 6, 14, tzinfo=UTC)


def test_address_may_name_the_month(article_of: Callable[..., Article]) -> None:
    article = article_of(url="https://courier.example/2031/jun/14/the-bridge/", head=HEAD)

    assert article.published_at == datetime(2031, 6, 14, tzinfo=UTC)


def test_video_on_the_page_does_not_lend_it_its_date(article_of: Callable[..., Article]) -> None:
    video = (
        '<script type="application/ld+json">{"@type":"VideoObject","name":"A look back at May",'
        '"description":"x","uploadDate":"2031-05-31T08:00:00Z"}</script>'
    )

    assert article_of(url=NO_DATE, head=HEAD + video + META).published_source == "meta"


def test_time_of_a_teaser_does_not_date_the_article(article_of: Callable[..., Article]) -> None:
    teaser = (
        '<aside><a href="/x">Other</a> <time datetime="2029-01-01T00:00:00Z">Jan 1</time></aside>'
    )

    article = article_of(url=NO_DATE, head=HEAD, above=TIME, below=teaser)

    assert article.published_at == datetime(2031, 6, 14, 7, 30, tzinfo=UTC)


def test_update_is_no_publication(article_of: Callable[..., Article]) -> None:
    above = "<p>Updated: June 20, 2031</p><p>Published: June 14, 2031</p>"

    article = article_of(url=NO_DATE, head=HEAD, above=above)

    assert article.published_raw == "June 14, 2031"


def test_change_is_read_from_metadata(article_of: Callable[..., Article]) -> None:
    head = HEAD + '<meta property="article:modified_time" content="2031-06-15T07:00:00Z">'

    assert article_of(head=head).modified_at == datetime(2031, 6, 15, 7, tzinfo=UTC)


def test_page_without_date_has_none(article_of: Callable[..., Article]) -> None:
    article = article_of(url=NO_DATE, head=HEAD)

    assert (article.published_at, article.published_raw, article.published_source) == (None,) * 3
