"""Vulture: New York's Clay; rubric above the headline, caption and credit share an attribution."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class Vulture(NewsSpider):
    """Television, film, music and books."""

    name = "vulture"
    home = "https://www.vulture.com/"
    article_url = r"https?://(?:www\.)?vulture\.com/(?:\d{4}/\d\d|article|news)/[a-z0-9-]+\.html"
    rules = Rules(
        headline="h1.headline-primary, h1.lede-feature-title",
        kicker="a.rubric",
        dek=".lede-feature-teaser",
        body="div.article-content",
        figure="div.lede-image-wrapper, figure.mediaplay-image-figure",
        caption="div.attribution, figcaption.mediaplay-image-figcaption",
        credit="span.credit",
        quote="aside.pull-quote",
        byline="a.article-author",
        author_bio="span.author-bio",
        tags="ul.tags-list a.tags-link",
        furniture=(
            "div.rubric-nav time",  # beside the rubric; the metadata dates the page
            "div.single-related-story",
            "aside.newsletter-flex-text",
            "div.comments-link",
            "span.ambrose-short-hed",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "kicker": 0.8, "lead_image": 0.8, "credits": 0.8})
