"""CinemaBlend: Future's template; strapline below the byline, credits in brackets, bio last."""

from crawler.extract.rules import Expect, Rules
from crawler.spider import NewsSpider


class CinemaBlend(NewsSpider):
    """Film and television."""

    name = "cinemablend"
    home = "https://www.cinemablend.com/"
    feeds = ("https://www.cinemablend.com/feeds.xml",)
    article_url = (
        r"https?://(?:www\.)?cinemablend\.com/(?:[a-z0-9-]+/){1,2}[a-z0-9]+(?:-[a-z0-9]+){3,}/?"
    )
    rules = Rules(
        headline="article header h1",
        dek="p.strapline",
        body="div#article-body",
        figure="div.hero-image-wrapper, figure.van-image-figure",
        caption="figcaption span.caption-text",
        credit="figcaption span.credit",
        byline="a.author-byline__link",
        author_bio="div.author__biography",
        furniture=(
            "aside.hawk-nest",
            "div.ad-unit",
            "div.fancy-box",
            "div.newsletter-form__wrapper",
            "div.more-about-container",
        ),
    )
    expect = Expect(optional={"authors": 0.95, "dek": 0.9, "lead_image": 0.9, "credits": 0.9})
