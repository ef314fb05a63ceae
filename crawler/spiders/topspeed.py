"""TopSpeed: Valnet's platform; the holder alone under a picture, cards of other stories between."""

from dataclasses import replace
from datetime import date

from crawler.extract.families import VALNET
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class TopSpeed(NewsSpider):
    """Cars."""

    name = "topspeed"
    home = "https://www.topspeed.com/"
    feeds = ("https://www.topspeed.com/feed/",)
    article_url = r"https?://(?:www\.)?topspeed\.com/[a-z0-9-]{15,}/"
    rules = replace(
        VALNET,
        caption=None,
        credit="figcaption.item-img-caption, figcaption.body-img-caption",
        author_bio="div.bio-desc",
    )
    expect = Expect(optional={"dek": 0.9, "authors": 0.95, "credits": 0.9, "lead_image": 0.9})
    checked = date(2023, 12, 24)
