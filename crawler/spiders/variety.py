"""Variety: Penske's WordPress; credit in a cite element, no dek, local times."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Variety(NewsSpider):
    """Film and television trade news."""

    name = "variety"
    home = "https://variety.com/"
    feeds = ("https://variety.com/feed/",)
    article_url = r"https?://(?:www\.)?variety\.com/\d{4}/(?:[a-z0-9-]+/)+[a-z0-9-]+-\d+/?"
    rules = Rules(
        headline="h1#section-heading",
        body="div.a-content div.pmc-paywall",
        figure="figure.o-figure",
        credit="figcaption.c-figcaption cite",
        tags="div.article-tags a.c-link",
        furniture=(
            "section.recirculation-modules",
            "section.brands-most-popular",
            "div.injected-related-story",
            ".trending-in-article",
            "div.article-tags",
            "a.o-comments-link",
            "div.social-share",
            "section.newsletter",
            "section.author-details",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "credits": 0.9, "tags": 0.8})
    checked = date(2023, 12, 23)
