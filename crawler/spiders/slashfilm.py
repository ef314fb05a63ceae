"""SlashFilm: Static Media; a picture, a credit and some columns a section, and no dek."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class SlashFilm(NewsSpider):
    """Film and television."""

    name = "slashfilm"
    home = "https://www.slashfilm.com/"
    feeds = ("https://www.slashfilm.com/feed/",)
    article_url = r"https?://(?:www\.)?slashfilm\.com/\d+/[a-z0-9-]+/"
    rules = Rules(
        headline="h1.title-gallery",
        body="div.news-article h2, div.columns-holder",
        figure="div.gallery-image-holder",
        credit="span.gallery-image-credit",
        byline="a.byline-author",
        furniture=("div.before-ad", "div.google-ad-placeholder", "div.under-art"),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9, "credits": 0.9})
