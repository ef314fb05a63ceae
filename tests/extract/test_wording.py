"""Text as it is stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.wording import letters, tidy, tidy_or_none, without_markup

CASES = {
    "spaces": ("  a \t\n b\u00a0c ", "a b c"),
    "nfc": ("cafe\u0301", "café"),
    "control": ("a\x00b\x1fc", "abc"),
    "soft_hyphen": ("bridge\u00adwater", "bridgewater"),
    "byte_order_mark": ("\ufeffbridge", "bridge"),
    "lone_surrogate": ("a\ud800b", "ab"),
    "override_of_direction": ("the \u202eeliv\u202c", "the eliv"),
    "emoji_joiner_stays": ("👩\u200d🎤", "👩\u200d🎤"),
}


@pytest.mark.parametrize(("text", "stored"), CASES.values(), ids=CASES)
def test_tidy(text: str, stored: str) -> None:
    assert tidy(text) == stored


@given(st.text())
def test_tidy_text_is_encodable_composed_and_stays_as_it_is(text: str) -> None:
    stored = tidy(text)

    stored.encode("utf-8")
    assert tidy(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert not any(unicodedata.category(character) == "Cc" for character in stored)


def test_nothing_to_see_is_none() -> None:
    assert tidy_or_none(" \u200b\n") is None


UNMARKED = {
    "link": ('<a href="/i">Ida Marsh</a>', "Ida Marsh"),
    "italics_within_a_word": ("<i>Veil</i>’s end", "Veil’s end"),
    "break": ("Ida<br/>Marsh", "Ida Marsh"),
    "lone_sign": ("Ida <3 Joss", "Ida <3 Joss"),
}


@pytest.mark.parametrize(("text", "plain"), UNMARKED.values(), ids=UNMARKED)
def test_tags_are_taken_out_of_a_text(text: str, plain: str) -> None:
    assert without_markup(text) == plain


def test_letters_compare_what_reads_the_same() -> None:
    assert letters("“It’s over – now!”") == letters("its OVER, now")
