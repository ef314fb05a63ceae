"""Pitchfork: Condé Nast; only the first word of a class name outlives a build of the site."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Pitchfork(NewsSpider):
    """Music news, features and reviews."""

    name = "pitchfork"
    home = "https://pitchfork.com/"
    sitemaps = ("https://pitchfork.com/sitemap.xml",)
    article_url = (
        r"https?://(?:www\.)?pitchfork\.com"
        r"/(?:news/|thepitch/|(?:features|reviews)/[a-z-]+/)[a-z0-9-]{8,}/?"
    )
    rules = Rules(
        headline="h1[data-testid=ContentHeaderHed]",
        kicker="header .rubric__name",
        dek="[class*=ContentHeaderDek]",
        body="div.body__inner-container",
        figure="header figure, figure.asset-embed",
        caption="[class*=CaptionText]",
        credit="[class*=CaptionCredit]",
        byline="header a.byline__name-link",
        furniture=(
            "div.product-embed",
            "[data-testid=LinkStack]",
            "[data-testid=NewsletterSubscribeFormWrapper]",
            "div.ad",
        ),
    )
    expect = Expect(optional={"authors": 0.9, "kicker": 0.8, "lead_image": 0.8, "credits": 0.6})
