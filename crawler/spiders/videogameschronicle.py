"""Video Games Chronicle: WordPress; dek below the headline, bio and gallery below the text."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class VideoGamesChronicle(NewsSpider):
    """Games."""

    name = "videogameschronicle"
    home = "https://www.videogameschronicle.com/"
    feeds = ("https://www.videogameschronicle.com/feed/",)
    article_url = (
        r"https?://(?:www\.)?videogameschronicle\.com/(?:news|features|review)s?/[a-z0-9-/]+/"
    )
    rules = Rules(
        headline="div.post__header-main h1",
        dek="div.post__header-main h1 + p",
        body="div#content_body",
        figure="figure.post__featured-image",
        byline="div.author-byline a",
        author_card="div.author-excerpt",
        author_bio="div.author-excerpt__description",
        tags="div.post__header-tags a.vgc-tag",
        furniture=("div.adcontainer", "div.vgc-product", "div.post__footer-extras"),
    )
    expect = Expect(optional={"dek": 0.9, "authors": 0.95, "author_bio": 0.8, "lead_image": 0.9})
    checked = date(2025, 9, 12)
