"""Pictures with what is printed about them."""

from collections.abc import Callable

import pytest

from archive.article import Article

IMG = '<img src="https://cdn.example/a.jpg" alt="The bridge">'
TEXTS = {
    "figcaption": (f"<figure>{IMG}<figcaption>At dusk.</figcaption></figure>", "At dusk.", None),
    "cite": (
        f"<figure>{IMG}<figcaption>At dusk. <cite>Ida Marsh</cite></figcaption></figure>",
        "At dusk.",
        "Ida Marsh",
    ),
    "credit_only": (
        f"<figure>{IMG}<figcaption><cite>Courtesy of Quillmark</cite></figcaption></figure>",
        None,
        "Quillmark",
    ),
    "owner_beside_text": (
        (
            f'<figure>{IMG}<figcaption><span class="caption-text">At dusk.</span>'
            '<span class="caption-owner">Photo: <p>Quillmark</p></span></figcaption></figure>'
        ),
        "At dusk.",
        "Quillmark",
    ),
    "glued_by_hashed_names": (
        (
            f"<figure>{IMG}<figcaption><b>At dusk.</b><b><i>Credit...</i>Quillmark</b>"
            "</figcaption></figure>"
        ),
        "At dusk.",
        "Quillmark",
    ),
    "name_beside_a_sentence": (
        f"<figure>{IMG}<figcaption>At dusk. <b>Ida Marsh</b></figcaption></figure>",
        "At dusk.",
        "Ida Marsh",
    ),
    "name_below_a_sentence": (
        f"<figure>{IMG}<figcaption><b>At dusk.</b><b>Ida Marsh (ABC)</b></figcaption></figure>",
        "At dusk.",
        "Ida Marsh (ABC)",
    ),
    "prints_for_sale": (
        (
            f"<figure>{IMG}<figcaption><span>At dusk. Photo: Quillmark</span> "
            '<a href="/b">Purchase Licensing Rights</a></figcaption></figure>'
        ),
        "At dusk.",
        "Quillmark",
    ),
    "inside_a_button": (
        (
            f'<button class="slide-viewer-button"><div><figure>{IMG}</figure></div>'
            "<figcaption>At dusk. <cite>(Image: Quillmark)</cite></figcaption></button>"
        ),
        "At dusk.",
        "Quillmark",
    ),
    "sibling_of_the_figure": (
        (
            f"<figure>{IMG}<figcaption>At dusk.</figcaption></figure>"
            '<div><span class="image-source">Quillmark</span></div>'
        ),
        "At dusk.",
        "Quillmark",
    ),
    "paragraph_after": (f'<div>{IMG}</div><p class="imageCaption">At dusk.</p>', "At dusk.", None),
    "agency_beside": (
        f'<div class="wrap">{IMG}<span class="image-agency">Quillmark</span></div>',
        None,
        "Quillmark",
    ),
    "one_line": (
        f"<figure>{IMG}<figcaption>At dusk | Quillmark</figcaption></figure>",
        "At dusk",
        "Quillmark",
    ),
    "drawn_from_attributes": (
        f'<figure>{IMG}<div data-c-caption="At dusk." data-c-credit="By Quillmark"></div></figure>',
        "At dusk.",
        "Quillmark",
    ),
    "credit_around_the_caption": (
        (
            f'<figure>{IMG}<figcaption class="credit"><span class="caption">At dusk.</span> '
            '<span class="credit">Quillmark</span></figcaption></figure>'
        ),
        "At dusk.",
        "Quillmark",
    ),
    "button_in_the_caption": (
        f"<figure>{IMG}<figcaption>At dusk. (Photo: Quillmark)<button>+</button></figure>",
        "At dusk.",
        "Quillmark",
    ),
    "italics_below": (
        f"<p>{IMG}</p><p><em>At dusk, in May. (AP)</em></p>",
        "At dusk, in May.",
        "AP",
    ),
    "italics_beside_it": (
        f"<p>{IMG}<br><em>At dusk, in May. (Photo: Quillmark)</em></p>",
        "At dusk, in May.",
        "Quillmark",
    ),
    "sentence_in_a_cite": (
        (
            f"<figure>{IMG}<cite>The bridge on the very day on which it sang to us one June.</cite>"
            "</figure>"
        ),
        "The bridge on the very day on which it sang to us one June.",
        None,
    ),
    "nothing": (f"<figure>{IMG}</figure>", None, None),
}


@pytest.mark.parametrize(("markup", "caption", "credit"), TEXTS.values(), ids=TEXTS)
def test_caption_and_credit_belong_to_their_picture(
    article_of: Callable[..., Article],
    prose: str,
    markup: str,
    caption: str | None,
    credit: str | None,
) -> None:
    article = article_of(body=prose + markup + prose)

    (image,) = article.images
    assert (image.caption, image.credit, image.alt) == (caption, credit, "The bridge")
    assert caption is None or caption not in article.text


