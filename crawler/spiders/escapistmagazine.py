"""The Escapist: WordPress; the author's card below the body, pictures without a line."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class EscapistMagazine(NewsSpider):
    """Games, film and television."""

    name = "escapistmagazine"
    home = "https://www.escapistmagazine.com/"
    feeds = ("https://www.escapistmagazine.com/feed/",)
    article_url = r"https?://(?:www\.)?escapistmagazine\.com/(?:[a-z]+-)?[a-z0-9-]{20,}/"
    rules = Rules(
        headline="h1.entry-title",
        body="div.single-body.entry-content",
        figure="div.single-entry-thumb",
        byline="a.entry-author__name",
        author_card="div.author-box",
        author_bio="div.author-bio",
        tags="div.entry-tags a",
        furniture=("div.primis-player", "div.entry-interaction", "div.author-bio-link"),
    )
    expect = Expect(optional={"authors": 0.95, "author_bio": 0.8, "lead_image": 0.9, "tags": 0.7})
    checked = date(2023, 12, 21)
