"""TODAY: NBC's platform; dek in the hero, bio below the body, advertisements inside it."""

from datetime import date

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Today(NewsSpider):
    """Popular culture, celebrities and television."""

    name = "today"
    home = "https://www.today.com/popculture"
    article_url = r"https?://(?:www\.)?today\.com/(?:[a-z0-9-]+/)*[a-z0-9-]+-(?:rcna|t)\d+"
    rules = Rules(
        headline="h1.article-hero-headline__htag",
        kicker="div.articleTitleSection a",
        dek="div[class*=articleDek]",
        body="div.article-body__content",
        caption="span.caption__container",
        credit="span.caption__source",
        byline="div.article-inline-byline span.byline-name",
        author_bio="p.byline-bio",
        furniture=(
            "div.mobile-banner",
            "div.ad-container",
            "div.article-bookmark-menu",
            "div[class*=recommended-intersection]",
        ),
    )
    expect = Expect(optional={"dek": 0.9, "authors": 0.9, "author_bio": 0.6, "credits": 0.6})
    checked = date(2023, 12, 22)
