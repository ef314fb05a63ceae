"""FandomWire: WordPress; key points in a collapsible box, author card below the body."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class FandomWire(NewsSpider):
    """Celebrity and film news."""

    name = "fandomwire"
    home = "https://fandomwire.com/"
    feeds = ("https://fandomwire.com/feed/",)
    article_url = r"https?://(?:www\.)?fandomwire\.com/[a-z0-9%-]+/"
    rules = Rules(
        headline="h1.entry-title",
        dek=".entry-excerpt, .post-dek",
        key_points="div.article-summary li",
        body="div.entry-content",
        figure="figure.post-thumbnail, figure.wp-caption",
        caption="figcaption.wp-caption-text",
        credit="figcaption.thumbnail-credit",
        byline="span.byline a",
        author_card="div.post-author-box",
        author_bio="div.post-author-box div.bio",
        furniture=("button.summary-toggle", "div.featured-video", "p.also-read", "div.ad-unit"),
    )
    expect = Expect(optional={"dek": 0.9, "key_points": 0.7, "author_bio": 0.9, "lead_image": 0.9})
