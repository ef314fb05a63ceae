"""Allure: Condé Nast's platform; a note on products above, product cards between the paragraphs."""

from datetime import date

from crawler.extract.families import CONDE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Allure(NewsSpider):
    """Beauty and celebrities."""

    name = "allure"
    home = "https://www.allure.com/"
    sitemaps = ("https://www.allure.com/feed/google-latest-news/sitemap-google-news",)
    feeds = ("https://www.allure.com/feed/rss",)
    article_url = r"https?://(?:www\.)?allure\.com/(?:story|gallery|review)/[a-z0-9-]+"
    rules = CONDE
    expect = Expect(optional={"dek": 0.85, "kicker": 0.8, "authors": 0.9, "lead_image": 0.8})
    checked = date(2023, 12, 21)
