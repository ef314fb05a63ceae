"""Vanity Fair: Condé Nast's platform; rubric above the headline, credit in a span of its own."""

from datetime import date

from crawler.extract.families import CONDE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class VanityFair(NewsSpider):
    """Hollywood, style and culture."""

    name = "vanityfair"
    home = "https://www.vanityfair.com/"
    sitemaps = ("https://www.vanityfair.com/feed/google-latest-news/sitemap-google-news",)
    feeds = ("https://www.vanityfair.com/feed/rss",)
    article_url = (
        r"https?://(?:www\.)?vanityfair\.com/(?!feed/)[a-z-]+/(?:[a-z0-9-]+/)*[a-z0-9-]{12,}"
    )
    rules = CONDE
    expect = Expect(optional={"dek": 0.9, "kicker": 0.8, "authors": 0.95, "credits": 0.85})
    checked = date(2023, 12, 22)
