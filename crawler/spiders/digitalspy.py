"""Digital Spy: Hearst; class names change with every build, so places and data attributes count."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class DigitalSpy(NewsSpider):
    """Television, soaps and film."""

    name = "digitalspy"
    home = "https://www.digitalspy.com/"
    feeds = ("https://www.digitalspy.com/rss/all.xml/",)
    article_url = r"https?://(?:www\.)?digitalspy\.com/(?:[a-z0-9-]+/){1,3}a\d+/[a-z0-9-]+/?"
    rules = Rules(
        headline="main h1",
        dek="main header h1 + div > p",
        body="div[data-journey-body]",
        figure="div.content-lead, div.embed[class*=size-]",
        caption="div.embed[class*=size-] > div > div > div",
        credit="div.content-lead figcaption, div.embed[class*=size-] figcaption",
        byline="main header address a[href*='/author/']",
        author_card="div[data-journey-body] > div[data-journey-blur]",
        author_bio="div[data-journey-body] > div[data-journey-blur] p",
        furniture=("div.ad-container", "div.content-header-actions", "div#journey-inline"),
    )
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9, "credits": 0.7, "dek": 0.7})
