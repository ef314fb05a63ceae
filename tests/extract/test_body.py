"""The body: every line of the story and none of the site's."""

from collections.abc import Callable

import pytest

from archive.article import Article, BlockKind
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page

INTRUDERS = {
    "related_paragraph": '<p><strong>Related: <a href="/x">Ten Other Bridges</a></strong></p>',
    "recirculation": (
        '<section class="recirculation-modules"><h2>Editor’s picks</h2><a href="/x">'
        "Ten Other Bridges</a></section>"
    ),
    "card": (
        '<div class="display-card article-card"><h5>Ten Other Bridges</h5><p>They hum '
        "as well, and some of them for longer.</p></div>"
    ),
    "newsletter": (
        '<div class="newsletter-signup"><p>Our letters come on Fridays, with bridges '
        "in them.</p></div>"
    ),
    "prompt": '<p><a href="/nl">Sign up for our daily newsletter</a></p>',
    "share_bar": '<ul class="social-share"><li>Facebook</li><li>Tweet</li></ul>',
    "ad": '<div class="ad-unit"><span>Advertisement</span></div>',
    "hidden_teaser": (
        '<div style="display: none">A teaser for another story that nobody sees.</div>'
    ),
    "reader_text": '<span class="screen-reader-text">opens in a new window</span>',
    "comments": '<div id="comments"><p>I live below it and have not slept since April.</p></div>',
    "linked_capitals": '<p><a href="/x">GET THE COURIER ON THE GO BY CLICKING HERE</a></p>',
    "capitals_in_a_link": '<p><a href="/x">TEN OTHER BRIDGES THAT HUM IN THE RAIN</a></p>',
    "brackets_around_a_link": '<p><a href="/x">[ Ten other bridges that hum ]</a></p>',
    "link_in_brackets": '<p><i>[</i><a href="/x">Ten other bridges</a><i>]</i></p>',
    "links_below_a_label": (
        '<div><div>You may also like</div><a href="/x">Ten other bridges, and why they hum</a>'
        '<a href="/y">The organ in the lighthouse</a></div>'
    ),
    "title_of_an_aside": "<aside><h3>Need a rest?</h3> Play the Courier’s crossword</aside>",
    "credit_line": "<p>Image credit: Lampblack</p>",
    "jump": '<ul><li><a href="#wind">The wind and the bridge</a></li></ul>',
    "consumer_marketing": '<div class="consumer-marketing-unit"><p>Bridges, by post.</p></div>',
    "inner_navigation": "<nav><ul><li>Home of bridges</li></ul></nav>",
}


@pytest.mark.parametrize("intruder", INTRUDERS.values(), ids=INTRUDERS)
def test_furniture_in_the_body_is_left_out(
    article_of: Callable[..., Article], prose: str, intruder: str
) -> None:
    clean = article_of(body=prose + prose.replace("The ", "A "))

    article = article_of(body=prose + intruder + prose.replace("The ", "A "))

    assert article.text == clean.text


STRUCTURES = {
    "heading": ("<h3>A note for every wind</h3>", BlockKind.HEADING, "A note for every wind"),
    "list": ("<ul><li>North: silence.</li></ul>", BlockKind.LIST_ITEM, "North: silence."),
    "quote": ("<blockquote><p>It hums.</p></blockquote>", BlockKind.QUOTE, "It hums."),
    "large_heading": ("<h1>A note for every wind</h1>", BlockKind.HEADING, "A note for every wind"),
    "quote_in_an_aside": ("<aside><q>It hums</q></aside>", BlockKind.PULL_QUOTE, "It hums"),
    "callout": (
        '<div class="callout"><div>The note was first heard in the spring of 2029.</div></div>',
        BlockKind.PARAGRAPH,
        "The note was first heard in the spring of 2029.",
    ),
    "card_of_ghost": (
        '<div class="kg-card kg-callout-card"><div>The note was first heard in 2029.</div></div>',
        BlockKind.PARAGRAPH,
        "The note was first heard in 2029.",
    ),
    "pull_quote": ('<aside class="pullquote">It hums.</aside>', BlockKind.PULL_QUOTE, "It hums."),
    "tweet": (
        '<blockquote class="twitter-tweet"><p>The bridge sang again.</p>— Ida (@ida)</blockquote>',
        BlockKind.EMBED,
        "The bridge sang again.\n\n— Ida (@ida)",
    ),
    "table": ("<table><tr><th>Wind</th><td>West</td></tr></table>", BlockKind.TABLE, "Wind"),
    "code": ("<pre>wind = west</pre>", BlockKind.CODE, "wind = west"),
    "bare_text": ("It hums at night.<br><br>", BlockKind.PARAGRAPH, "It hums at night."),
}


