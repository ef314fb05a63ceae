"""Glam: Static Media; a chain of headed sections, each picture with its credit and no caption."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Glam(NewsSpider):
    """Beauty, style and celebrities."""

    name = "glam"
    home = "https://www.glam.com/"
    feeds = ("https://www.glam.com/feed/",)
    article_url = r"https?://(?:www\.)?glam\.com/\d+/[a-z0-9-]+/"
    rules = Rules(
        headline="h1.title-gallery",
        body="article.news-post div.news-article",
        figure="div.image-holder",
        credit="span.gallery-image-credit, div.image-holder > a",
        byline="a.byline-author",
        furniture=(
            "ul.breadcrumbs",
            "div.before-ad",
            "div.google-ad-placeholder",
            "div.vidad-container",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.95, "credits": 0.95})
    checked = date(2023, 12, 21)
