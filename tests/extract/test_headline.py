"""The headline as displayed."""

from collections.abc import Callable

import pytest

from archive.article import Article
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

LD = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"%s","x":1}</script>'
PROSE = "<p>The footbridge at Ambleford was built to sway, and it did so in silence.</p>" * 4

# markup of the page's top, metadata's headline, headline and kicker as displayed
TOPS = {
    "h1_not_the_seo_title": (
        "<h1>The Bridge That Sings at Night</h1>",
        "Singing Bridge: All You Need to Know",
        ("The Bridge That Sings at Night", None),
    ),
    "site_name_in_the_first_h1": (
        "<h1>The Weir Courier</h1><div><h1>The Bridge That Sings</h1></div>",
        "The Bridge That Sings",
        ("The Bridge That Sings", None),
    ),
    "label_in_an_element_of_the_h1": (
        "<h1><span>News</span> The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("The Bridge That Sings", "News"),
    ),
    "label_before_a_bar": (
        "<h1>Opinion | The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("The Bridge That Sings", "Opinion"),
    ),
    "quotation_before_a_colon": (
        "<h1>“It never slept”: The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("“It never slept”: The Bridge That Sings", None),
    ),
    "longer_than_metadata_is_no_label": (
        "<h1>Tonight The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("Tonight The Bridge That Sings", None),
    ),
    "kicker_named_so": (
        "<div class='article-kicker'>Field Notes</div><h1>The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("The Bridge That Sings", "Field Notes"),
    ),
    "first_h1_leads_home": (
        "<h1><a href='/'>The Singing Bridge Times</a></h1><h2>The Bridge That Sings</h2>",
        "The Bridge That Sings",
        ("The Bridge That Sings", None),
    ),
    "kicker_in_a_heading_of_its_own": (
        "<h2><span class='kicker'>Field Notes</span><i>:</i></h2><h1>The Bridge That Sings</h1>",
        "The Bridge That Sings",
        ("The Bridge That Sings", "Field Notes"),
    ),
    "no_h1": (
        "<h2>The Bridge That Sings</h2>",
        "The Bridge That Sings",
        ("The Bridge That Sings", None),
    ),
}


def read(top: str, headline: str) -> Article:
    head = f"<title>{headline} | The Weir Courier</title>{LD % headline}"
    markup = f"<html><head>{head}</head><body><main>{top}<div>{PROSE}</div></main></body></html>"
    article = read_page(SourcePage(url="https://x.example/a", body=markup.encode())).article
    assert article is not None
    return article


@pytest.mark.parametrize(("top", "claimed", "displayed"), TOPS.values(), ids=TOPS)
def test_headline_is_what_stands_above_the_body(
    top: str, claimed: str, displayed: tuple[str, str | None]
) -> None:
    article = read(top, claimed)

    assert (article.headline, article.kicker) == displayed


def test_headline_from_metadata_loses_the_name_of_the_site(prose: str) -> None:
    head = '<meta property="og:site_name" content="Courier">'
    markup = f"<html><head><title>Veil - Courier</title>{head}</head><body>{prose}</body></html>"

    article = read_page(SourcePage(url="https://x.example/a", body=markup.encode())).article

    assert article is not None
    assert article.headline == "Veil"


def test_headline_is_no_block(article_of: Callable[..., Article]) -> None:
    article = article_of()

    assert "The Bridge That Sings" not in article.text
