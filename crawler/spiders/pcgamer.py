"""PC Gamer: Future's platform; reviews carry a verdict and a box of facts beside the text."""

from datetime import date

from crawler.extract.families import FUTURE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class PCGamer(NewsSpider):
    """Games."""

    name = "pcgamer"
    home = "https://www.pcgamer.com/"
    feeds = ("https://www.pcgamer.com/rss/",)
    article_url = r"https?://(?:www\.)?pcgamer\.com/(?:[a-z0-9-]+/)*[a-z0-9-]{15,}/?"
    rules = FUTURE
    expect = Expect(optional={"dek": 0.9, "authors": 0.95, "credits": 0.85})
    checked = date(2023, 12, 23)
