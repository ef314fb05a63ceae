"""GamesRadar+: Future's platform; strapline above the body, contributors in the byline."""

from datetime import date

from crawler.extract.families import FUTURE
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class GamesRadar(NewsSpider):
    """Games, film and television."""

    name = "gamesradar"
    home = "https://www.gamesradar.com/"
    feeds = ("https://www.gamesradar.com/rss/",)
    article_url = r"https?://(?:www\.)?gamesradar\.com/(?:[a-z0-9-]+/)*[a-z0-9-]{15,}/?"
    rules = FUTURE
    expect = Expect(optional={"dek": 0.9, "authors": 0.95, "credits": 0.85, "lead_image": 0.9})
    checked = date(2023, 12, 23)
