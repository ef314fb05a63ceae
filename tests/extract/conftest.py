"""Pages for extraction tests: a template that an invented article is set in."""

from collections.abc import Callable

import pytest

from archive.article import Article
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

URL = "https://courier.example/2031/06/14/the-bridge-that-sings"
PROSE = (
    "<p>The footbridge at Ambleford was built to sway, and for years it did so in silence.</p>"
    "<p>Since the spring it has hummed a low note whenever the wind stands in the west.</p>"
    "<p>The engineers say that the note can be heard for two miles, and that it does no harm.</p>"
)
HEAD = '<title>The Bridge That Sings</title><meta property="og:type" content="article">'


def page_of(
    body: str = PROSE, *, head: str = HEAD, above: str = "", below: str = "", url: str = URL
) -> SourcePage:
    """Return a page with a headline, what stands above the body, the body, and what follows."""
    markup = (
        f'<html lang="en"><head><meta charset="utf-8">{head}</head><body><main><article>'
        f'<h1>The Bridge That Sings</h1>{above}<div class="text">{body}</div>{below}'
        "</article></main></body></html>"
    )
    return SourcePage(url=url, body=markup.encode(), content_type="text/html")


@pytest.fixture
def article_of() -> Callable[..., Article]:
    """Return a function that reads the article of such a page."""

    def read(body: str = PROSE, **parts: str) -> Article:
        article = read_page(page_of(body, **parts)).article
        assert article is not None
        return article

    return read


@pytest.fixture
def prose() -> str:
    """Return three paragraphs of an article."""
    return PROSE
