"""Elle: Hearst's platform; most class names are hashes, so the markup's order leads."""

from datetime import date

from crawler.extract.families import HEARST
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Elle(NewsSpider):
    """Fashion, culture and celebrities."""

    name = "elle"
    home = "https://www.elle.com/"
    feeds = ("https://www.elle.com/rss/all.xml/",)
    article_url = r"https?://(?:www\.)?elle\.com/(?:[a-z0-9-]+/)+[ag]\d{7,}/[a-z0-9-]+/"
    rules = HEARST
    expect = Expect(optional={"authors": 0.85, "credits": 0.8, "lead_image": 0.8})
    checked = date(2023, 11, 30)
