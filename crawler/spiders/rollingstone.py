"""Rolling Stone: Penske's WordPress; dek in the excerpt, pull quotes with their speaker."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class RollingStone(NewsSpider):
    """Music, film and culture."""

    name = "rollingstone"
    home = "https://www.rollingstone.com/"
    feeds = ("https://www.rollingstone.com/feed/",)
    article_url = r"https?://(?:www\.)?rollingstone\.com/(?:[a-z0-9-]+/){2,}[a-z0-9-]+-w?\d+/?"
    rules = Rules(
        headline="h1.article-title",
        kicker="div.article-kicker",
        dek="div.article-excerpt",
        body="div.a-content div.pmc-paywall",
        credit="figcaption.c-figcaption cite",
        quote="blockquote.pullquote",
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
    expect = Expect(optional={"dek": 0.9, "authors": 0.95, "credits": 0.8})
    checked = date(2024, 8, 26)
