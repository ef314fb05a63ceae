"""E! News: the body is cut into many segments; images carry only their agency."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class EOnline(NewsSpider):
    """Celebrity news."""

    name = "eonline"
    home = "https://www.eonline.com/"
    article_url = r"https?://(?:www\.)?eonline\.com/(?:[a-z]{2}/)?news/\d+/[a-z0-9_-]+"
    rules = Rules(
        headline="h1.article-detail__title",
        dek="h2.article-detail__subheader",
        body="section.article-detail__segment",
        credit="span.article-detail__image-agency",
        byline="span.article-detail__meta__author a",
        tags="div.adp-cat__list a",
        furniture=(
            "div.article-detail__image-wrap:not(:has(img))",
            "section.trending-content",
            "div.article-detail__cta",
            "a.article-detail__tunein",
            "div.article-detail__social-content",
            "div.ecommerce__prices",
            "div.ecommerce__button-text",
            "div.player-playlist",
        ),
    )
    expect = Expect(optional={"dek": 0.9, "authors": 0.95})
    checked = date(2023, 12, 23)
