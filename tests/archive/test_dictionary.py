"""The dictionary says of every column what it holds, in one set of words for all its forms."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pytest

from archive.article import to_json
from archive.capture import Capture
from archive.columns import column
from archive.dataset.resemblance import Resemblance
from archive.dataset.schema import arrow_schema
from archive.dictionary import RECORD_TYPES, entries, json_schema, page, schema_file
from tests.dataset.conftest import make_article

PAGE = Path(__file__).parents[2] / "docs/reference/dataset.md"
EVERY = pytest.mark.parametrize(
    "record_type", [*RECORD_TYPES.values(), Resemblance], ids=lambda each: each.__name__
)


def undescribed(record_type: type) -> list[str]:
    return [
        entry.name for entry in entries(record_type) if not entry.doc.strip() or not entry.example
    ]


@EVERY
def test_every_column_and_every_field_is_described(record_type: type) -> None:
    assert undescribed(record_type) == []


@dataclass(frozen=True, kw_only=True)
class Mood:
    """A record of which one field says nothing of itself."""

    name: str = column("What it is called.", example="glad")
    strength: int


@dataclass(frozen=True, kw_only=True)
class Review:
    """A record type to which columns came without a word."""

    url: str = column("Its address.", example="https://x.example/")
    stars: int | None = None
    moods: tuple[Mood, ...] = column("How it sounds.", example="[{name: glad}]")
    critic: str = column("Who wrote it.")


def test_a_column_without_description_or_example_is_named() -> None:
    assert undescribed(Review) == ["stars", "moods.strength", "critic"]


@EVERY
def test_a_time_says_its_zone(record_type: type) -> None:
    times = [entry for entry in entries(record_type) if entry.kind.startswith("timestamp")]

    assert times
    assert [entry.name for entry in times if "UTC" not in entry.doc] == []


@EVERY
def test_arrow_has_the_same_columns_words_and_nulls(record_type: type) -> None:
    top = [entry for entry in entries(record_type) if "." not in entry.name]

    told = [
        (field.name, field.nullable, (field.metadata or {})[b"description"].decode())
        for field in arrow_schema(record_type)
    ]
    assert told == [(entry.name, entry.may_be_null, entry.doc) for entry in top]


def test_the_page_is_what_the_record_types_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `make dictionary`"


def test_every_row_fits_the_schema_that_stands_beside_it() -> None:
    row = json.loads(to_json(make_article()))

    jsonschema.validate(row, json_schema(RECORD_TYPES["articles"]))
    with pytest.raises(jsonschema.ValidationError, match="lede"):
        jsonschema.validate(row | {"lede": "x"}, json_schema(RECORD_TYPES["articles"]))


def test_the_file_of_a_store_has_all_datasets() -> None:
    told: dict[str, Any] = json.loads(schema_file())

    assert list(told["$defs"]) == ["articles", "captures", "coverage"]
    assert told["$defs"]["captures"]["required"] == arrow_schema(Capture).names
    assert pa.types.is_timestamp(arrow_schema(Capture).field("fetch_time").type)
