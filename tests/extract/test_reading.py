"""A page read as a whole: what is promised whatever the page holds."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article, to_json
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

URL = "https://courier.example/2031/06/14/the-bridge-that-sings"
LINE = "Text words of a story that nobody has written yet. "
NASTY = {
    "deep_div": "<div>" * 3000 + f"<p>{LINE}</p>",
    "deep_span": "<article>" + "<span>" * 1000 + f"<p>{LINE * 20}",
    "open_angles": "<" * 20_000,
    "ampersands": "<p>" + "&" * 20_000,
    "many_attributes": "<p " + " ".join(f"a{n}=1" for n in range(3000)) + f">{LINE}</p>",
    "long_attribute": f'<p class="{"a" * 100_000}">{LINE * 20}</p>',
    "nested_lists": "<article>" + "<ul><li>item " * 300,
    "nested_tables": "<table><tr><td>" * 200 + LINE,
    "nul": "<article><p>a\0b " + LINE * 20,
    "controls": "<article><p>" + "".join(map(chr, range(1, 32))) + LINE * 20,
    "broken_jsonld": '<script type="application/ld+json">{"@type":"NewsArticle","author":'
    + "[" * 20_000,
    "digits": "<p>" + "1" * 100_000,
    "dates": "<p>" + "2024-" * 20_000,
    "open_comment": "<!--" + "x" * 100_000,
    "nothing": "",
    "only_doctype": "<!DOCTYPE html>",
    "frameset": "<frameset><frame src='a'></frameset>",
    "bad_addresses": (
        '<link rel="canonical" href="http://["><h1>V</h1><p><a href="http://[x">x</a>'
        '<img src="//[">'
    ),
}


@pytest.mark.parametrize("markup", NASTY.values(), ids=NASTY)
def test_hostile_page_ends_as_a_reading(markup: str) -> None:
    source = SourcePage(url=URL, body=markup.encode("utf-8", "surrogatepass"))

    reading = read_page(source)

    assert (reading.article is None) == (reading.reason is not None)


@settings(max_examples=40)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    reading = read_page(SourcePage(url=URL, body=body))

    assert (reading.article is None) == (reading.reason is not None)


def test_body_without_a_tag_of_its_own_is_not_lost_in_the_head(prose: str) -> None:
    markup = f"<title>Veil</title><main><article><h1>Veil</h1>{prose}</article></main>"

    article = read_page(SourcePage(url=URL, body=markup.encode())).article

    assert article is not None
    assert len(article.blocks) == 3


def test_same_bytes_give_the_same_row(prose: str) -> None:
    body = f"<h1>Veil</h1>{prose}<figure><img src='/a.jpg'></figure>{prose}".encode()

    articles = [read_page(SourcePage(url=URL, body=body)).article for _ in range(3)]

    assert len({to_json(article) for article in articles if article is not None}) == 1


def test_markup_in_text_stays_text(article_of: Callable[..., Article], prose: str) -> None:
    article = article_of(
        body=f"{prose}<p>&lt;img src=x onerror=alert(1)&gt; is what she wrote.</p>"
    )

    assert "<img src=x onerror=alert(1)> is what she wrote." in article.text


def test_page_larger_than_the_limit_is_cut_and_says_so(
    monkeypatch: pytest.MonkeyPatch, prose: str
) -> None:
    monkeypatch.setattr("crawler.extract.layers.LARGEST_PAGE", 2000)
    body = f"<h1>Veil of the Bridge</h1>{prose * 30}".encode()

    article = read_page(SourcePage(url=URL, body=body)).article

    assert article is not None
    assert "input_cut" in article.extraction_warnings


def test_page_in_another_encoding_than_it_claims_is_doubted(prose: str) -> None:
    text = f"<h1>Café on the Bridge</h1>{prose * 3}"

    doubted = []
    for codec in ("utf-8", "cp1252"):
        article = read_page(
            SourcePage(url=URL, body=text.encode(codec), content_type="text/html; charset=utf-8")
        ).article
        assert article is not None
        doubted.append("undecodable_bytes" in article.extraction_warnings)

    assert doubted == [False, True]


def test_body_that_only_jsonld_carries_is_read_and_doubted() -> None:
    lines = r"\n".join(f"Line {n} of the story says something of the bridge." for n in range(8))
    script = (
        '<script type="application/ld+json">'
        f'{{"@type":"NewsArticle","headline":"Veil","articleBody":"{lines}"}}</script>'
    )

    article = read_page(
        SourcePage(url=URL, body=f"<head>{script}</head><h1>Veil</h1>".encode())
    ).article

    assert article is not None
    assert len(article.blocks) == 8
    assert "body_from_jsonld" in article.extraction_warnings


RIGHTS = {
    "header": ((("X-Robots-Tag", "noarchive"),), "", ("noarchive", None, None)),
    "meta": ((), '<meta name="robots" content="noindex">', (None, "noindex", None)),
    "tdm_header": ((("TDM-Reservation", "1"),), "", (None, None, "1")),
    "tdm_meta": ((), '<meta name="tdm-reservation" content="1">', (None, None, "1")),
}


@pytest.mark.parametrize(("headers", "head", "signals"), RIGHTS.values(), ids=RIGHTS)
def test_rights_are_what_the_page_and_its_headers_say(
    prose: str,
    headers: tuple[tuple[str, str], ...],
    head: str,
    signals: tuple[str | None, str | None, str | None],
) -> None:
    body = f"<html><head>{head}</head><body><h1>Veil</h1>{prose}</body></html>".encode()

    article = read_page(SourcePage(url=URL, body=body, headers=headers)).article

    assert article is not None
    rights = article.rights
    assert (rights.x_robots_tag, rights.meta_robots, rights.tdm_reservation) == signals


def test_a_page_without_a_headline_has_that_of_its_feed(prose: str) -> None:
    markup = f"<main><article>{prose}</article></main>".encode()

    untold = read_page(SourcePage(url=URL, body=markup))
    told = read_page(SourcePage(url=URL, body=markup, advertised_title="The Bridge That Sings"))

    assert untold.reason == "no_headline"
    assert told.article is not None
    assert told.article.headline == "The Bridge That Sings"
    assert "headline_from_listing" in told.article.extraction_warnings


def test_a_page_with_a_headline_keeps_it_whatever_its_feed_says(prose: str) -> None:
    markup = f"<main><article><h1>Veil</h1>{prose}</article></main>".encode()

    reading = read_page(SourcePage(url=URL, body=markup, advertised_title="The Bridge That Sings"))

    assert reading.article is not None
    assert reading.article.headline == "Veil"
