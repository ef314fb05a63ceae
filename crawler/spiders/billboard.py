"""Billboard: a site of the Penske family; charts are kept out of the articles by their address."""

from crawler.extract.families import PENSKE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class Billboard(NewsSpider):
    """Music trade news."""

    name = "billboard"
    home = "https://www.billboard.com/"
    feeds = ("https://www.billboard.com/feed/",)
    article_url = r"https?://(?:www\.)?billboard\.com/(?:[a-z0-9-]+/){1,3}[a-z0-9-]+-\d{7,}/?"
    rules = PENSKE
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.9, "dek": 0.6})
