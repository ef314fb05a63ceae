"""Promises: a field is called emptier than promised only when chance cannot explain it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article
from crawler.extract.rules import Expect
from crawler.promises import BrokenPromise, Promises, wilson_upper_bound
from tests.archive.store_samples import story

EXPECT = {"x": Expect(required=("headline",), optional={"dek": 0.8})}


def counted(filled: int, rows: int, site: str = "x") -> Promises:
    """Return the promises after so many rows, of which so many have a dek."""
    promises = Promises()
    for number in range(rows):
        promises.note(site, with_dek(number) if number < filled else story(number))
    return promises


def with_dek(number: int) -> Article:
    return story(number, dek="Below the headline.")


# Filled, rows: whether the promise of 80 % is surely broken.
RATES = {
    "no_rows": (0, 0, False),
    "kept": (80, 100, False),
    "more_than_kept": (100, 100, False),
    "three_of_seven": (3, 7, True),
    "two_of_four_may_be_chance": (2, 4, False),
    "none_of_four_may_be_chance": (0, 4, False),
    "none_of_five": (0, 5, True),
    "below_by_chance": (75, 100, False),
    "below_beyond_chance": (60, 100, True),
    "never_filled": (0, 20, True),
}


@pytest.mark.parametrize(("filled", "rows", "is_broken"), RATES.values(), ids=RATES.keys())
def test_a_promise_is_broken_when_chance_cannot_explain_it(
    filled: int, rows: int, *, is_broken: bool
) -> None:
    broken = tuple(counted(filled, rows).broken(EXPECT))

    assert [each.field for each in broken] == (["dek"] if is_broken else [])


def test_a_broken_promise_says_how_it_stands() -> None:
    (broken,) = counted(0, 20).broken(EXPECT)

    assert broken == BrokenPromise(site="x", field="dek", rate=0.0, promised=0.8, rows=20)


def test_what_every_article_has_may_never_be_missing() -> None:
    promises = Promises()
    promises.note("x", story(1, headline=""))

    fields = [broken.field for broken in promises.broken(EXPECT)]

    assert "headline" in fields


def test_a_site_is_judged_by_its_own_rows() -> None:
    promises = counted(0, 50, site="y")

    assert tuple(promises.broken(EXPECT)) == ()


@given(st.integers(1, 5000), st.data())
def test_the_bound_lies_between_the_rate_and_one(trials: int, draw: st.DataObject) -> None:
    successes = draw.draw(st.integers(0, trials))

    bound = wilson_upper_bound(successes, trials)

    assert successes / trials <= bound + 1e-9
    assert bound <= 1 + 1e-9


@given(st.integers(1, 200), st.integers(1, 50))
def test_the_bound_comes_nearer_with_more_rows(trials: int, factor: int) -> None:
    successes = trials // 2

    few, many = (wilson_upper_bound(successes * k, trials * k) for k in (1, factor))

    assert many <= few + 1e-9
