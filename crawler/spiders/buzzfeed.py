"""BuzzFeed: a chain of parts, each a paragraph, a picture with its holder, or a product."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class BuzzFeed(NewsSpider):
    """Celebrities, television and film."""

    name = "buzzfeed"
    home = "https://www.buzzfeed.com/celebrity"
    feeds = ("https://www.buzzfeed.com/celebrity.xml", "https://www.buzzfeed.com/tvandmovies.xml")
    article_url = r"https?://(?:www\.)?buzzfeed\.com/[a-z0-9_-]+/[a-z0-9-]{8,}"
    rules = Rules(
        headline="h1.embed-headline-title",
        dek="p.embed-headline-description",
        body="div.subbuzzes-wrapper",
        caption="div.subbuzz__description",
        credit="span.subbuzz__attribution, div[class^=attribution]",
        byline="span[class*=bylineName]",
        furniture=(
            "div.js-inline-share-bar",
            "p[class*=commerce-disclaimer]",
            "ul[class*=badgeList]",
        ),
    )
    expect = Expect(optional={"dek": 0.8, "authors": 0.95, "images": 0.9})
    checked = date(2023, 12, 23)
