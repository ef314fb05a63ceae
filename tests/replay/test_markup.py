"""Markup is cut where a browser cuts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.replay.markup import Markup, attribute_text

# What is written, and the tags that a browser sees in it.
PAGES = {
    "plain": ("<p class=a>x</p>", ["p", "/p"]),
    "upper_case": ("<P>x</P>", ["p", "/p"]),
    "not_a_tag": ("1 < 2 <3 <", []),
    "comment": ("<!-- <p> --><b>", ["b"]),
    "comment_ends_at_once": ("<!--><b>-->", ["b"]),
    "comment_ends_with_a_dash": ("<!---><b>", ["b"]),
    "comment_ends_with_a_bang": ("<!-- x --!><b>", ["b"]),
    "comment_never_ends": ("<!-- <b>", []),
    "bogus_comments": ("<?php <p> ?><!doctype html></3 <i>><b>", ["b"]),
    "cdata_is_bogus": ("<![CDATA[ <p> ]]><b>", ["b"]),
    "quotes_hide_ends": ("<a b='>' c=\">\"><i>", ["a", "i"]),
    "quote_never_ends": ("<i><a b='><b>", ["i"]),
    "tag_never_ends": ("<i><b class=x", ["i"]),
    "title": ("<title><b></title><i>", ["title", "/title", "i"]),
    "textarea": ("<textarea></b></textarea>", ["textarea", "/textarea"]),
    "style": ("<style><b></styles></style>", ["style", "/style"]),
    "script": ("<script>'<b>'</SCRIPT ><i>", ["script", "/script", "i"]),
    "script_in_script": (
        "<script><!-- <script> </script> <b> --></script><i>",
        ["script", "/script", "i"],
    ),
    "script_in_text_of_script": ("<script>'<script>'</script><i>", ["script", "/script", "i"]),
    "empty_script_is_not_empty": ("<script/><b></script>", ["script", "/script"]),
    "empty_script_in_svg": ("<svg><script/><b></svg>", ["svg", "script", "b", "/svg"]),
    "title_in_svg": ("<svg><title><b></title></svg>", ["svg", "title", "b", "/title", "/svg"]),
    "empty_svg": ("<svg/><title><b></title>", ["svg", "title", "/title"]),
    "noscript": ("<noscript><b></noscript>", ["noscript", "b", "/noscript"]),
    "iframe": ("<iframe><b></iframe>", ["iframe", "/iframe"]),
    "plaintext": ("<plaintext></plaintext><b>", ["plaintext"]),
}


def tags(text: str) -> list[str]:
    return [("/" if tag.is_closing else "") + tag.name for tag in Markup(text)]


@pytest.mark.parametrize(("text", "expected"), PAGES.values(), ids=PAGES.keys())
def test_tags(text: str, expected: list[str]) -> None:
    assert tags(text) == expected


ATTRIBUTES = {
    "quotes": ("<a b='1' c=\"2\" d=3 e>", {"b": "1", "c": "2", "d": "3", "e": None}),
    "first_counts": ("<a b=1 B=2>", {"b": "1"}),
    "no_space": ('<a b="1"c="2">', {"b": "1", "c": "2"}),
    "spaces_around": ("<a b = '1' >", {"b": "1"}),
    "slashes": ("<a/b=1/c/ d>", {"b": "1/c/", "d": None}),
    "strange_names": ('<a =b=1 @c.d=2 "e>', {"=b": "1", "@c.d": "2", '"e': None}),
    "no_value": ("<a b=>", {"b": ""}),
}


@pytest.mark.parametrize(("text", "expected"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_attributes(text: str, expected: dict[str, str | None]) -> None:
    (tag,) = Markup(text)

    assert tag.attributes == expected


def test_xml_keeps_its_case_and_its_empty_elements() -> None:
    script, image = Markup('<script src="a"/><Image viewBox="1"/>', is_xml=True)

    assert (script.is_empty, image.name, image.attributes) == (True, "Image", {"viewBox": "1"})


TEXTS = {
    "plain": ("a b", "a b"),
    "named": ("&amp;&quot;&lt;", '&"<'),
    "next_parameter": ("?a=1&copy=2&reg=3", "?a=1&copy=2&reg=3"),
    "old_name_at_the_end": ("caf&eacute", "café"),
    "longer_word": ("?a&notit=1&orders;", "?a&notit=1&orders;"),
    "numbers": ("&#106;&#x61;&#118", "jav"),
    "number_before_equals": ("&#97=1", "a=1"),
    "unknown": ("&nothing;", "&nothing;"),
    "lone": ("a & b", "a & b"),
}


@pytest.mark.parametrize(("written", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_attribute_text(written: str, expected: str) -> None:
    assert attribute_text(written) == expected


@given(text=st.text(alphabet="<>!-/='\" abscript\n&;#"))
def test_tags_follow_each_other_within_the_text(text: str) -> None:
    position = 0
    markup = Markup(text)
    for tag in markup:
        assert position <= tag.start < tag.end <= tag.content_end <= len(text)
        position = tag.content_end
    assert text.startswith(markup.text)
