"""The Hollywood Reporter: a site of the Penske family; related stories stand inside the body."""

from crawler.extract.families import PENSKE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class HollywoodReporter(NewsSpider):
    """Film and television trade news."""

    name = "hollywoodreporter"
    home = "https://www.hollywoodreporter.com/"
    sitemaps = ("https://www.hollywoodreporter.com/news-sitemap.xml",)
    feeds = ("https://www.hollywoodreporter.com/feed/",)
    article_url = r"https?://(?:www\.)?hollywoodreporter\.com/(?:[a-z0-9-]+/){2,}[a-z0-9-]+-\d+/?"
    rules = PENSKE
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.9, "credits": 0.7, "dek": 0.6})
