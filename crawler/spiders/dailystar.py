"""Daily Star: Reach's two platforms; lead text below the headline, credit inside the caption."""

from datetime import date

from crawler.extract.rules import Design, Expect, Rules
from crawler.spider import NewsSpider


class DailyStar(NewsSpider):
    """Celebrity and television news."""

    name = "dailystar"
    home = "https://www.dailystar.co.uk/showbiz/"
    sitemaps = ("https://www.dailystar.co.uk/map_news.xml",)
    feeds = ("https://www.dailystar.co.uk/showbiz/?service=rss",)
    article_url = r"https?://(?:www\.)?dailystar\.co\.uk/(?:[a-z-]+/)+[a-z0-9-]+-\d{6,}"
    designs = (
        Design(
            name="2019",
            valid_until=date(2025, 6, 30),
            rules=Rules(
                headline="article.article-main h1",
                dek="p.sub-title",
                body="div.article-body",
                figure="figure.in-article-image",
                caption="figcaption span.caption",
                credit="figcaption span.credit",
                byline="div.author a.publication-theme",
                tags="div.tag-list a",
                furniture=(
                    "div.sharebar",
                    "li.bookmark-btn-container-mobile",
                    "div#bookmark-toast-article",
                    "div#social-follow",
                    "div.article-body > p:has(a[href*='//data.reachplc.'])",
                ),
            ),
        ),
        Design(
            name="2025",
            valid_from=date(2025, 7, 1),
            rules=Rules(
                headline="article h1",
                dek="h2[data-testid=leadtext]",
                body="article#article-body",
                figure="div[data-testid=leadimage], div[data-testid^=imageembed]",
                caption="p[data-testid=caption-title]",
                credit="cite[data-testid=caption-credit]",
                byline="a[data-testid=byline-author]",
                furniture=(
                    "div[data-testid=image-count-label]",
                    "div[data-testid^=commercial]",
                    "div[data-testid^=non-commercial]",
                    "div[data-testid^=recommended]",
                    "p:has(a[href*='/newsletter-preference-centre/'])",
                ),
            ),
        ),
    )
    expect = Expect(optional={"dek": 0.95, "authors": 0.95, "images": 0.9, "credits": 0.9})
    checked = date(2026, 4, 20)
