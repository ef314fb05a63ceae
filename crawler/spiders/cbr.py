"""CBR: a site of the Valnet family; lists whose bullets under a heading are body text."""

from crawler.extract.families import VALNET
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class CBR(NewsSpider):
    """Comics, anime and film."""

    name = "cbr"
    home = "https://www.cbr.com/"
    sitemaps = ("https://www.cbr.com/post_google_news.xml",)
    feeds = ("https://www.cbr.com/feed/",)
    article_url = r"https?://(?:www\.)?cbr\.com/[a-z0-9]+(?:-[a-z0-9]+){2,}/"
    rules = VALNET
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9})
