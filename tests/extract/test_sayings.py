"""Speakers and sources, as the text names them."""

from collections.abc import Callable

import pytest

from archive.article import Article, Quote
from crawler.extract.sayings import named_speaker

LEAD_INS = {
    "told_to_outlet": ("It was late. Vale told Marquee Weekly:", ("Vale", "Marquee Weekly")),
    "told_to_the_outlet": ("Ida Marsh told the Harbour Post:", ("Ida Marsh", "Harbour Post")),
    "said": ("As Ida Marsh recently said:", ("Ida Marsh", None)),
    "pronoun_names_nobody": ("She said:", (None, None)),
    "pronoun_told_outlet": ("She told Marquee Weekly:", (None, "Marquee Weekly")),
    "no_colon_announces_nothing": ("Vale told Marquee Weekly.", (None, None)),
    "earlier_sentence_does_not_count": ("Vale said so. This is the rule:", (None, None)),
}


@pytest.mark.parametrize(("lead_in", "named"), LEAD_INS.values(), ids=LEAD_INS)
def test_speaker_is_named_by_the_line_before(
    lead_in: str, named: tuple[str | None, str | None]
) -> None:
    assert named_speaker(lead_in) == named


def test_quote_keeps_its_paragraphs_and_names_its_speaker(
    article_of: Callable[..., Article], prose: str
) -> None:
    body = (
        f"{prose}<p>Vale told Marquee Weekly:</p><blockquote><p>One.</p><p>Two.</p>"
        f"</blockquote>{prose}"
    )

    quotes = article_of(body).quotes

    assert quotes == (Quote(text="One.\n\nTwo.", speaker="Vale", source="Marquee Weekly"),)


def test_cite_outranks_the_line_before_and_leaves_the_quote(
    article_of: Callable[..., Article], prose: str
) -> None:
    body = (
        f"{prose}<p>Vale said:</p><blockquote><p>It was hard.</p><cite>— Ida "
        f"Marsh</cite></blockquote>{prose}"
    )

    quotes = article_of(body).quotes

    assert quotes == (Quote(text="It was hard.", speaker="Ida Marsh"),)


def test_speaker_may_be_named_by_the_last_element_of_the_quote(
    article_of: Callable[..., Article], prose: str
) -> None:
    body = (
        f'{prose}<blockquote><p>It was hard.</p><span class="c-attribution">Ida Marsh</span>'
        f"</blockquote>{prose}"
    )

    assert article_of(body).quotes == (Quote(text="It was hard.", speaker="Ida Marsh"),)


def test_source_may_be_named_below_the_body(article_of: Callable[..., Article]) -> None:
    below = '<div class="article-source"><p>Source: <a href="/e">Emporium</a></p></div>'

    found = article_of(below=below).attributions

    assert [(one.name, one.url) for one in found] == [("Emporium", "https://courier.example/e")]


SOURCES = {
    "via": (
        "It opened well (via <a href='/e'>Emporium</a>).",
        "Emporium",
        "https://courier.example/e",
    ),
    "via_without_link": ("It opened well (via Emporium).", "Emporium", None),
    "source_line": ("Source: Ida Marsh's page via Harbour", "Ida Marsh's page via Harbour", None),
}


@pytest.mark.parametrize(("line", "name", "url"), SOURCES.values(), ids=SOURCES)
def test_outlet_named_as_source_is_an_attribution(
    article_of: Callable[..., Article], prose: str, line: str, name: str, url: str | None
) -> None:
    found = article_of(f"{prose}<p>{line}</p>").attributions

    assert [(one.name, one.url) for one in found] == [(name, url)]
