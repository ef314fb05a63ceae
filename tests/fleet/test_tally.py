"""A worker ends with the worst of its turns, and knows sites from pages."""

import pytest

from archive.errors import ConfigError
from crawler.commands.work import sites_of
from crawler.fleet.turn import Outcome, Took
from crawler.fleet.worker import Tally

CODES = {
    "nothing": ((), 0),
    "well": ((0, 0), 0),
    "a_look": ((0, 3), 3),
    "refused": ((3, 4), 4),
    "damaged": ((1, 5, 3), 5),
}


@pytest.mark.parametrize(("codes", "expected"), CODES.values(), ids=CODES.keys())
def test_the_worst_turn_is_told(codes: tuple[int, ...], expected: int) -> None:
    tally = Tally()

    for code in codes:
        tally.count(Took(site="x", outcome=Outcome.SHIPPED, exit_code=code))

    assert tally.exit_code == expected


def test_what_was_stopped_is_no_failure() -> None:
    tally = Tally()

    tally.count(Took(site="x", outcome=Outcome.STOPPED, exit_code=3))

    assert tally.exit_code == 0


def test_targets_are_sites_each_once() -> None:
    words = ("http://x.example/", "http://x.example", "fandomwire")

    assert sites_of(words) == {"x-example": "http://x.example/", "fandomwire": "fandomwire"}


def test_a_page_is_no_site() -> None:
    with pytest.raises(ConfigError, match="whole sites"):
        sites_of(("http://x.example/2026/a-story/",))
