"""The standfirst below the headline, and the bullets above the body."""

from collections.abc import Callable

import pytest

from archive.article import Article

DEK = "Engineers have tuned a footbridge, and the town cannot sleep."
NAMED = {
    "paragraph": f'<p class="standfirst">{DEK}</p>',
    "heading": f'<h2 class="article__subhead">{DEK}</h2>',
    "camel_case": f'<div class="ContentHeaderDek-xyz">{DEK}</div>',
    "bare_heading_after_h1": f"<h2>{DEK}</h2>",
    "in_a_widget": f'<div class="promo widget"><p class="strapline">{DEK}</p></div>',
    "before_the_byline": f"<div><div>{DEK}</div></div><div>By Ida Marsh, June 14, 2031</div>",
    "lead": f'<p class="lead">{DEK}</p>',
    "lone_summary": f'<p id="article-summary">{DEK}</p>',
    "named_for_a_test": f'<div data-gu-name="standfirst"><p>{DEK}</p></div>',
    "after_the_byline": f'<p class="byline">By Ida Marsh</p><div class="dek">{DEK}</div>',
}
NO_DEK = {
    "name_of_a_paper": "<div>The Ambleford Courier</div>",
    "long_byline": (
        "<div>Written by Ida Marsh in Bridges on 14 June 2031 at 09:31 AM EST for the Courier, with"
        " 18 Comments</div>"
    ),
    "caption_in_a_named_box": (
        '<div class="lede-image-wrapper"><div><img class="lede-image" src="/a.jpg"></div>'
        '<div class="attribution">Ida in <em>The Bridge.</em></div></div>'
    ),
    "names_before_the_date": (
        "<div><div>Ida Marsh and Pim van der Salter</div></div><div>14 June 2031</div>"
    ),
    "byline": "<p>By Ida Marsh, 14 June 2031</p>",
    "date": '<div class="subtitle">Published: June 14, 2031 at 8:30</div>',
    "caption_without_picture": (
        '<div class="page-lead"><p>The bridge at dusk in June. (Photo by Ida Marsh)</p></div>'
    ),
    "caption": (
        '<figure><img src="/a.jpg"><figcaption>The bridge at dusk in June.</figcaption></figure>'
    ),
    "label": '<p class="subtitle">Advertisement</p>',
    "nothing": "",
}
POINTS = (
    "The bridge hums whenever the wind stands in the west.",
    "The engineers say that the note does no harm.",
)
ITEMS = "".join(f"<li>{point}</li>" for point in POINTS)
BOXES = {
    "named_box": f'<div class="key-takeaways"><ul>{ITEMS}</ul></div>',
    "aside": f'<aside class="keyPoints"><ul>{ITEMS}</ul><button>Show More</button></aside>',
    "summary_list": f'<ul class="summary-list">{ITEMS}</ul>',
    "under_a_heading": f"<h2>Key Takeaways</h2><ul>{ITEMS}</ul>",
    "paragraphs": '<div class="custom-key-points">'
    + "".join(f"<p>{p}</p>" for p in POINTS)
    + "</div>",
}


@pytest.mark.parametrize("above", NAMED.values(), ids=NAMED)
def test_standfirst_is_the_dek_and_no_block(article_of: Callable[..., Article], above: str) -> None:
    article = article_of(above=above)

    assert article.dek == DEK
    assert DEK not in article.text


@pytest.mark.parametrize("above", NO_DEK.values(), ids=NO_DEK)
def test_other_lines_below_the_headline_are_none(
    article_of: Callable[..., Article], above: str
) -> None:
    assert article_of(above=above).dek is None


def test_first_of_many_paragraphs_is_body(article_of: Callable[..., Article], prose: str) -> None:
    article = article_of(body="", above=prose)

    assert article.dek is None
    assert len(article.blocks) == 3


def test_description_that_nobody_sees_is_no_dek(article_of: Callable[..., Article]) -> None:
    head = f'<meta name="description" content="{DEK}"><meta property="og:type" content="article">'

    assert article_of(head=head).dek is None


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_key_points_are_listed_and_no_block(
    article_of: Callable[..., Article], prose: str, box: str
) -> None:
    article = article_of(body=box + prose)

    assert article.key_points == POINTS
    assert not set(POINTS) & {block.text for block in article.blocks}


def test_list_inside_the_body_is_body(article_of: Callable[..., Article], prose: str) -> None:
    article = article_of(body=f"{prose}<ul>{ITEMS}</ul>{prose}")

    assert article.key_points == ()
    assert set(POINTS) <= {block.text for block in article.blocks}


def test_heading_between_headline_and_byline_is_the_dek(article_of: Callable[..., Article]) -> None:
    body = f"<h2>{DEK}</h2><p>By Ida Marsh</p><p>14 June 2031</p>"
    prose = "".join(f"<p>In week {n} the bridge hummed, and nobody slept.</p>" for n in range(5))

    article = article_of(body=prose, above=body)

    assert article.dek == DEK


LABELS = {
    "in_the_box": f'<div class="key-points"><div>The Lowdown on It</div><ul>{ITEMS}</ul></div>',
    "by_its_words": f'<div class="summary-list"><ul>{ITEMS}</ul></div>',
}


@pytest.mark.parametrize("box", LABELS.values(), ids=LABELS)
def test_label_of_the_key_points_is_no_block(
    article_of: Callable[..., Article], prose: str, box: str
) -> None:
    article = article_of(body=box + prose + prose.replace("The ", "A "))

    assert article.key_points == POINTS
    assert "Lowdown" not in article.text


def test_label_that_says_so_is_no_block(article_of: Callable[..., Article], prose: str) -> None:
    article = article_of(body=f"<p>The Big Picture</p>{LABELS['by_its_words']}{prose * 2}")

    assert "Picture" not in article.text
