"""GameSpot: dek below the headline, boxes of shops inside the text, galleries as lists."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class GameSpot(NewsSpider):
    """Games and entertainment."""

    name = "gamespot"
    home = "https://www.gamespot.com/"
    feeds = ("https://www.gamespot.com/feeds/mashup/",)
    article_url = (
        r"https?://(?:www\.)?gamespot\.com/(?:articles|gallery|reviews)/[a-z0-9-]+/\d+-\d+/"
    )
    rules = Rules(
        headline="h1.news-title",
        dek="p.news-deck",
        body="div.content-entity-body, section.image-gallery",
        byline="span.byline-author a.byline-author__name",
        published="p.news-byline time",
        furniture=(
            "div.buylink__container",
            "div.item-buttons",
            "h3.item-deck",
            "div.av-player-container",
            "aside.image-gallery__list-item-aside",
            "div[data-embed-type=pinbox]",
            "div.pod",
            "div.affiliate-offers",
        ),
    )
    expect = Expect(optional={"dek": 0.8, "authors": 0.95})
    checked = date(2023, 12, 21)
