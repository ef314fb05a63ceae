"""Answers as text say what the table says, and run in no spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dataset.format import cells, to_csv, to_json, to_json_lines
from archive.errors import ConfigError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

# The value, its text in a cell, and as JSON.
VALUES = {
    "text": ("Ida", "Ida", "Ida"),
    "whole": (-5, "-5", -5),
    "fraction": (1.5, "1.5", 1.5),
    "no_number": (float("nan"), "NaN", "NaN"),
    "infinity": (float("inf"), "Infinity", "Infinity"),
    "below_all_numbers": (float("-inf"), "-Infinity", "-Infinity"),
    "list_with_no_number": ([float("nan"), 1.0], '["NaN", 1.0]', ["NaN", 1.0]),
    "true": (True, "true", True),
    "time": (NOON, "2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z"),
    "day": (date(2026, 6, 1), "2026-06-01", "2026-06-01"),
    "clock": (time(12, 30), "12:30:00", "12:30:00"),
    "duration": (timedelta(minutes=1), "60.0", 60.0),
    "whole_decimal": (Decimal(7), "7", 7),
    "decimal": (Decimal("1.50"), "1.5", 1.5),
    "bytes": (b"\x00\xff", "00ff", "00ff"),
    "list": (["é", None], '["é", null]', ["é", None]),
    "struct": ({"at": NOON}, '{"at": "2026-06-01T12:00:00Z"}', {"at": "2026-06-01T12:00:00Z"}),
    "list_of_struct": ([{"n": 1}], '[{"n": 1}]', [{"n": 1}]),
}


def table(*values: Any, name: str = "a") -> pa.Table:
    return pa.table({name: pa.array(values)})


@pytest.mark.parametrize(("value", "text", "plain"), VALUES.values(), ids=VALUES.keys())
def test_a_value_is_told_the_same_way_everywhere(value: Any, text: str, plain: Any) -> None:
    one = table(value)

    assert cells(one) == [(text,)]
    assert list(csv.reader(io.StringIO(to_csv(one), newline="")))[1] == [text]
    assert json.loads(to_json_lines(one)) == {"a": plain}
    assert json.loads(to_json(one)) == [{"a": plain}]


STEERING = {
    "colour": ("\x1b[31mred", "\\x1b[31mred"),
    "line": ("a\rb", "a\\rb"),
    "order_of_letters": ("a\u202eb", "a\\u202eb"),
}


@pytest.mark.parametrize(("text", "shown"), STEERING.values(), ids=STEERING.keys())
def test_what_a_terminal_would_obey_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert cells(table(text)) == [(shown,)]


def test_a_time_beyond_the_years_of_python_is_told_with_a_way_out() -> None:
    far = pa.table({"at": pa.array([2**63 - 1], pa.timestamp("us", tz="UTC"))})

    with pytest.raises(ConfigError, match=r"time in at .* ask for it as text, with ::VARCHAR"):
        cells(far)


def test_null_is_told_from_empty_text_and_from_what_is_no_number() -> None:
    mixed = pa.table({"text": ["", None, "a", None], "n": [1.0, float("nan"), None, None]})

    assert cells(mixed) == [("", "1.0"), ("NULL", "NaN"), ("a", "NULL"), ("NULL", "NULL")]
    assert to_csv(mixed) == 'text,n\r\n"",1.0\r\n,NaN\r\na,\r\n,\r\n'
    assert json.loads(to_json(mixed))[1] == {"text": None, "n": "NaN"}


def test_null_in_a_table_of_one_column_is_no_empty_line() -> None:
    assert to_csv(table(None, "a")) == 'a\r\n""\r\na\r\n'


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    (header, row) = csv.reader(io.StringIO(to_csv(table(text, name=text)), newline=""))

    assert (header, row) == ([f"'{text}"], [f"'{text}"])


def test_json_keeps_text_that_a_spreadsheet_would_run() -> None:
    assert json.loads(to_json_lines(table("=1+1"))) == {"a": "=1+1"}


@given(rows=st.lists(st.tuples(st.text(), st.none() | st.integers(-9, 9)), max_size=5))
def test_csv_reads_back_as_the_values(rows: list[tuple[str, int | None]]) -> None:
    texts = [text.encode("utf-8", "ignore").decode() for text, _ in rows]
    numbers = [number for _, number in rows]
    whole = pa.table({"text": pa.array(texts, pa.string()), "n": pa.array(numbers, pa.int64())})

    (_, *read) = csv.reader(io.StringIO(to_csv(whole), newline=""))

    assert [(text.removeprefix("'"), n) for text, n in read] == [
        (text.removeprefix("'"), "" if n is None else str(n))
        for text, n in zip(texts, numbers, strict=True)
    ]


def test_columns_of_one_name_are_numbered_in_json_and_kept_in_csv() -> None:
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["n", "n", "n_1"])

    assert list(json.loads(to_json_lines(twice)).values()) == [1, 2, 3]
    assert to_csv(twice) == "n,n,n_1\r\n1,2,3\r\n"


def test_no_rows_are_a_header_an_empty_array_and_no_line() -> None:
    none = table(1).slice(0, 0)

    assert cells(none) == []
    assert to_csv(none) == "a\r\n"
    assert json.loads(to_json(none)) == []
    assert to_json_lines(none) == ""


def test_rows_stand_on_lines_of_their_own() -> None:
    assert to_json_lines(table("a\nb", "c")).count("\n") == 2
    assert to_json(table(1, 2)) == '[{"a": 1},\n {"a": 2}]\n'
