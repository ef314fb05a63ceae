"""Digital Spy: Hearst; class names change with every build, so places and data attributes count."""

from crawler.extract.families import HEARST
from crawler.extract.rules import Expect
from crawler.spider import NewsSpider


class DigitalSpy(NewsSpider):
    """Television, soaps and film."""

    name = "digitalspy"
    home = "https://www.digitalspy.com/"
    feeds = ("https://www.digitalspy.com/rss/all.xml/",)
    article_url = r"https?://(?:www\.)?digitalspy\.com/(?:[a-z0-9-]+/){1,3}a\d+/[a-z0-9-]+/?"
    rules = HEARST
    expect = Expect(optional={"authors": 0.95, "lead_image": 0.9, "credits": 0.7, "dek": 0.7})
