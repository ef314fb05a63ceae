"""Game Rant: a site of the Valnet family; most images carry neither caption nor credit."""

from crawler.extract.families import VALNET
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class GameRant(NewsSpider):
    """Games."""

    name = "gamerant"
    home = "https://gamerant.com/"
    sitemaps = ("https://gamerant.com/post_google_news.xml",)
    feeds = ("https://gamerant.com/feed/",)
    article_url = r"https?://(?:www\.)?gamerant\.com/[a-z0-9]+(?:-[a-z0-9]+){2,}/"
    rules = VALNET
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9})
