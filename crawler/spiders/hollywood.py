"""Hollywood.com: tagDiv's WordPress; subject and holder share the caption's one line."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Hollywood(NewsSpider):
    """Film news."""

    name = "hollywood"
    home = "https://www.hollywood.com/"
    feeds = ("https://www.hollywood.com/feed",)
    article_url = r"https?://(?:www\.)?hollywood\.com/[a-z-]+/[a-z0-9-]+-\d{6,}/?"
    rules = Rules(
        headline="h1.tdb-title-text",
        body="div.tdb_single_content div.tdb-block-inner",
        caption="figcaption.tdb-caption-text, figcaption.wp-caption-text",
        byline="a.tdb-author-name",
        furniture=("div.td-a-ad", "span.td-adspot-title", "div#chatbot-container"),
    )
    expect = Expect(optional={"authors": 0.9, "lead_image": 0.9})
    checked = date(2023, 12, 21)
