"""What a page was read for is scored by letters and digits, from nothing to all of it."""

from datetime import date

import pytest

from benchmarks.scoring import Reading, score

DAY = date(2031, 4, 5)
TRUTH = Reading(
    headline="The Brim’s End",
    body="one two three four five six",
    authors=("Wenna Stell", "Rafe Pineman"),
    day=DAY,
)
# What was read, and the scores of headline, body, authors and day.
READINGS = {
    "everything": (TRUTH, (1, 1, 1, 1)),
    "nothing": (Reading(), (0, 0, 0, 0)),
    "quotes_and_case": (Reading(headline='"the brim\'s END"'), (1, 0, 0, 0)),
    "site_behind_the_headline": (Reading(headline="The Brim’s End - Hats"), (0, 0, 0, 0)),
    "a_third_of_the_body": (Reading(body="one two three four"), (0, 0.5, 0, 0)),
    "body_and_as_much_again": (Reading(body="one two three four five six a b c"), (0, 2 / 3, 0, 0)),
    "words_in_another_order": (Reading(body="six five four three two one"), (0, 0, 0, 0)),
    "one_of_two_authors": (Reading(authors=("WENNA STELL",)), (0, 0, 2 / 3, 0)),
    "an_author_too_many": (Reading(authors=(*TRUTH.authors, "Staff")), (0, 0, 0.8, 0)),
    "day_of_another_zone": (Reading(day=date(2031, 4, 6)), (0, 0, 0, 1)),
    "day_of_another_year": (Reading(day=date(2030, 4, 5)), (0, 0, 0, 0)),
}


@pytest.mark.parametrize(("read", "expected"), READINGS.values(), ids=READINGS.keys())
def test_score_says_how_much_is_right(read: Reading, expected: tuple[float, ...]) -> None:
    found = score([read], [TRUTH])

    assert (found.headline, found.body, found.authors, found.day) == pytest.approx(expected)


def test_what_a_page_does_not_have_is_not_asked_for() -> None:
    bare = Reading(body="one two three four")

    found = score([TRUTH, bare], [TRUTH, bare])

    assert (found.headline, found.day) == (1, 1)


def test_authors_of_one_page_are_not_those_of_another() -> None:
    other = Reading(authors=("Alys Whitby",))

    found = score([other, TRUTH], [TRUTH, other])

    assert found.authors == 0
