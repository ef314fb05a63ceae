"""Us Weekly: WordPress; teasers hidden inside the related boxes, credit in the figure."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class UsMagazine(NewsSpider):
    """Celebrity news."""

    name = "usmagazine"
    home = "https://www.usmagazine.com/"
    feeds = ("https://www.usmagazine.com/feed/",)
    article_url = r"https?://(?:www\.)?usmagazine\.com/(?:[a-z0-9-]+/){1,3}[a-z0-9-]{15,}/?"
    rules = Rules(
        headline="h1.content-title",
        body="div.article-content",
        figure="figure.item-figure, figure.wp-caption",
        caption="figcaption",
        credit="figcaption span.credit",
        byline="div.content-byline a.author",
        furniture=(
            "div.link-related",
            "div.in-this-article",
            "div.youtube-cta",
            "div.newsletter-form",
            "div.shopping-button__simple",
            "div#module-more-news",
            "p.cookie-empty-placeholder",
            "aside.inset-video",
        ),
    )
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.8, "credits": 0.7})
    checked = date(2023, 12, 21)
