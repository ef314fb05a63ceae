"""Business Insider: summary bullets above the body, lists of slides, credit beside the caption."""

from datetime import date

from crawler.extract.rules import Design, Expect, Rules
from crawler.spider import NewsSpider


class BusinessInsider(NewsSpider):
    """Entertainment, by way of the front page of that section."""

    name = "businessinsider"
    home = "https://www.businessinsider.com/entertainment"
    article_url = r"https?://(?:www\.)?businessinsider\.com/[a-z0-9-]+-\d{4}-\d{1,2}"
    designs = (
        Design(
            name="2021",
            valid_until=date(2024, 9, 30),
            rules=Rules(
                headline="h1.post-headline",
                key_points="ul.summary-list > li",
                caption="figcaption.image-caption",
                credit="span.image-source",
                byline="a.byline-author-name",
                furniture=(
                    "div.inline-newsletter-signup",
                    "div.ad-callout-wrapper",
                    "label.caption-drawer-label",
                    "section.sharebar",
                ),
            ),
        ),
        Design(
            name="2024",
            valid_from=date(2024, 10, 1),
            rules=Rules(
                headline="h1.post-headline, h1.headline",
                key_points="div.post-summary-bullets li",
                body="section.post-body-content",
                caption="span.image-caption-text",
                credit="span.image-source",
                byline="a.byline-author-name",
                furniture=(
                    "div.inline-backup-paywall",
                    "div.inline-newsletter-signup",
                    "div.ad-callout-wrapper",
                    "div.share-bar",
                    "label.caption-drawer-label",
                ),
            ),
        ),
    )
    expect = Expect(optional={"key_points": 0.8, "authors": 0.95, "credits": 0.9})
    checked = date(2025, 3, 29)
