"""What feeds and sitemaps say of a page stands where the page says nothing, and says so."""

from dataclasses import replace
from datetime import timedelta

from archive.journal.naming import Announced
from crawler.announcing import with_announced
from tests.archive.store_samples import NOON, story

UNDATED = replace(story(1), published_at=None, published_source=None, advertised_at=None)
SAID = Announced(at=NOON, source="sitemap", title="Another")


def test_a_page_without_a_date_has_that_of_its_listing() -> None:
    article = with_announced(UNDATED, SAID)

    assert (article.published_at, article.published_source) == (NOON, "sitemap")
    assert (article.published_raw, article.advertised_at) == (None, NOON)


def test_a_page_with_a_date_keeps_it() -> None:
    morning = NOON - timedelta(hours=4)
    dated = replace(UNDATED, published_at=morning, published_source="jsonld", published_raw="08:00")

    article = with_announced(dated, SAID)

    assert (article.published_at, article.published_source) == (morning, "jsonld")
    assert article.advertised_at == NOON


def test_where_nothing_is_said_nothing_is_added() -> None:
    assert with_announced(UNDATED, Announced()) == UNDATED