def test_paragraph_beside_a_caption_in_the_pictures_box_is_of_the_body(
    article_of: Callable[..., Article], prose: str
) -> None:
    said = "Correction: the bridge was opened in the year before, in front of the whole town."
    box = f'<div class="image-wrap">{IMG}<p class="imageCaption">At dusk.</p><p>{said}</p></div>'

    article = article_of(body=prose + box + prose)

    assert [image.caption for image in article.images] == ["At dusk."]
    assert said in [block.text for block in article.blocks]


def test_gallery_behind_the_last_words_is_the_articles(
    article_of: Callable[..., Article], prose: str
) -> None:
    gallery = "".join(
        f'<figure><img src="/{n}.jpg"><figcaption>Arch {n} at dusk.</figcaption></figure>'
        for n in range(9)
    )

    captions = [image.caption for image in article_of(body=prose + gallery).images]

    assert captions == [f"Arch {n} at dusk." for n in range(9)]


ADDRESSES = {
    "lazy": '<img src="data:image/gif;base64,R0" data-src="/a.jpg">',
    "largest_of_a_set": '<img src="/s.jpg" srcset="/s.jpg 300w, /a.jpg 1200w, /m.jpg 600w">',
    "picture": '<picture><source srcset="/a.jpg 1x"><img alt="x"></picture>',
    "noscript": '<img data-lazy="1" src="data:,"><noscript><img src="/a.jpg"></noscript>',
    "no_extension_needed": '<img src="/a.jpg?fmt=webp">',
}


@pytest.mark.parametrize("markup", ADDRESSES.values(), ids=ADDRESSES)
def test_address_is_the_one_a_browser_would_load(
    article_of: Callable[..., Article], prose: str, markup: str
) -> None:
    (image,) = article_of(body=f"{prose}<figure>{markup}</figure>{prose}").images

    assert image.url.startswith("https://courier.example/a.jpg")


NO_PICTURES = {
    "icon": '<img src="/logo.png">',
    "avatar": '<div class="author-card"><img src="/ida.jpg"></div>',
    "pixel": '<img src="/p.gif" width="1" height="1">',
    "teaser": '<div class="related"><a href="/x"><img src="/t.jpg"></a></div>',
    "placeholder": '<img src="data:image/gif;base64,R0">',
}


@pytest.mark.parametrize("markup", NO_PICTURES.values(), ids=NO_PICTURES)
def test_pictures_of_the_site_are_none_of_the_article(
    article_of: Callable[..., Article], prose: str, markup: str
) -> None:
    assert article_of(body=prose + markup + prose).images == ()


def test_picture_above_the_body_is_the_lead(article_of: Callable[..., Article], prose: str) -> None:
    lead = '<figure><img src="/lead.jpg"></figure>'
    inline = "<h2>The note</h2><figure><img src='/inline.jpg'></figure>"

    images = article_of(above=lead, body=prose + inline + prose).images

    assert [(image.role, image.section) for image in images] == [
        ("lead", None),
        ("inline", "The note"),
    ]


def test_picture_printed_twice_is_listed_once(
    article_of: Callable[..., Article], prose: str
) -> None:
    small = "<figure><img src='/a-300x200.jpg'></figure>"
    large = "<figure><img src='/a.jpg'><figcaption>At dusk.</figcaption></figure>"

    images = article_of(above=small, body=prose + large + prose).images

    assert [image.caption for image in images] == ["At dusk."]


def test_short_line_under_several_pictures_is_their_holder(
    article_of: Callable[..., Article], prose: str
) -> None:
    figures = "".join(
        f"<figure><img src='/{n}.jpg'><figcaption>{name}</figcaption></figure>{prose}"
        for n, name in enumerate(("Quill", "Lampblack", "Quill"))
    )

    images = article_of(body=prose + figures).images

    assert [(image.caption, image.credit) for image in images] == [
        (None, "Quill"),
        (None, "Lampblack"),
        (None, "Quill"),
    ]


def test_picture_that_only_metadata_names_is_the_lead(article_of: Callable[..., Article]) -> None:
    head = (
        '<meta property="og:image" content="https://cdn.example/og.jpg"><meta '
        'property="og:type" content="article">'
    )

    (image,) = article_of(head=head).images

    assert (image.url, image.role) == ("https://cdn.example/og.jpg", "lead")


STRANGERS = {
    "card": (
        f'<figure class="bookmark-card"><a href="/x">{IMG}<div>A history of leaning bridges, and '
        "who leaned on them</div></a></figure>"
    ),
    "link_in_an_aside": f'<aside><a href="/gallery">{IMG}</a></aside>',
}


@pytest.mark.parametrize("markup", STRANGERS.values(), ids=STRANGERS)
def test_picture_that_leads_elsewhere_is_not_of_the_story(
    article_of: Callable[..., Article], prose: str, markup: str
) -> None:
    assert article_of(prose + markup + prose).images == ()


def test_picture_that_closes_the_story_is_told_by_the_line_below(
    article_of: Callable[..., Article], prose: str
) -> None:
    figure = f'<div class="img">{IMG}</div><p class="imageCaption">At dusk.</p>'

    images = article_of(body=prose + figure).images

    assert [(image.caption, image.role) for image in images] == [("At dusk.", "inline")]
