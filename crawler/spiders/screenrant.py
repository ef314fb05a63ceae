"""Screen Rant: a site of the Valnet family; a summary box stands above many features."""

from crawler.extract.families import VALNET
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class ScreenRant(NewsSpider):
    """Film and television."""

    name = "screenrant"
    home = "https://screenrant.com/"
    sitemaps = ("https://screenrant.com/post_google_news.xml",)
    feeds = ("https://screenrant.com/feed/",)
    article_url = r"https?://(?:www\.)?screenrant\.com/[a-z0-9]+(?:-[a-z0-9]+){2,}/"
    rules = VALNET
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9})