@pytest.mark.parametrize(("markup", "kind", "text"), STRUCTURES.values(), ids=STRUCTURES)
def test_structure_is_typed_where_it_stands(
    article_of: Callable[..., Article], prose: str, markup: str, kind: BlockKind, text: str
) -> None:
    blocks = article_of(body=prose + markup + prose.replace("The ", "A ")).blocks

    assert (blocks[3].kind, blocks[3].text) == (kind, text)


def test_level_is_that_of_the_heading(article_of: Callable[..., Article], prose: str) -> None:
    blocks = article_of(body=f"{prose}<h4>A note</h4>{prose}").blocks

    assert [block.level for block in blocks if block.kind is BlockKind.HEADING] == [4]


def test_text_in_slides_is_kept(article_of: Callable[..., Article], prose: str) -> None:
    slides = "".join(
        f'<div class="gallery-slide"><h2>Bridge {n}</h2>'
        f"<p>Number {n} hums in the key of its rail.</p></div>"
        for n in range(1, 5)
    )

    texts = [block.text for block in article_of(body=prose + slides).blocks]

    assert "Number 4 hums in the key of its rail." in texts


CAPTION = "Number %d hums in the key of its rail, and the rail is tuned by hand in every spring."
SLIDES = {
    "text_below_the_title": (
        '<div class="gallery-slide"><figure><img src="/%d.jpg"><figcaption><h2>Bridge</h2>'
        f'<div class="slide__caption"><p>{CAPTION}</p></div></figcaption></figure></div>'
    ),
    "picture_between_title_and_text": (
        '<div class="gallery-slide"><h2>Bridge</h2><figure><img src="/%d.jpg"></figure>'
        f'<div class="slide__caption"><p>{CAPTION}</p></div></div>'
    ),
}


@pytest.mark.parametrize("slide", SLIDES.values(), ids=SLIDES)
def test_text_of_a_slide_is_no_caption(
    article_of: Callable[..., Article], prose: str, slide: str
) -> None:
    slides = "".join(slide % (n, n) for n in range(1, 5))

    article = article_of(body=prose + slides)

    assert CAPTION % 4 in [block.text for block in article.blocks]
    assert {image.caption for image in article.images} == {None}


def test_gallery_told_by_captions_alone_has_them_for_its_text(
    article_of: Callable[..., Article],
) -> None:
    shown = [CAPTION % n for n in range(8)]
    body = "".join(
        f'<figure><img src="/{n}.jpg"><figcaption>{text}</figcaption></figure>'
        for n, text in enumerate(shown)
    )

    article = article_of(body=body)

    assert [block.text for block in article.blocks] == shown
    assert [image.caption for image in article.images] == shown
    assert article.extraction_warnings[:1] == ("body_from_captions",)


def test_every_post_of_a_live_blog_is_body(prose: str) -> None:
    told = [line for line in prose.split("</p>") if line]
    posts = "".join(
        f'<article class="post"><h2>Hour {n}</h2>{told[n]}</p></article>' for n in range(3)
    )
    ld = '{"@type":"LiveBlogPosting","headline":"x","y":1}'
    live = f'<script type="application/ld+json">{ld}</script>'
    markup = f"<html><head>{live}</head><body><h1>The Night of the Wind</h1>{posts}</body></html>"

    article = read_page(SourcePage(url="https://x.example/live", body=markup.encode())).article

    assert article is not None
    assert [block.text for block in article.blocks][::2] == ["Hour 0", "Hour 1", "Hour 2"]


def test_quote_that_closes_the_body_is_told(article_of: Callable[..., Article], prose: str) -> None:
    said = "<blockquote>It hums.</blockquote><figcaption>— Vale</figcaption>"
    quote = f"<div><figure>{said}</figure></div>"

    quotes = article_of(body=f"<div>{prose}</div><div>{prose}</div>{quote}").quotes

    assert [(one.text, one.speaker) for one in quotes] == [("It hums.", "Vale")]


def test_furniture_named_wrapper_of_the_whole_body_hides_nothing(
    article_of: Callable[..., Article], prose: str
) -> None:
    wrapped = article_of(body=f'<div class="has-newsletter related-layout">{prose}</div>')

    assert wrapped.text == article_of().text


def test_paragraphs_of_breaks_are_paragraphs(article_of: Callable[..., Article]) -> None:
    lines = [f"Line {n} of the story says something of the bridge and its wind." for n in range(5)]

    blocks = article_of(body="<br><br>".join(lines)).blocks

    assert [block.text for block in blocks] == lines


