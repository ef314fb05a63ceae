"""What a page needs to be seen: which addresses, and which of a picture's many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.replay.requisites import (
    best_candidate,
    page_pictures,
    page_requisites,
    sheet_requisites,
)

BASE = "https://x.example/news/a-story/"
AT = "https://x.example"

SETS = {
    "widest": ("a.jpg 300w, b.jpg 1200w, c.jpg 800w", "b.jpg"),
    "widest_that_fills_a_screen": ("a.jpg 300w, b.jpg 2560w, c.jpg 9000w", "b.jpg"),
    "smallest_when_all_are_too_large": ("a.jpg 9000w, b.jpg 4000w", "b.jpg"),
    "densest": ("a.jpg, b.jpg 1.5x, c.jpg 2x", "c.jpg"),
    "no_denser_than_screens_are": ("a.jpg 1x, b.jpg 4x", "a.jpg"),
    "one_without_a_description": ("a.jpg", "a.jpg"),
    "commas_in_an_address": (
        "/w_300,h_200/a.jpg 300w, /w_900,h_600/a.jpg 900w",
        "/w_900,h_600/a.jpg",
    ),
    "first_of_equals": ("a.jpg 2x, b.jpg 2x", "a.jpg"),
    "not_a_size": ("a.jpg big, b.jpg 2x", "b.jpg"),
    "empty": (" , ", None),
}


@pytest.mark.parametrize(("offered", "best"), SETS.values(), ids=SETS.keys())
def test_of_a_set_the_best_is_taken(offered: str, best: str | None) -> None:
    assert best_candidate(offered) == best


# Markup, and what of it is taken with pictures alone, and with the whole page.
MARKUP: dict[str, tuple[str, list[str], list[str]]] = {
    "picture": ("<img src=/a.jpg>", ["/a.jpg"], ["/a.jpg"]),
    "picture_in_sizes": (
        '<img src=/s.jpg srcset="/s.jpg 300w, /l.jpg 900w">',
        ["/l.jpg"],
        ["/l.jpg", "/s.jpg"],
    ),
    "late_picture": (
        "<img src=/blank.svg data-src=/a.jpg>",
        ["/a.jpg"],
        ["/a.jpg", "/blank.svg"],
    ),
    "late_picture_in_sizes": (
        '<img src="data:image/gif;base64,R0" data-lazy-srcset="/s.jpg 1x, /l.jpg 2x">',
        ["/l.jpg"],
        ["/l.jpg"],
    ),
    "picture_in_formats": (
        '<picture><source srcset="/a.webp 1x, /b.webp 2x"><img src=/a.jpg></picture>',
        ["/b.webp", "/a.jpg"],
        ["/b.webp", "/a.jpg"],
    ),
    "counter_of_readers": ("<img src=/count.gif width=1 height=1>", [], []),
    "lead": ('<meta property="og:image" content="/lead.jpg">', ["/lead.jpg"], ["/lead.jpg"]),
    "lead_of_a_card": ('<meta name="twitter:image" content="/t.jpg">', ["/t.jpg"], ["/t.jpg"]),
    "linked_image": ('<link rel="image_src" href="/i.jpg">', ["/i.jpg"], ["/i.jpg"]),
    "still_of_a_film": ("<video src=/f.mp4 poster=/p.jpg></video>", ["/p.jpg"], ["/p.jpg"]),
    "stylesheet": ('<link rel="preload stylesheet" href="/a.css">', [], ["/a.css"]),
    "icon": ('<link rel="shortcut icon" href="/i.png">', [], ["/i.png"]),
    "preloaded_font": ('<link rel=preload as=font href="/f.woff2">', [], ["/f.woff2"]),
    "preloaded_picture": (
        '<link rel=preload as=image href=/s.jpg imagesrcset="/s.jpg 1x, /l.jpg 2x">',
        [],
        ["/l.jpg"],
    ),
    "script": ("<script src=/a.js></script>", [], ["/a.js"]),
    "style": (
        '<style>@import "/a.css"; p { background: url(/b.png) }</style>',
        [],
        ["/a.css", "/b.png"],
    ),
    "style_of_an_element": ('<p style="background: url(&quot;/b.png&quot;)">', [], ["/b.png"]),
    "drawing": ('<svg><image xlink:href="/a.png"/></svg>', [], ["/a.png"]),
    "button": ("<input type=image src=/b.png><input src=/c.png>", [], ["/b.png"]),
    "old_background": ("<body background=/b.png>", [], ["/b.png"]),
    "entity_in_an_address": (
        '<img src="/a.jpg?x=1&amp;y=2">',
        ["/a.jpg?x=1&y=2"],
        ["/a.jpg?x=1&y=2"],
    ),
    "without_script": ("<noscript><img src=/a.jpg></noscript>", ["/a.jpg"], ["/a.jpg"]),
    "twice": ("<img src=/a.jpg><img src=/a.jpg#top>", ["/a.jpg"], ["/a.jpg"]),
    "other_base": (
        "<base href=https://cdn.example/b/><base href=/c/><img src=a.jpg>",
        ["https://cdn.example/b/a.jpg"],
        ["https://cdn.example/b/a.jpg"],
    ),
    "page_itself": ("<img src=''><img src='#a'><img src='.'>", [], []),
    "no_web_address": (
        "<img src='data:image/gif,x'><img src='blob:x'><script src='http://['>",
        [],
        [],
    ),
    "what_only_looks_like_markup": (
        "<!-- <img src=/a.jpg> --><title><img src=/b.jpg></title>",
        [],
        [],
    ),
    "links_frames_and_films": (
        "<a href=/b><iframe src=/c></iframe><video src=/d.mp4></video><link rel=next href=/e>",
        [],
        [],
    ),
}


@pytest.mark.parametrize(("markup", "images", "page"), MARKUP.values(), ids=MARKUP.keys())
def test_a_page_needs(markup: str, images: list[str], page: list[str]) -> None:
    assert [url.removeprefix(AT) for url in page_pictures(markup, BASE)] == images
    assert [url.removeprefix(AT) for url in page_requisites(markup, BASE)] == page


def test_a_stylesheet_needs_what_it_names() -> None:
    sheet = (
        '@import "more.css"; @import url(print.css) print; @font-face { src: url("/f.woff2") }'
        "a { background: image-set('b.png' 1x) } /* url(no.png) */"
        "b { mask: url(data:image/gif,x) }"
        "@namespace 'http://www.w3.org/1999/xhtml'; c { background: url('') }"
    )

    found = sheet_requisites(sheet, f"{AT}/css/site.css")

    assert found == tuple(
        f"{AT}{path}" for path in ("/css/more.css", "/css/print.css", "/f.woff2", "/css/b.png")
    )


@given(st.text())
def test_no_markup_is_too_strange(markup: str) -> None:
    assert BASE not in page_requisites(markup, BASE)
    assert BASE not in page_pictures(markup, BASE)
