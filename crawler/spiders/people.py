"""People: Dotdash Meredith; caption and owner in the figure, bio in the byline's tooltip."""

from datetime import date

from crawler.extract.rules import Design, Expect, Rules
from crawler.spider import NewsSpider


class People(NewsSpider):
    """Celebrity news."""

    name = "people"
    home = "https://people.com/"
    article_url = r"https?://(?:www\.)?people\.com/(?:[a-z0-9-]+/)*[a-z0-9-]{20,}/?"
    designs = (
        Design(
            name="2022",
            valid_from=date(2022, 4, 1),
            rules=Rules(
                headline="h1.article-heading",
                dek=".article-subheading",
                body="div.article-content.mntl-block",
                figure="figure.mntl-sc-block-image, figure[id^=figure-article]",
                caption=".figure-article-caption-text",
                credit=".figure-article-caption-owner",
                byline="a.mntl-attribution__item-name",
                author_bio="div.mntl-author-tooltip__bio",
                furniture=(
                    "div.related-link",
                    "div.mntl-author-tooltip__bottom",
                    "div.sources-and-citation",
                ),
            ),
        ),
    )
    expect = Expect(optional={"dek": 0.9, "credits": 0.9, "author_bio": 0.8, "authors": 0.95})
    checked = date(2023, 12, 23)
