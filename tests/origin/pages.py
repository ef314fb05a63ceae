"""Pages made to mislead, hang or bloat whoever reads an article out of them."""

import random
from collections.abc import Callable, Mapping
from typing import Final

from tests.fetch.wire_origin import Answer
from tests.origin.row import Row, archived, page, story

_STORY: Final = "<p>The bridge hummed for nine days, and nobody in Ambleford slept.</p>"


def _nested(name: str, depth: int) -> bytes:
    """Return the article of that name with its body so deep in boxes."""
    boxes = b"<div>" * depth
    return page(story(name).replace(b"<article>", b"<article>" + boxes, 1))


def _with(name: str, planted: str) -> bytes:
    return page(story(name).replace(b"On day 1 ", b"On day 1 " + planted.encode(), 1))


ROWS: Final[dict[str, Row]] = {
    "boxes_200_deep": archived(
        "boxes_200_deep", "an article below 200 boxes", _nested("boxes_200_deep", 200)
    ),
    # Deeper than 240 is taken for an attack (crawler/extract/flow.py).
    "boxes_600_deep": Row(
        sends="an article below 600 boxes",
        answer=Answer(pieces=(_nested("boxes_600_deep", 600),)),
        fate="not_article",
        reason="other",
    ),
    "controls_in_text": archived(
        "controls_in_text",
        "every control character in the text",
        _with("controls_in_text", "".join(map(chr, range(1, 32)))),
    ),
    "surrogate_in_text": archived(
        "surrogate_in_text",
        "a lone surrogate as UTF-8 would have it",
        page(story("surrogate_in_text").replace(b"On day 1 ", b"On day 1 \xed\xa0\x80 ", 1)),
    ),
    "script_as_text": archived(
        "script_as_text",
        "a script and a formula, escaped, in the text",
        _with("script_as_text", "&lt;script&gt;alert(1)&lt;/script&gt; =HYPERLINK(&quot;x&quot;) "),
    ),
}
"""What is asked for in the crawl of all rows."""

ENDLESS: Final[Mapping[str, tuple[str, Callable[[], str]]]] = {
    "boxes_in_boxes": (
        "30,000 boxes, each in the one before",
        lambda: "<div>" * 30_000 + _STORY + "</div>" * 30_000,
    ),
    "spans_in_spans": (
        "9,000 spans, each in the one before",
        lambda: "<article>" + "<span>" * 9_000 + _STORY,
    ),
    "quotes_in_quotes": (
        "4,000 quotations in quotations",
        lambda: "<article>" + "<blockquote>" * 4_000 + _STORY * 5,
    ),
    "lists_in_lists": ("4,000 lists in lists", lambda: "<article>" + "<ol><li>one " * 4_000),
    "cells_in_cells": (
        "3,000 tables in tables",
        lambda: "<article>" + "<table><tr><td>" * 3_000 + _STORY,
    ),
    "only_openings": ("3 MB of <", lambda: "<" * 3_000_000),
    "only_entities": ("3 MB of &", lambda: "<p>" + "&" * 3_000_000),
    "comment_without_end": (
        "a comment of 3 MB without an end",
        lambda: "<article>" + _STORY + "<!-- " + "note " * 600_000,
    ),
    "many_attributes": (
        "an element of 150,000 attributes",
        lambda: "<p " + " ".join(f"data-{n}='{n}'" for n in range(150_000)) + ">x</p>",
    ),
    "endless_class": (
        "a class of 6 MB",
        lambda: f"<p class='{'caption-credit ' * 400_000}'>x</p>" + _STORY * 9,
    ),
    "many_classes": (
        "60,000 classes",
        lambda: "".join(f"<p class='a{n}-b{n}'>{n}</p>" for n in range(60_000)),
    ),
    "many_paragraphs": ("70,000 paragraphs", lambda: "<article>" + _STORY * 70_000),
    "many_links": (
        "60,000 links in one paragraph",
        lambda: "<p>" + "<a href='/x'>another story of ours</a> " * 60_000,
    ),
    "many_quotes": (
        "15,000 quotations side by side",
        lambda: "<article>" + "<blockquote><p>They say so.</p></blockquote>" * 15_000,
    ),
    "many_images": (
        "40,000 figures",
        lambda: "<article>" + "<figure><img src='/a.jpg'></figure>" * 40_000,
    ),
    "images_without_text": (
        "60,000 pictures and no text",
        lambda: "<article><div>" + "<img src='/a.jpg'>" * 60_000,
    ),
    "captions_without_image": (
        "60,000 captions and no picture",
        lambda: "<article>" + "<figcaption>At dusk</figcaption>" * 60_000,
    ),
    "ways_to_subscribe": (
        "60,000 links to subscribe",
        lambda: "<div>" + "<a href='/subscribe/'></a>" * 60_000,
    ),
    "dates_without_end": (
        "a date of 1 MB",
        lambda: "<time>" + "12:30 June 1, 2031 " * 60_000 + "</time>" + _STORY * 9,
    ),
    "one_number": ("a number of 2 million digits", lambda: "<p>" + "7" * 2_000_000 + "</p>"),
    "nested_json": (
        "90,000 lists in lists in JSON-LD",
        lambda: (
            '<script type="application/ld+json">{"@type":"NewsArticle","author":'
            + "[" * 90_000
            + "</script>"
            + _STORY * 9
        ),
    ),
    "endless_headline": (
        "a headline of 4 MB",
        lambda: "<h1>" + "Bridge hums " * 300_000 + "</h1>" + _STORY * 9,
    ),
    "credit_bait": (
        "90,000 open brackets where a credit stands",
        lambda: (
            "<figure><img src='/a.jpg'><figcaption>"
            + "(Photo by (" * 90_000
            + "</figcaption></figure>"
        ),
    ),
    "noise": ("1.5 MB of noise", lambda: random.Random(7).randbytes(1_500_000).decode("latin-1")),
    "endless_json": (
        "a headline of 3 MB in JSON-LD",
        lambda: (
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"'
            + "A" * 3_000_000
            + '"}</script>'
            + _STORY * 9
        ),
    ),
}
"""What takes a reader's time or memory: in words, and the markup, made when it is asked for."""

GOOD: Final = f"<h1>The Bridge</h1><article>{_STORY * 9}</article>"
"""A page that can be read."""
