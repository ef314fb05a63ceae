"""What a site file declares."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from archive.article import Article, Author, Image
from archive.errors import ConfigError
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.extract.rules import Design, Expect, Rules, design_for, filled_fields

OLD = Design(name="x/2020", valid_until=date(2024, 5, 1))
NEW = Design(name="x/2024", valid_from=date(2024, 5, 2))
AGES = {
    "before": (datetime(2021, 1, 1, tzinfo=UTC), OLD),
    "last_day": (datetime(2024, 5, 1, 23, 59, tzinfo=UTC), OLD),
    "first_day": (datetime(2024, 5, 2, tzinfo=UTC), NEW),
    "unknown": (None, NEW),
}
MARKUP = """
<html><head><title>Odd</title><meta property="og:type" content="article"></head><body>
<div class="t1">The Bridge That Sings</div>
<div class="t2">It hums at night, and nobody sleeps.</div>
<div class="t3"><i>The wind is west.</i><i>The note is low.</i></div>
<div class="t4"><p>The footbridge at Ambleford was built to sway, and it did so for years.</p>
<p class="x">Our shop sells models of this bridge at a very good price indeed.</p>
<p>Since the spring it has hummed a low note whenever the wind stands in the west.</p>
<div class="q">I have not slept.</div>
<p>The engineers say that the note can be heard for two miles and does no harm.</p></div>
<div class="t5">Ida Marsh</div><div class="t6">Ida keeps bees.</div>
<b class="t7">14 June 2031 08:30 UTC</b>
<span class="t8">Bridges</span><span class="t8">Wind</span></body></html>
"""
DECLARED = Rules(
    headline=".t1",
    dek=".t2",
    key_points=".t3 i",
    body=".t4",
    quote=".q",
    byline=".t5",
    published=".t7",
    tags=".t8",
    furniture=(".x",),
)


@pytest.mark.parametrize(("captured_at", "design"), AGES.values(), ids=AGES)
def test_design_is_chosen_by_the_day_of_capture(
    captured_at: datetime | None, design: Design
) -> None:
    assert design_for((OLD, NEW), captured_at) is design


def test_day_that_no_design_covers_has_none() -> None:
    assert design_for((NEW,), datetime(2020, 1, 1, tzinfo=UTC)) is None


def test_later_of_two_designs_wins() -> None:
    both = (Design(name="a"), NEW)

    assert design_for(both, datetime(2025, 1, 1, tzinfo=UTC)) is NEW


@pytest.mark.parametrize("selector", ["div..x", "p[", ":nope()"])
def test_selector_that_cannot_be_read_is_refused_at_once(selector: str) -> None:
    with pytest.raises(ConfigError, match="CSS selector"):
        Rules(furniture=(selector,))


def read(rules: Rules, markup: str = MARKUP) -> Article:
    source = SourcePage(url="https://x.example/a", body=markup.encode())
    article = read_page(source, Design(name="odd/2031", rules=rules)).article
    assert article is not None
    return article


FIELDS: dict[str, tuple[Callable[[Article], object], object]] = {
    "headline": (lambda a: a.headline, "The Bridge That Sings"),
    "dek": (lambda a: a.dek, "It hums at night, and nobody sleeps."),
    "key_points": (lambda a: a.key_points, ("The wind is west.", "The note is low.")),
    "body": (lambda a: len(a.blocks), 4),
    "furniture": (lambda a: "shop" in a.text, False),
    "quote": (lambda a: [quote.text for quote in a.quotes], ["I have not slept."]),
    "byline": (lambda a: [author.name for author in a.authors], ["Ida Marsh"]),
    "published": (lambda a: a.published_source, "rule"),
    "tags": (lambda a: a.tags, ("Bridges", "Wind")),
    "rules_version": (lambda a: a.rules_version, "odd/2031"),
    "warnings": (lambda a: a.extraction_warnings, ()),
}


@pytest.mark.parametrize(("value_of", "expected"), FIELDS.values(), ids=FIELDS)
def test_markup_that_names_nothing_is_read_by_rules(
    value_of: Callable[[Article], object], expected: object
) -> None:
    assert value_of(read(DECLARED)) == expected


def test_body_rule_that_finds_nothing_falls_back_and_says_so() -> None:
    article = read(Rules(headline=".t1", body=".gone"))

    assert "rule_missed:body" in article.extraction_warnings
    assert "footbridge" in article.text


@pytest.mark.parametrize("name", ["headlines", "score"])
def test_promise_about_an_unknown_field_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Expect(optional={name: 0.5})


@pytest.mark.parametrize("rate", [0, -1, 1.5])
def test_promise_out_of_range_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match="fill rate"):
        Expect(optional={"dek": rate})


def test_rates_join_required_and_optional() -> None:
    expect = Expect(required=("headline",), optional={"dek": 0.8})

    assert expect.rates == {"headline": 1.0, "dek": 0.8}


def test_filled_fields_are_those_that_say_something() -> None:
    article = Article(
        url="https://x.example/a",
        headline="Veil",
        images=(Image(url="https://x.example/a.jpg", role="lead", credit="Quill"),),
        authors=(Author(name="Ida Marsh", bio="Ida keeps bees."),),
    )

    assert filled_fields(article) == {
        *("headline", "images", "lead_image", "credits", "authors", "author_bio")
    }


SAGA = "<p>Nobody in Ambleford had asked the wind for a song, and yet it sang.</p>" * 9
NAMES = "".join(
    f'<a href="/p/{n}">The Hollow Bridge of Ambleford, Part {n}</a>, ' for n in range(9)
)
LINKED = {
    "prose_of_links": (f"<p>{NAMES}all hum.</p>", 1),
    "title_of_another_article": ('<p><a href="/x">Ten Other Bridges</a></p>', 0),
}


@pytest.mark.parametrize(("linked", "blocks"), LINKED.values(), ids=LINKED)
def test_linked_paragraph_of_a_declared_body_belongs_when_it_is_prose(
    linked: str, blocks: int
) -> None:
    prose = MARKUP.replace("years.</p>", f"years.</p>{SAGA}")

    article = read(DECLARED, prose.replace("years.</p>", f"years.</p>{linked}"))

    assert len(article.blocks) - len(read(DECLARED, prose).blocks) == blocks


PICTURES = '<img src="/1.jpg" width="900"><img src="/2.jpg" width="900">'
CLOSINGS = {
    "pictures": (f"<h3>The bridge in pictures</h3>{PICTURES}", "The bridge in pictures", 2),
    "nothing": ("<h3>Elsewhere</h3>", "The engineers say", 0),
}


@pytest.mark.parametrize(("closing", "last", "pictures"), CLOSINGS.values(), ids=CLOSINGS)
def test_heading_closes_a_declared_body_when_it_heads_pictures(
    closing: str, last: str, pictures: int
) -> None:
    markup = MARKUP.replace("no harm.</p></div>", f"no harm.</p>{closing}</div>")

    article = read(DECLARED, markup)

    assert article.blocks[-1].text.startswith(last)
    assert len(article.images) == pictures


HERO = '<section><img src="/hero.jpg" width="900"></section><div class="t1">'
HEROES = {"declared": ("section", ["lead"]), "not_declared": (None, [])}


@pytest.mark.parametrize(("figure", "roles"), HEROES.values(), ids=HEROES)
def test_declared_picture_above_the_headline_is_the_lead(
    figure: str | None, roles: list[str]
) -> None:
    markup = MARKUP.replace('<div class="t1">', HERO)

    article = read(replace(DECLARED, figure=figure), markup)

    assert [image.role for image in article.images] == roles
