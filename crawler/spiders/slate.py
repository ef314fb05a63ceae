"""Slate: rubric and dek in the header, advertisements between the paragraphs."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Slate(NewsSpider):
    """Culture."""

    name = "slate"
    home = "https://slate.com/culture"
    feeds = ("https://slate.com/feeds/culture.rss",)
    article_url = r"https?://(?:www\.)?slate\.com/[a-z-]+/\d{4}/\d\d/[a-z0-9-]+\.html"
    rules = Rules(
        headline="h1.article__hed",
        kicker="a.article__rubric",
        dek="h2.article__dek",
        body="div.article__content",
        figure="figure.image",
        caption="span.image__caption",
        credit="span.image__credit",
        byline="div.article__byline span[itemprop=name]",
        furniture=(
            "div.slate-ad",
            "div.social-share",
            "aside.recirc-line",
            "section.newsletter-signup",
        ),
    )
    expect = Expect(optional={"dek": 0.9, "kicker": 0.8, "authors": 0.95, "credits": 0.8})
    checked = date(2023, 12, 23)
