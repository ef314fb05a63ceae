"""Page Six: the New York Post's WordPress; no dek, credit in a span inside the caption."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class PageSix(NewsSpider):
    """Celebrity news."""

    name = "pagesix"
    home = "https://pagesix.com/"
    feeds = ("https://pagesix.com/feed/",)
    article_url = r"https?://(?:www\.)?pagesix\.com/\d{4}/\d\d/\d\d/(?:[a-z0-9-]+/){1,2}"
    rules = Rules(
        headline="h1.headline",
        body="div.single__content",
        credit="figcaption span.credit",
        tags="ul.tag-list a",
        furniture=(
            "aside.single__inline-module",
            "div.inline-newsletter",
            "span.nyp-slideshow-modal-image__icon",
            "div.author-flyout",
            "div.modal",
            "div.single__footer",
        ),
    )
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.8, "credits": 0.8, "tags": 0.7})
