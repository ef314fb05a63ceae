"""Celebuzz: WordPress; stories told in slides, the credit in a caption paragraph."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Celebuzz(NewsSpider):
    """Celebrity news and galleries."""

    name = "celebuzz"
    home = "https://www.celebuzz.com/"
    feeds = ("https://www.celebuzz.com/feed/",)
    article_url = (
        r"https?://(?:www\.)?celebuzz\.com/(?:g/|\d{4}-\d\d-\d\d/)?[a-z0-9-]{15,}/(?:\d+/)?"
    )
    rules = Rules(
        headline="h1.article-title",
        dek="h2.cpxi-article-intro",
        body="div.article-content",
        figure="div.wp-caption",
        caption="p.wp-caption-text",
        byline="span[itemprop=author]",
        furniture=("div.ad", "div.topadtxt", "div.cpxi-buttons", "div.owl-nav"),
    )
    expect = Expect(optional={"authors": 0.95, "images": 0.8})
    checked = date(2023, 12, 21)
