"""People: Dotdash Meredith; caption and owner in the figure, bio in the byline's tooltip."""

from crawler.spider import NewsSpider


class People(NewsSpider):
    """Celebrity news."""

    name = "people"
    home = "https://people.com/"
    article_url = r"https?://(?:www\.)?people\.com/(?:[a-z-]+/)*[a-z0-9-]+-\d+/?|https?://(?:www\.)?people\.com/(?:[a-z-]+/)+[a-z0-9-]{20,}/?"
