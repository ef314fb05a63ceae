"""Cosmopolitan: Hearst's platform; most class names are hashes, so the markup's order leads."""

from datetime import date

from crawler.extract.families import HEARST
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Cosmopolitan(NewsSpider):
    """Celebrities and entertainment."""

    name = "cosmopolitan"
    home = "https://www.cosmopolitan.com/entertainment/"
    feeds = ("https://www.cosmopolitan.com/rss/all.xml/",)
    article_url = r"https?://(?:www\.)?cosmopolitan\.com/(?:[a-z0-9-]+/)+[ag]\d{7,}/[a-z0-9-]+/"
    rules = HEARST
    expect = Expect(optional={"dek": 0.8, "authors": 0.9, "lead_image": 0.8})
    checked = date(2023, 12, 22)
