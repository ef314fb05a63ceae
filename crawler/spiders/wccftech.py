"""Wccftech: WordPress; a related story between the paragraphs, questions in bold."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Wccftech(NewsSpider):
    """Games and hardware."""

    name = "wccftech"
    home = "https://wccftech.com/"
    feeds = ("https://wccftech.com/feed/",)
    article_url = r"https?://(?:www\.)?wccftech\.com/[a-z0-9-]{15,}/"
    rules = Rules(
        headline="div.heading h1",
        body="div.content div.post",
        figure="figure.post-cover-wrap",
        byline="div.meta > a:first-child",
        furniture=(
            "div.story-share",
            "div.wccf_video_tag",
            "div.related-story",
            "div.advert",
            "a.post-comments",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9})
    checked = date(2025, 1, 17)
