"""CinemaBlend: Future's template; strapline below the byline, credits in brackets, bio last."""

from crawler.extract.families import FUTURE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class CinemaBlend(NewsSpider):
    """Film and television."""

    name = "cinemablend"
    home = "https://www.cinemablend.com/"
    feeds = ("https://www.cinemablend.com/feeds.xml",)
    article_url = (
        r"https?://(?:www\.)?cinemablend\.com/(?:[a-z0-9-]+/){1,2}[a-z0-9]+(?:-[a-z0-9]+){3,}/?"
    )
    rules = FUTURE
    expect = Expect(optional={"authors": 0.95, "dek": 0.9, "lead_image": 0.9, "credits": 0.9})
