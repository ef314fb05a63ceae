"""Collider: a site of the Valnet family; its summary is called The Big Picture."""

from crawler.extract.families import VALNET
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Collider(NewsSpider):
    """Film and television."""

    name = "collider"
    home = "https://collider.com/"
    sitemaps = ("https://collider.com/post_google_news.xml",)
    feeds = ("https://collider.com/feed/",)
    article_url = r"https?://(?:www\.)?collider\.com/[a-z0-9]+(?:-[a-z0-9]+){2,}/"
    rules = VALNET
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9})
