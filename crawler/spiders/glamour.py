"""Glamour: Condé Nast's platform; galleries of products between the paragraphs."""

from datetime import date

from crawler.extract.families import CONDE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Glamour(NewsSpider):
    """Style, beauty and celebrities."""

    name = "glamour"
    home = "https://www.glamour.com/"
    sitemaps = ("https://www.glamour.com/feed/google-latest-news/sitemap-google-news",)
    feeds = ("https://www.glamour.com/feed/rss",)
    article_url = r"https?://(?:www\.)?glamour\.com/(?:story|gallery)/[a-z0-9-]+"
    rules = CONDE
    expect = Expect(optional={"dek": 0.85, "kicker": 0.8, "authors": 0.9, "lead_image": 0.8})
    checked = date(2023, 12, 22)
