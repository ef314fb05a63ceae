"""IGN: dek right below the headline, galleries without captions, bio as the last paragraph."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class IGN(NewsSpider):
    """Games, film and television."""

    name = "ign"
    home = "https://www.ign.com/"
    article_url = r"https?://(?:www\.)?ign\.com/articles/(?:\d{4}/\d\d/\d\d/)?[a-z0-9-]+"
    rules = Rules(
        headline="h1.display-title",
        dek="h1.display-title + h2.title3",
        body="section.article-page",
        byline="a.article-author",
        furniture=("div.slideshow-preview", "div.piano-template-placeholder"),
    )
    expect = Expect(optional={"dek": 0.8, "authors": 0.9})
    checked = date(2023, 12, 27)