def test_line_breaks_are_spaces(article_of: Callable[..., Article], prose: str) -> None:
    article = article_of(body=f"{prose}<p>north<br>south and all the other winds of the town</p>")

    assert "north south" in article.text


def test_bio_that_closes_the_body_belongs_to_the_author(
    article_of: Callable[..., Article], prose: str
) -> None:
    bio = "Ida Marsh is a writer for the Courier who covers bridges."

    article = article_of(body=f"{prose}<p>{bio}</p>", above='<p class="byline">By Ida Marsh</p>')

    assert bio not in article.text
    assert article.authors[0].bio == bio


def test_text_is_the_blocks_with_blank_lines_between(article_of: Callable[..., Article]) -> None:
    article = article_of()

    assert article.text == "\n\n".join(block.text for block in article.blocks)
    assert article.word_count == len(article.text.split())


def test_links_of_the_body_are_absolute_and_told_apart(
    article_of: Callable[..., Article], prose: str
) -> None:
    body = (
        f'{prose}<p>See <a href="/b">ours</a> and <a href="https://y.example/c">theirs</a> too.</p>'
    )

    links = [(link.url, link.text, link.internal) for link in article_of(body=body).links]

    assert links == [
        ("https://courier.example/b", "ours", True),
        ("https://y.example/c", "theirs", False),
    ]


def test_anchor_of_a_heading_is_not_its_text(
    article_of: Callable[..., Article], prose: str
) -> None:
    article = article_of(prose + "<h2>The Wind <button>§</button></h2>" + prose)

    assert [b.text for b in article.blocks if b.kind is BlockKind.HEADING] == ["The Wind"]


NOTES = {
    "between_headline_and_body": {"above": '<div class="article-note" role="note">%s</div>'},
    "in_the_body": {"body": '<div class="post-notice">%s</div>'},
}


@pytest.mark.parametrize("place", NOTES.values(), ids=NOTES)
def test_boxed_note_is_a_disclaimer(
    article_of: Callable[..., Article], prose: str, place: dict[str, str]
) -> None:
    note = "Readers who have not crossed the bridge may want to do so first."
    parts = {name: markup % note for name, markup in place.items()}
    parts["body"] = prose + parts.get("body", "") + prose

    assert article_of(**parts).disclaimers == (note,)


def test_paragraph_that_the_description_repeats_stays_in_the_body(
    article_of: Callable[..., Article], prose: str
) -> None:
    first = prose.split("</p>", maxsplit=1)[0].removeprefix("<p>")
    head = f'<meta property="og:type" content="article"><meta name="description" content="{first}">'

    article = article_of(head=head)

    assert (article.dek, article.blocks[0].text) == (None, first)


def test_headline_that_is_printed_again_above_the_body_is_no_block(
    article_of: Callable[..., Article], prose: str
) -> None:
    article = article_of(body="<h2>The Bridge That Sings</h2>" + prose)

    assert [block.kind for block in article.blocks] == [BlockKind.PARAGRAPH] * 3


def test_headings_that_link_elsewhere_close_no_body(
    article_of: Callable[..., Article], prose: str
) -> None:
    card = '<h3><a href="/x">Ten other bridges</a></h3><figure><img src="/x.jpg"></figure>'

    article = article_of(body=prose + card + card)

    assert [block.kind for block in article.blocks] == [BlockKind.PARAGRAPH] * 3


def test_first_paragraph_without_an_element_of_its_own_is_kept(prose: str) -> None:
    first = (
        "The <cite>Courier</cite> announced on Saturday that it will print the notes of every "
        "bridge, in the order in which they hum."
    )
    unnamed = (
        f"<html><body><div><h1>The Bridge That Sings</h1><div><p></p>{first}{prose}</div></div>"
        "</body></html>"
    )

    page = SourcePage(url="https://courier.example/a-bridge", body=unnamed.encode())

    article = read_page(page).article

    assert article is not None
    assert article.blocks[0].text.startswith("The Courier announced on Saturday")


@pytest.mark.parametrize(
    "odd", ["&#1;", "&#x8;", "&#xFFFF;", "\ufffe", "\uffff", "&#xD800;"], ids=ascii
)
def test_a_character_that_no_text_may_hold_costs_itself_alone(
    article_of: Callable[..., Article], prose: str, odd: str
) -> None:
    assert (
        article_of(body=prose.replace("sway,", f"sway,{odd}")).text == article_of(body=prose).text
    )
