"""What feeds and sitemaps say of a page, put where the page itself says nothing."""

from dataclasses import replace

from archive.article import Article
from archive.journal.naming import Announced


def with_announced(article: Article, said: Announced) -> Article:
    """Return an article with the date that a feed or sitemap gave it.

    It stands for the page's own where that gives none, and `published_source` says so. A date of
    change does not: many a sitemap gives all its pages the moment in which it was made.
    """
    article = replace(article, advertised_at=said.at)
    if article.published_at is not None or said.at is None:
        return article
    return replace(article, published_at=said.at, published_source=said.source)
