"""Daily Mail: captions are paragraphs below the picture, summary bullets above the byline."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class DailyMail(NewsSpider):
    """Television and celebrity news."""

    name = "dailymail"
    home = "https://www.dailymail.co.uk/tvshowbiz/index.html"
    feeds = ("https://www.dailymail.co.uk/tvshowbiz/articles.rss",)
    article_url = (
        r"https?://(?:www\.)?dailymail\.co\.uk/(?:tvshowbiz|femail)/(?:[a-z]+/)?"
        r"article-\d+/[A-Za-z0-9-]+\.html"
    )
    rules = Rules(
        headline="div#js-article-text > h1",
        key_points="ul.mol-bullets-with-font li strong",
        body="div[itemprop=articleBody]",
        caption="p.imageCaption",
        byline="p.author-section a.author",
        furniture=(
            "div#articleIconLinksContainer",
            "div.mol-factbox",
            "div.linkButtonRow",
            "div.mol-video",
            "div.shareArticles",
            "div.column-content",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "images": 0.95, "captions": 0.9, "tags": 0.8})
    checked = date(2023, 12, 22)
