"""The page of figures keeps its prose, and its tables are those of the run."""

import pytest

from benchmarks.report import rewritten
from benchmarks.rounds import Compared, in_turn
from benchmarks.tables import spread, table

PAGE = """# Figures

Said by hand.

<!-- measured: speed -->

old \\1

<!-- end: speed -->

Said by hand, too.

<!-- measured: size -->
<!-- end: size -->
"""


def test_a_section_is_replaced_and_nothing_else() -> None:
    page = rewritten(PAGE, {"speed": r"new \1"})

    assert page == PAGE.replace("old \\1", "new \\1")


def test_an_empty_section_is_filled() -> None:
    page = rewritten(PAGE, {"size": "large"})

    assert page.endswith("<!-- measured: size -->\n\nlarge\n\n<!-- end: size -->\n")


def test_a_page_that_is_written_twice_stays_as_it_is() -> None:
    once = rewritten(PAGE, {"speed": "1 s", "size": "2 MB"})

    assert rewritten(once, {"speed": "1 s", "size": "2 MB"}) == once


@pytest.mark.parametrize("page", ["", PAGE + PAGE], ids=["no_place", "two_places"])
def test_a_page_without_just_one_place_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="measured: speed"):
        rewritten(page, {"speed": "1 s"})


def test_a_table_has_a_line_for_every_row() -> None:
    told = table(("side", "CPU"), [("plain", "1.00"), ("kept", "1.21")])

    assert told == "| side | CPU |\n|---|---|\n| plain | 1.00 |\n| kept | 1.21 |"


SPREADS = {
    "several": ([1.0, 3.0, 2.0], "2.00 (1.00 to 3.00)"),
    "one": ([1.234], "1.23"),
    "the_base_itself": ([1.0, 1.0], "1.00"),
    "large": ([12.34, 220.4, 1234.5], "220 (12.3 to 1,234)"),
}


@pytest.mark.parametrize(("values", "told"), SPREADS.values(), ids=SPREADS.keys())
def test_spread_tells_the_median_and_how_far_it_goes(values: list[float], told: str) -> None:
    assert spread(values) == told


def test_every_side_has_a_turn_in_every_round() -> None:
    order: list[str] = []

    in_turn({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 20)

    rounds = [order[place : place + 2] for place in range(0, 40, 2)]
    assert all(sorted(each) == ["a", "b"] for each in rounds)
    assert ["a", "b"] in rounds
    assert ["b", "a"] in rounds


def test_what_every_side_gave_stands_round_by_round() -> None:
    numbers = iter(range(4))

    taken = in_turn({"a": lambda: "x", "b": lambda: str(next(numbers))}, 4)

    assert taken == {"a": ["x"] * 4, "b": ["0", "1", "2", "3"]}


def test_ratios_are_of_the_same_round() -> None:
    compared = Compared(base="plain", taken={"plain": [1.0, 4.0], "kept": [2.0, 2.0]})

    assert compared.ratios("kept") == [2.0, 0.5]
    assert compared.inverse("kept") == [0.5, 2.0]
    assert compared.middle("plain") == 2.5
