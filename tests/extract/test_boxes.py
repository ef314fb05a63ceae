"""Boxes that only their contents give away: pictures with a line, prompts with a form."""

from collections.abc import Callable

import pytest

from archive.article import Article

IMG = '<img src="https://cdn.example/a.jpg" alt="The bridge">'
CAPTIONED = {
    "names_made_by_a_build": f'<div class="x1"><span>{IMG}</span><div class="x2">{{}}</div></div>',
    "figcaption_outside_a_figure": f"<div>{IMG}<div><figcaption>{{}}</figcaption></div></div>",
    "text_of_a_figure_unnamed": f'<figure>{IMG}<div class="x3"><p>{{}}</p></div></figure>',
    "box_named_for_its_image": f'<div class="lede-image-wrapper">{IMG}<p>{{}}</p></div>',
    "cell_of_a_table": (
        f'<table><tr><td>{IMG}</td></tr><tr><td class="tr-caption">{{}}</td></tr></table>'
    ),
}
NO_CAPTIONS = {
    "byline_beside_a_portrait": "By Ida Marsh of the Courier",
    "date": "Published on 14 June 2031",
    "price": "A bridge of felt, from $38",
    "running_time": "Watch the bridge sing 1:28",
}
PROMPTS = {
    "form": '<form action="https://give.example/donate/"><input name="sum"></form>',
    "link": '<a href="/membership/">Become a friend of the bridge</a>',
}


@pytest.mark.parametrize("box", CAPTIONED.values(), ids=CAPTIONED.keys())
def test_a_line_that_shares_a_box_with_one_picture_is_its_caption(
    article_of: Callable[..., Article], prose: str, box: str
) -> None:
    line = "The bridge hums at dusk. (Photo by Ida Marsh/Lampblack)"

    article = article_of(box.format(line) + prose)

    assert [(image.caption, image.credit) for image in article.images] == [
        ("The bridge hums at dusk.", "Ida Marsh/Lampblack")
    ]
    assert len(article.blocks) == 3


@pytest.mark.parametrize("line", NO_CAPTIONS.values(), ids=NO_CAPTIONS.keys())
def test_what_is_no_caption_is_none(
    article_of: Callable[..., Article], prose: str, line: str
) -> None:
    article = article_of(f'<div class="x1">{IMG}<div class="x2">{line}</div></div>{prose}')

    assert [image.caption for image in article.images] == [None]


@pytest.mark.parametrize("way", PROMPTS.values(), ids=PROMPTS.keys())
def test_a_short_box_around_a_way_to_give_is_no_part_of_the_body(
    article_of: Callable[..., Article], prose: str, way: str
) -> None:
    ask = "<h3>Stand by the bridge!</h3><p>Our only wish is to keep it humming. Help us do so.</p>"

    article = article_of(f'<section class="x1"><div>{ask}</div><div>{way}</div></section>{prose}')

    assert [block.kind for block in article.blocks] == ["paragraph"] * 3


def test_a_paragraph_with_a_link_to_a_newsletter_stays(
    article_of: Callable[..., Article], prose: str
) -> None:
    told = '<p>The engineers wrote of it in <a href="/newsletters/april">their letter</a>.</p>'

    article = article_of(prose + told)

    assert article.blocks[-1].text.startswith("The engineers wrote of it")


def _boxed(paragraphs: str) -> str:
    """Return paragraphs, each in a box of the same template."""
    return paragraphs.replace("<p>", '<div class="x1"><p>').replace("</p>", "</p></div>")


def test_what_is_read_of_a_story_without_paying_is_of_its_body(
    article_of: Callable[..., Article], prose: str
) -> None:
    free = "<p>It hums at dusk, say those who live by it.</p><p>None of them minds it much.</p>"

    article = article_of(f'<div class="teaser-content">{_boxed(free)}</div>{_boxed(prose)}')

    assert article.blocks[0].text == "It hums at dusk, say those who live by it."


def test_a_teaser_among_paragraphs_is_no_part_of_the_body(
    article_of: Callable[..., Article], prose: str
) -> None:
    teaser = (
        '<h4 class="x2">The bridge, ten years on</h4><p class="x2">What became of its keeper.</p>'
    )

    article = article_of(f'<div class="teaser-content">{teaser}</div>{prose}')

    assert len(article.blocks) == 3
