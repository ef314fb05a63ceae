"""FandomWire: WordPress; key points in a collapsible box, author card below the body."""

from crawler.spider import NewsSpider


class FandomWire(NewsSpider):
    """Celebrity and film news."""

    name = "fandomwire"
    home = "https://fandomwire.com/"
    feeds = ("https://fandomwire.com/feed/",)
    article_url = r"https?://(?:www\.)?fandomwire\.com/[a-z0-9-]+/"
