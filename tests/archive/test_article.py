"""What makes an article the same one, and what makes a new version of it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import (
    COLUMN_NAMES,
    Article,
    Author,
    Block,
    BlockKind,
    Image,
    Link,
    PageKind,
    Quote,
    Rights,
    article_id,
    to_json,
    version_digest,
)
from tests.archive.store_samples import NOON, story

TOLD = story(
    1,
    kicker="EXCLUSIVE",
    dek="It opens in June.",
    key_points=("One.", "Two."),
    blocks=(Block(kind=BlockKind.PARAGRAPH, text="The film opens in June."),),
    quotes=(Quote(text="It was hard.", speaker="Vale"),),
    images=(Image(url="https://x.example/a.jpg", role="lead"),),
    authors=(Author(name="Ida Marsh"),),
)

# What a reader sees.
EDITS: dict[str, dict[str, Any]] = {
    "headline": {"headline": "Another Story"},
    "kicker_gone": {"kicker": None},
    "kicker_empty": {"kicker": ""},
    "dek": {"dek": "It opens in July."},
    "key_points_in_another_order": {"key_points": ("Two.", "One.")},
    "key_points_run_together": {"key_points": ("One.Two.",)},
    "kind_of_a_block": {
        "blocks": (Block(kind=BlockKind.HEADING, level=2, text="The film opens in June."),)
    },
    "a_blocks_white_space": {
        "blocks": (Block(kind=BlockKind.PARAGRAPH, text="The film opens in  June."),)
    },
    "speaker": {"quotes": (Quote(text="It was hard."),)},
    "credit": {
        "images": (Image(url="https://x.example/a.jpg", role="lead", credit="Harbour Pictures"),)
    },
    "byline": {"authors": ()},
    "surrogate": {"dek": "\ud83d"},
}
# What changes without the article changing.
OTHERWISE: dict[str, dict[str, Any]] = {
    "tags": {"tags": ("Film",)},
    "section": {"section": "Film"},
    "links": {"links": (Link(url="https://x.example/b", text="b", internal=True),)},
    "dates": {"published_at": NOON, "modified_at": NOON + timedelta(days=1)},
    "provenance": {"fetch_time": NOON, "warc_filename": "a", "run_id": "r", "extractor": "e/2"},
    "rights": {"rights": Rights(robots="allowed")},
    "address": {"url": "https://x.example/1?amp", "canonical_url": "https://x.example/1"},
    "numbers": {"version": 7, "word_count": 5, "simhash64": 1},
}


@pytest.mark.parametrize("changes", EDITS.values(), ids=EDITS.keys())
def test_an_edit_that_a_reader_can_see_is_a_new_version(changes: dict[str, Any]) -> None:
    assert version_digest(replace(TOLD, **changes)) != version_digest(TOLD)


@pytest.mark.parametrize("changes", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_nothing_else_is_a_new_version(changes: dict[str, Any]) -> None:
    assert version_digest(replace(TOLD, **changes)) == version_digest(TOLD)


articles = st.builds(
    story,
    st.just(1),
    headline=st.text(max_size=3),
    dek=st.none() | st.text(max_size=3),
    key_points=st.lists(st.text(max_size=2), max_size=3).map(tuple),
    blocks=st.lists(
        st.builds(Block, kind=st.sampled_from(BlockKind), text=st.text(max_size=2)), max_size=2
    ).map(tuple),
)


@given(first=articles, second=articles)
def test_digests_are_equal_exactly_for_equal_content(first: Article, second: Article) -> None:
    assert (version_digest(first) == version_digest(second)) == (first == second)


def test_a_digest_is_the_same_in_every_version_of_newsreel() -> None:
    # A changed digest would give every article of every store a second version.
    assert version_digest(TOLD) == (
        "68a00d6a39e3134185f9730b8b4da9b4006a8fe1ed41a8e8a5f9dee73f7f723a"
    )


def test_an_article_is_known_by_its_site_and_address() -> None:
    first = article_id("x.example", "https://x.example/1")

    assert first == "3b04c654184dabf17abc1c88339f02f4"
    assert first != article_id("y.example", "https://x.example/1")
    assert first != article_id("x.example", "https://x.example/2")


ARTICLES = {"article": True, "gallery": True, "live_blog": True}


@pytest.mark.parametrize("kind", PageKind)
def test_three_kinds_of_pages_become_rows(kind: PageKind) -> None:
    assert kind.is_article == ARTICLES.get(kind, False)


def test_a_record_prints_on_one_line_with_every_column() -> None:
    text = to_json(replace(TOLD, dek="Zwei\nZeilen, é", published_at=NOON))

    printed = json.loads(text)
    assert "\n" not in text
    assert "é" in text
    assert tuple(printed) == COLUMN_NAMES
    assert printed["published_at"] == "2026-05-18T12:00:00Z"
    assert printed["blocks"] == [
        {"kind": "paragraph", "level": None, "text": "The film opens in June."}
    ]
