"""The Sun: kicker and subdeck around the headline, galleries' counters inside the figures."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class TheSun(NewsSpider):
    """Television and celebrity news."""

    name = "thesun"
    home = "https://www.thesun.co.uk/tvandshowbiz/"
    sitemaps = ("https://www.thesun.co.uk/news-sitemap.xml",)
    feeds = ("https://www.thesun.co.uk/tvandshowbiz/feed/",)
    article_url = r"https?://(?:www\.)?thesun\.co\.uk/(?:[a-z-]+/)+\d+/[a-z0-9-]+/"
    rules = Rules(
        headline="h1.article__headline",
        kicker="span.article__kicker",
        dek="div.article__subdeck",
        body="div.article__content",
        figure="figure.article__media",
        caption="span.article__media-span",
        credit="span.article__credit",
        byline="li.article__author-list",
        furniture=(
            "div.article__safari-reader-view-meta",
            "div.article__gallery-count",
            "div.read-more-container",
            "div.advert-wrapper",
            "section:has(> h2.nk-headline-heading)",
            "div.featured-video-cta",
        ),
    )
    expect = Expect(
        optional={"kicker": 0.8, "dek": 0.9, "authors": 0.95, "images": 0.95, "credits": 0.9}
    )
    checked = date(2024, 4, 22)
