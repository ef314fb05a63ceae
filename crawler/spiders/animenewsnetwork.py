"""Anime News Network: the first paragraph is bare text, `cite` names works and people."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class AnimeNewsNetwork(NewsSpider):
    """Anime and manga news."""

    name = "animenewsnetwork"
    home = "https://www.animenewsnetwork.com/"
    feeds = ("https://www.animenewsnetwork.com/all/rss.xml",)
    article_url = (
        r"https?://(?:www\.)?animenewsnetwork\.com/(?:news|feature|interest|review)/"
        r"(?:\d{4}-\d\d-\d\d/)?[a-z0-9-]+/\.\d+"
    )
    rules = Rules(
        headline="h1#page_header",
        kicker="h1#page_header div.sub-title",
        dek="div.intro",
        body="div.meat",
        credit="figcaption.credit",
        published="#page-title time",
        furniture=("instaread-player", "div#social-bookmarks"),
    )
    expect = Expect(optional={"dek": 0.7, "authors": 0.8, "images": 0.8})
    checked = date(2026, 6, 15)
