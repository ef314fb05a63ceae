"""The difference of two versions is every word of both, and says what became of each."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.columns import plain
from archive.dataset.revision import Change, Difference, differences
from tests.dataset.conftest import make_article

WORDS = st.text(alphabet="ab .\n", max_size=40)


def row(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = plain(make_article(**changes))
    return told


def told(difference: Difference) -> list[tuple[str, str]]:
    return [(span.change.value, span.text) for span in difference.spans]


@given(before=WORDS, after=WORDS)
def test_kept_and_removed_words_are_the_old_text_kept_and_added_the_new(
    before: str, after: str
) -> None:
    found = differences(row(text=before), row(text=after))

    spans = found[0].spans if found else ()
    old = "".join(span.text for span in spans if span.change is not Change.ADDED)
    new = "".join(span.text for span in spans if span.change is not Change.REMOVED)
    assert (old, new) == ((before, after) if before != after else ("", ""))


CASES = {
    "a_word": (
        ("The film opens in June.", "The film opens in July."),
        [("kept", "The film opens in "), ("removed", "June."), ("added", "July.")],
    ),
    "a_paragraph": (
        ("One.\n\nTwo.", "One.\n\nMore.\n\nTwo."),
        [("kept", "One.\n\n"), ("added", "More.\n\n"), ("kept", "Two.")],
    ),
}


@pytest.mark.parametrize(("texts", "spans"), CASES.values(), ids=CASES.keys())
def test_only_what_changed_is_marked(texts: tuple[str, str], spans: list[tuple[str, str]]) -> None:
    (difference,) = differences(row(text=texts[0]), row(text=texts[1]))

    assert difference.column == "text"
    assert told(difference) == spans


def test_a_dek_that_came_is_added_and_a_picture_that_went_is_named() -> None:
    before = row()
    after = row(dek="It opens in June.") | {"images": before["images"][1:]}

    dek, images = differences(before, after)

    assert told(dek) == [("added", "It opens in June.")]
    assert [image["url"] for image in images.removed] == ["https://x.example/a.jpg"]
    assert images.added == ()


def test_the_same_content_has_no_difference() -> None:
    assert differences(row(version=1), row(version=2, tags=("Film",))) == ()
