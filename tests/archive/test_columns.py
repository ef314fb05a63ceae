"""Records describe their own columns, and print as JSON."""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

import pytest

from archive.article import Article
from archive.capture import Capture
from archive.columns import Column, column, columns_of, plain
from archive.coverage import Coverage
from tests.archive.store_samples import NOON


class Colour(StrEnum):
    """A closed set of words."""

    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A record inside a record."""

    word: str = column("A word.", example="yes")


@dataclass(frozen=True, kw_only=True)
class Outer:
    """A record with one column of each kind."""

    name: str = column("A name.", example="Vale")
    count: int = column("How many.", example=3, width=32, default=0)
    parts: tuple[Inner, ...] = column("Its parts.", default=())


def test_a_column_says_what_it_holds() -> None:
    assert columns_of(Outer) == {
        "name": Column(doc="A name.", example="Vale", width=64),
        "count": Column(doc="How many.", example="3", width=32),
        "parts": Column(doc="Its parts.", example="", width=64),
    }


def test_a_column_without_a_default_has_to_be_given() -> None:
    with pytest.raises(TypeError, match="name"):
        Outer()

    assert Outer(name="x").count == 0


@pytest.mark.parametrize("record_type", [Article, Capture, Coverage])
def test_every_column_of_the_datasets_is_described_with_an_example(record_type: type) -> None:
    columns = columns_of(record_type)

    assert list(columns) == [field.name for field in fields(record_type)]
    bare = [name for name, said in columns.items() if not (said.doc.endswith(".") and said.example)]
    assert bare == []


PLAIN = {
    "text": ("é", "é"),
    "number": (3, 3),
    "truth": (True, True),
    "none": (None, None),
    "time": (NOON, "2026-05-18T12:00:00Z"),
    "microseconds": (NOON.replace(microsecond=120), "2026-05-18T12:00:00.000120Z"),
    "word_of_a_set": (Colour.RED, "red"),
    "mapping": ({"at": NOON}, {"at": "2026-05-18T12:00:00Z"}),
    "list": ([1, (2,)], [1, [2]]),
    "record": (
        Outer(name="x", parts=(Inner(word="yes"),)),
        {"name": "x", "count": 0, "parts": [{"word": "yes"}]},
    ),
}


@pytest.mark.parametrize(("value", "expected"), PLAIN.values(), ids=PLAIN.keys())
def test_a_value_becomes_what_json_can_say(value: object, expected: object) -> None:
    assert plain(value) == expected
    assert json.loads(json.dumps(plain(value))) == expected


def test_times_in_json_are_read_back_as_utc() -> None:
    assert datetime.fromisoformat(plain(NOON)) == NOON.astimezone(UTC)
