"""JSON-LD as pages carry it."""

import pytest
from lxml import html

from crawler.extract.claims import claims_of
from crawler.extract.structured import linked_nodes

URL = "https://x.example/a"
BROKEN = {
    "html_comment": '<!-- {"@type": "NewsArticle", "headline": "Veil"} -->',
    "cdata": '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Veil"}\n//]]>',
    "semicolon": '{"@type": "NewsArticle", "headline": "Veil"};',
    "trailing_comma": '{"@type": "NewsArticle", "headline": "Veil",}',
    "raw_newline": '{"@type": "NewsArticle", "headline":\n "Veil", "description": "a\nb"}',
    "graph": '{"@graph": [{"@type": "WebPage"}, {"@type": "NewsArticle", "headline": "Veil"}]}',
    "list": '[{"@type": "Thing"}, {"@type": ["NewsArticle"], "headline": "Veil"}]',
    "main_entity": '{"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "Veil"}}',
    "schema_address": '{"@type": "http://schema.org/NewsArticle", "headline": "Veil", "url": "x"}',
    "byte_order_mark": '\ufeff{"@type": "NewsArticle", "headline": "Veil"}',
    "one_behind_the_other": '{"@type": "Thing"}\n{"@type": "NewsArticle", "headline": "Veil"}',
    "brace_too_many": '{"@type": "NewsArticle", "headline": "Veil"}}',
    "entities": '{"@type": "NewsArticle", "headline": "&lt;b&gt;Veil&lt;/b&gt;", "x": 1}',
}


def page(script: str) -> html.HtmlElement:
    return html.document_fromstring(
        f'<html><head><script type="application/ld+json">{script}</script></head><body/></html>'
    )


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN)
def test_familiar_breakages_are_mended(script: str) -> None:
    nodes = linked_nodes(page(script))

    assert any("Veil" in str(node.get("headline")) for node in nodes)


@pytest.mark.parametrize(
    "script", ["", "{", "[" * 5000, '{"a": ' * 3000, "null", "7"], ids=range(6)
)
def test_what_cannot_be_read_is_nothing(script: str) -> None:
    assert linked_nodes(page(script)) == ()


def test_author_behind_a_reference_is_found() -> None:
    script = (
        '{"@graph": [{"@type": "NewsArticle", "headline": "Veil", "author": {"@id": "#p"}},'
        '{"@type": "Person", "@id": "#p", "name": "Ida Marsh", "url": "/ida"}]}'
    )

    people = claims_of(page(script), URL).people

    assert [(person.name, person.url) for person in people] == [("Ida Marsh", "/ida")]


def test_node_of_this_page_wins_over_richer_teasers() -> None:
    script = (
        '[{"@type": "NewsArticle", "headline": "Other", "url": "https://x.example/b", "a": 1},'
        '{"@type": "NewsArticle", "headline": "Veil", "url": "https://x.example/a"}]'
    )

    assert claims_of(page(script), URL).text("headline") == "Veil"


AUTHORS = {
    "markup": ('{"name": "<a href=\\"/i\\" rel=\\"author\\">Ida Marsh</a>"}', ["Ida Marsh"]),
    "list": (
        '{"@type": "Person", "name": ["Ida Marsh", "Joss Teal"]}',
        ["Ida Marsh and Joss Teal"],
    ),
    "value_object": ('{"name": {"@value": "Ida Marsh"}}', ["Ida Marsh"]),
}


@pytest.mark.parametrize(("author", "names"), AUTHORS.values(), ids=AUTHORS)
def test_author_is_named_without_the_wrapping(author: str, names: list[str]) -> None:
    script = f'{{"@type": "NewsArticle", "headline": "Veil", "author": {author}}}'

    assert [person.name for person in claims_of(page(script), URL).people] == names


def test_date_in_numbers_is_its_digits() -> None:
    script = '{"@type": "NewsArticle", "headline": "Veil", "datePublished": 1700000000}'

    assert claims_of(page(script), URL).texts("datePublished") == ("1700000000",)


PAYWALLS = {"false": ("false", True), "text": ('"False"', True), "true": ("true", False)}


@pytest.mark.parametrize(("value", "paywalled"), PAYWALLS.values(), ids=PAYWALLS)
def test_paywall_is_what_the_page_says(value: str, paywalled: object) -> None:
    script = f'{{"@type": "NewsArticle", "headline": "Veil", "isAccessibleForFree": {value}}}'

    assert claims_of(page(script), URL).is_paywalled is paywalled
