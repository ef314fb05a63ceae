"""The law of every parser of strangers' bytes: a value or its own error, within its time."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.mutation import Mutant, mutated
from tests.fuzz.parsers import PARSERS, Parser

KEPT: Final = Path(__file__).parents[2] / "build" / "broke-a-parser"
LONG: Final = 3_000
"""Examples a parser in `make hostile`."""
_LONGEST_S: Final = 2.0
_LONGEST_S_A_MB: Final = 10.0

BY_NAME = pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)


def keeps_the_law(parser: Parser, data: bytes) -> None:
    """Fail when anything but a value or one of the parser's own errors comes, or comes late."""
    began = time.process_time()
    with suppress(*parser.says):
        parser.read(data)
    took_s = time.process_time() - began

    assert took_s < _LONGEST_S + _LONGEST_S_A_MB * len(data) / 1e6


def fuzz(parser: Parser, examples: int) -> None:
    """Try so many mutated examples; the same in every run."""

    @settings(
        max_examples=examples,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutant=mutated(parser.examples()))
    def try_one(mutant: Mutant) -> None:
        try:
            keeps_the_law(parser, mutant.data)
        except Exception as error:
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_bytes(mutant.data)
            error.add_note(f"what broke it is kept in {KEPT}")
            raise

    try_one()


@BY_NAME
def test_a_damaged_example_gives_a_value_or_the_parsers_own_error(parser: Parser) -> None:
    fuzz(parser, parser.quick)


@pytest.mark.hostile
@BY_NAME
def test_very_many_damaged_examples_do_too(parser: Parser) -> None:
    fuzz(parser, LONG)


FOUND = {
    f"{name}-{what}": (parser, data)
    for name, parser in PARSERS.items()
    for what, data in parser.found.items()
}


@pytest.mark.parametrize(("parser", "data"), FOUND.values(), ids=FOUND)
def test_what_once_broke_a_parser_breaks_it_no_more(parser: Parser, data: bytes) -> None:
    keeps_the_law(parser, data)


@pytest.mark.parametrize("name", PARSERS)
def test_a_whole_example_is_read_without_complaint(name: str) -> None:
    for data in PARSERS[name].examples():
        PARSERS[name].read(data)
