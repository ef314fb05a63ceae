"""A page keeps its words and loses whatever runs, reloads or asks somebody else."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.replay.markup import Markup
from archive.replay.page import rewrite_page
from archive.replay.place import Place

PLACE = Place(digits="20260518120000", base="https://x.example/a/b")
HERE = "/20260518120000/https://x.example"
AWAY = "/20260518120000/https://y.example"


def replayed(page: str, *, missing: frozenset[str] = frozenset(), is_xml: bool = False) -> str:
    """Return a page as the replay shows it; the archive has everything but what is missing."""
    pieces: list[str] = []
    rewrite_page(
        page, PLACE, holds=lambda url: url not in missing, write=pieces.append, is_xml=is_xml
    )
    return "".join(pieces)


PAGES = {
    "link": ("<a href=/c?d=1&copy=2>x</a>", f'<a href="{HERE}/c?d=1&amp;copy=2">x</a>'),
    "link_here": ("<a href='#top'>", "<a href='#top'>"),
    "mail": ("<a href=mailto:a@x.example>", "<a href=mailto:a@x.example>"),
    "script_link": ("<a href=' javascript:x()'>x</a>", "<a>x</a>"),
    "script_link_in_references": ("<a href='&#106;avascript&colon;x()'>", "<a>"),
    "page_link": ("<a href='data:text/html,<b>'>", "<a>"),
    "target": ("<a href=#a target=_blank ping=/p>", '<a href="#a">'),
    "picture": ("<img src=c.png alt='a&lt;b'>", f'<img src="{HERE}/a/c.png" alt="a&lt;b">'),
    "inline_picture": ("<img src='data:image/png,x'>", "<img src='data:image/png,x'>"),
    "film": ("<video poster=p src=v>", f'<video poster="{HERE}/a/p" src="{HERE}/a/v">'),
    "input": ("<input type=image src=/c>", f'<input type="image" src="{HERE}/c">'),
    "background": ("<td background=/c>", f'<td background="{HERE}/c">'),
    "object": ("<object data=/c>", f'<object data="{HERE}/c">'),
    "data_elsewhere": ("<li data=/c>", "<li data=/c>"),
    "svg_picture": (
        "<svg><image xlink:href='/c'/></svg>",
        f'<svg><image xlink:href="{HERE}/c" /></svg>',
    ),
    "svg_paint": ("<path fill='url(/c#d)'>", f'<path fill="url(&quot;{HERE}/c#d&quot;)">'),
    "style_attribute": (
        "<p style='background:url(c)'>",
        f'<p style="background:url(&quot;{HERE}/a/c&quot;)">',
    ),
    "style_element": ("<style>a{b:url(c)}</style>", f'<style>a{{b:url("{HERE}/a/c")}}</style>'),
    "style_in_svg": ("<svg><style><img src=//y.example></style>", "<svg><style></style>"),
    "script": ("a<script>x</script>b<script src=/c></script>c", "abc"),
    "script_without_end": ("a<script>b", "a"),
    "script_in_svg": ("<svg><script href=/c /><g/></svg>", "<svg><g/></svg>"),
    "handlers": ("<p id=a onclick=x OnLoad=y>", '<p id="a">'),
    "noscript": ("<noscript><p>x</noscript>", "<noscript><p>x</noscript>"),
    "base": (
        "<a href=c><base href='//y.example/d/' target=_top><a href=e>",
        f'<a href="{AWAY}/d/c"><a href="{AWAY}/d/e">',
    ),
    "second_base": (
        "<base><base href=/d/><base href=/e/><a href=f>",
        f'<a href="{HERE}/d/f">',
    ),
    "form": ("<form action=/c method=post>", '<form method="post">'),
    "button": ("<button formaction=/c>", "<button>"),
    "reload": ('<meta http-equiv="Refresh" content="0;url=/c">', ""),
    "policy_of_its_own": ("<meta http-equiv=content-security-policy content=x>", ""),
    "charset": ("<meta charset=koi8-r>", "<meta charset=koi8-r>"),
    "type": ("<meta http-equiv=Content-Type content=x>",) * 2,
    "description": ("<meta name=description content='url(a) javascript:'>",) * 2,
    "stylesheet": (
        "<link rel=stylesheet href=/c integrity=x crossorigin>",
        f'<link rel="stylesheet" href="{HERE}/c">',
    ),
    "stylesheet_switched_on_by_media": (
        "<link rel=stylesheet href=/c media=print onload=\"this.media='all'\">",
        f'<link rel="stylesheet" href="{HERE}/c" media="all">',
    ),
    "stylesheet_switched_on_by_rel": (
        "<link rel=preload as=style href=/c onload=\"this.rel='stylesheet'\">",
        f'<link rel="stylesheet" as="style" href="{HERE}/c">',
    ),
    "stylesheet_also_hurried": (
        "<link rel='preload stylesheet' href=/c>",
        f'<link rel="stylesheet" href="{HERE}/c">',
    ),
    "look_up": ("<link rel=dns-prefetch href=//y.example>", ""),
    "connection": ("<link rel=PreConnect href=//y.example>", ""),
    "hurry": ("<link rel=prefetch href=/c>", ""),
    "icon": ("<link rel='shortcut icon' href=/c>", f'<link rel="shortcut icon" href="{HERE}/c">'),
    "frame": ("<iframe src=/c>x</iframe>", "<iframe>x</iframe>"),
    "document_of_a_frame": (
        "<iframe srcdoc='<script>x</script><img src=/c>'></iframe>",
        f'<iframe srcdoc="&lt;img src=&quot;{HERE}/c&quot;&gt;"></iframe>',
    ),
    "comment": ("<!-- <img src=/c> --><!--[if IE]>x<![endif]-->",) * 2,
    "words": ("<!DOCTYPE html>\n<p class=a>1 < 2 &amp; <b>x</p></b>\r\n",) * 2,
    "unclosed_tag": ("<p>a<img src='//y.example", "<p>a"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("page", "expected"), PAGES.values(), ids=PAGES.keys())
def test_replayed(page: str, expected: str) -> None:
    assert replayed(page) == expected


PICTURES = {
    "set": (
        "<img srcset='a 1x, b 2x'>",
        f'<img srcset="{HERE}/a/a 1x, {HERE}/a/b 2x">',
    ),
    "set_with_commas": ("<img srcset='a,b 1x,c'>", f'<img srcset="{HERE}/a/a,b 1x, {HERE}/a/c">'),
    "missing_of_a_set": (
        "<img src=a srcset='a 1x, gone 2x'>",
        f'<img src="{HERE}/a/a" srcset="{HERE}/a/a 1x">',
    ),
    "nothing_of_a_set": ("<img src=a srcset='gone 2x'>", f'<img src="{HERE}/a/a">'),
    "source_without_pictures": ("<source srcset='gone 2x' sizes=1>", '<source sizes="1">'),
    "late": ("<img data-src=a>", f'<img data-src="a" src="{HERE}/a/a">'),
    "late_behind_a_blank": (
        "<img src='data:image/gif,x' data-lazy-src=a class='b lazyload'>",
        f'<img src="{HERE}/a/a" data-lazy-src="a" class="b lazyloaded">',
    ),
    "late_and_missing": (
        "<img src=small data-src=gone>",
        f'<img src="{HERE}/a/small" data-src="gone">',
    ),
    "late_set": (
        "<img data-srcset='a 1x, gone 2x'>",
        f'<img data-srcset="a 1x, gone 2x" srcset="{HERE}/a/a 1x">',
    ),
    "stand_in_for_a_late_one": (
        "<img data-src=a><noscript><img src=/a/a></noscript>b",
        f'<img data-src="a" src="{HERE}/a/a">b',
    ),
    "stand_in_ahead": (
        "<noscript> <img src=a> </noscript><img data-srcset='a 1x'>",
        f'<img data-srcset="a 1x" srcset="{HERE}/a/a 1x">',
    ),
    "stand_in_with_words": (
        "<img data-src=a><noscript>b<img src=a></noscript>",
        f'<img data-src="a" src="{HERE}/a/a"><noscript>b<img src="{HERE}/a/a"></noscript>',
    ),
    "stand_in_for_another": (
        "<img data-src=a><noscript><img src=b></noscript>",
        f'<img data-src="a" src="{HERE}/a/a"><noscript><img src="{HERE}/a/b"></noscript>',
    ),
}


@pytest.mark.parametrize(("page", "expected"), PICTURES.values(), ids=PICTURES.keys())
def test_pictures_show_what_the_archive_has(page: str, expected: str) -> None:
    assert replayed(page, missing=frozenset({"https://x.example/a/gone"})) == expected


def test_documents_in_documents_in_documents_go() -> None:
    inner = "<iframe srcdoc='x'></iframe>"
    for _ in range(3):
        quoted = inner.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#39;")
        inner = f'<iframe srcdoc="{quoted}"></iframe>'

    shown = replayed(inner)

    assert shown.count("srcdoc") == 2


def test_xml_stays_well_formed() -> None:
    page = '<p><script/><br/><svg viewBox="1"><a xlink:href="/c"/></svg></p>'

    assert replayed(page, is_xml=True) == (
        f'<p><br/><svg viewBox="1"><a xlink:href="{HERE}/c" /></svg></p>'
    )


@given(page=st.text(alphabet="<>/ =\"'!-abpi\n&"))
def test_what_holds_no_address_and_nothing_that_runs_is_copied(page: str) -> None:
    assert page.startswith(replayed(page))


MARKUP = (
    *"<>/='\" &-!x",
    *("<script", "</script>", "<!--", "-->", "<style>", "</style>", "<svg>", "<title>", "<base"),
    *("<img", "<a ", " src=", " href=", " onload=", "//y.example", "javascript:x", "srcdoc=", "<p"),
)


@given(page=st.lists(st.sampled_from(MARKUP), max_size=30).map("".join))
@example(page="<<script></script>script>")
@example(page="<<base>script>x</script>")
def test_who_reads_what_is_left_finds_nothing_that_runs_or_leads_out(page: str) -> None:
    left = list(Markup(replayed(page)))

    assert {tag.name for tag in left}.isdisjoint({"script", "base"})
    named = [pair for tag in left for pair in tag.attributes.items()]
    assert [name for name, _ in named if name.startswith("on")] == []
    outside = [value for name, value in named if name in {"src", "href"} and value]
    assert [value for value in outside if not value.startswith(("/20260518120000/", "#"))] == []


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<a b='", "<!--", "<script><!--<script>", "<noscript>", "<svg>", "<base href=x>"],
)
def test_time_grows_with_the_page_alone(piece: str) -> None:
    # 200 kB of each take a second at most; squared, they would take minutes.
    page = "<img data-src=a>" + piece * (200_000 // len(piece))

    assert replayed(page)
