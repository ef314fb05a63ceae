"""TheWrap: a WordPress block theme; dek in a block of its own, credit in brackets."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class TheWrap(NewsSpider):
    """Film and television trade news."""

    name = "thewrap"
    home = "https://www.thewrap.com/"
    feeds = ("https://www.thewrap.com/feed/",)
    article_url = (
        r"https?://(?:www\.)?thewrap\.com/(?:[a-z0-9-]+/){0,3}[a-z0-9]+(?:-[a-z0-9]+){3,}/"
    )
    rules = Rules(
        headline="h1.wp-block-post-title",
        dek=".wp-block-the-wrap-subhed",
        body="div.entry-content",
        figure="figure.wp-block-post-featured-image, figure.wp-block-image",
        caption="figcaption.wp-element-caption",
        author_bio="div.wp-block-co-authors-plus-biography",
        furniture=("div.wp-block-the-wrap-also-read", "div.ad-unit"),
    )
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.8})
