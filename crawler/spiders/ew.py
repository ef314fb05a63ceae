"""Entertainment Weekly: Dotdash Meredith; caption and owner in the figure, bio in the byline."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class EntertainmentWeekly(NewsSpider):
    """Television, film and music."""

    name = "ew"
    home = "https://ew.com/"
    article_url = r"https?://(?:www\.)?ew\.com/(?:[a-z0-9-]+/)*[a-z0-9-]+-\d{7,8}/?"
    rules = Rules(
        headline="h1.article-heading",
        dek=".article-subheading",
        body="div.article-content.mntl-block",
        figure="figure.mntl-sc-block-image, figure[id^=figure-article]",
        caption=".figure-article-caption-text",
        credit=".figure-article-caption-owner",
        byline="a.mntl-attribution__item-name",
        author_bio="div.mntl-author-tooltip__bio",
        furniture=(
            "div.mntl-sc-block-featuredlink",
            "div.mntl-sc-block-adslot",
            "div.mntl-author-tooltip__bottom",
            "div.sources-and-citation",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9, "credits": 0.8, "dek": 0.7})
