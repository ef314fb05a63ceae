"""Pitchfork: Condé Nast; only the first word of a class name outlives a build of the site."""

from crawler.extract.families import CONDE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Pitchfork(NewsSpider):
    """Music news, features and reviews."""

    name = "pitchfork"
    home = "https://pitchfork.com/"
    sitemaps = ("https://pitchfork.com/sitemap.xml",)
    article_url = (
        r"https?://(?:www\.)?pitchfork\.com"
        r"/(?:news/|thepitch/|(?:features|reviews)/[a-z-]+/)[a-z0-9-]{8,}/?"
    )
    rules = CONDE
    expect = Expect(optional={"authors": 0.9, "kicker": 0.8, "lead_image": 0.8, "credits": 0.6})
