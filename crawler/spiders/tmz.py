"""TMZ: a page of blocks, the headline told twice, and nobody named but the staff."""

from datetime import date

from crawler.extract.rules import Design, Expect, Rules
from crawler.spider import NewsSpider


class TMZ(NewsSpider):
    """Celebrity news."""

    name = "tmz"
    home = "https://www.tmz.com/"
    feeds = ("https://www.tmz.com/rss.xml",)
    article_url = r"https?://(?:www\.)?tmz\.com/\d{4}/\d\d/\d\d/[a-z0-9-]+/?"
    designs = (
        Design(
            name="2012",
            valid_until=date(2018, 12, 31),
            rules=Rules(
                headline="h1.post-title-breadcrumb",
                body="div.all-post-body",
                furniture=("div.primary-image-swipe", "div.related", "div.email-opt-in-container"),
            ),
        ),
        Design(
            name="2019",
            valid_from=date(2019, 1, 1),
            rules=Rules(
                headline="h1.article__headline-title",
                body="div.article__blocks",
                figure="div.image-block",
                credit="span.media-credit",
                tags="a.tag-cloud__list-group-item",
                furniture=(
                    "h2.article__header-title",
                    "section.canvas-instagram-media-block",
                    "section.canvas-gallery-block",
                    "footer.media-footer",
                    "span.video-block__media-credit",
                    "section.related-articles",
                    "ul.social",
                ),
            ),
        ),
    )
    expect = Expect(optional={"images": 0.8, "tags": 0.8, "credits": 0.5})
    checked = date(2023, 9, 26)
