"""Answers as text: the cells of a table, CSV that is safe in a spreadsheet, and JSON.

JSON has no NaN and no infinity (RFC 8259 section 6). They are text there, spelt as protobuf's JSON
mapping spells them; null alone is null.
"""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from archive.columns import plain
from archive.errors import ConfigError
from archive.harmless import harmless

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"); the wide forms
# are what a Japanese or Chinese keyboard types.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NULL: Final = "NULL"
_BELOW_ALL: Final = "-Infinity"
_EMPTY: Final = '""'
_NEEDS_QUOTES: Final = re.compile(r'[",\r\n]')


def cells(table: pa.Table) -> list[tuple[str, ...]]:
    """Return the rows as text, one string a column; null is NULL, lists and structs are JSON.

    What a terminal would obey stands there as its escape.
    """
    return [tuple(_NULL if v is None else harmless(_cell(v)) for v in row) for row in _rows(table)]


def to_csv(table: pa.Table) -> str:
    """Return the table as RFC 4180 text with a header; null is empty, lists and structs are JSON.

    Empty text is `""`, and so is null in a table of one column: an empty line is no row.
    Text that a spreadsheet would run as a formula gets a `'` in front; numbers stay as they are.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(map(_guarded, table.column_names))
    for row in _rows(table):
        fields = ",".join("" if value is None else _field(value) for value in row)
        text.write(f"{fields or _EMPTY}\r\n")
    return text.getvalue()


def to_json(table: pa.Table) -> str:
    """Return the rows as one JSON array, a row a line."""
    return "[" + ",\n ".join(_objects(table)) + "]\n"


def to_json_lines(table: pa.Table) -> str:
    """Return each row as a JSON object on a line of its own; times are RFC 3339."""
    return "".join(f"{line}\n" for line in _objects(table))


def _objects(table: pa.Table) -> Iterable[str]:
    names = _distinct(table.column_names)
    for row in _rows(table):
        yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names, those that come again numbered: an object would keep only the last."""
    seen: list[str] = []
    for name in names:
        again = name
        while again in seen:
            again = f"{name}_{sum(n.startswith(name) for n in seen)}"
        seen.append(again)
    return seen


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    """Return the rows as JSON values."""
    columns = zip(table.column_names, table.columns, strict=True)
    return zip(*(map(_json, _values(name, column)) for name, column in columns), strict=True)


def _values(name: str, column: pa.ChunkedArray) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except OverflowError as error:  # infinity, and years that Python does not count
        raise ConfigError(
            f"a time in {name} is not of the years 1 to 9999: ask for it as text, with ::VARCHAR"
        ) from error
    return values


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _field(value: Any) -> str:
    """Return a CSV field; what is empty is quoted, since a field with nothing in it is null."""
    is_text = isinstance(value, str) and value != _BELOW_ALL
    field = _guarded(value) if is_text else _cell(value)
    if field and not _NEEDS_QUOTES.search(field):
        return field
    return '"{}"'.format(field.replace('"', '""'))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _fraction(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else _BELOW_ALL


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# Tried in order: a datetime is a date, too. Closed by what Arrow hands out; what else comes is told
# as its text.
_FORMS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...]] = (
    ((bool, int, str, type(None)), lambda value: value),
    (float, _fraction),
    (datetime, plain),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, timedelta.total_seconds),
    (Decimal, _number),
    (bytes, bytes.hex),
    (Mapping, lambda value: {str(key): _json(item) for key, item in value.items()}),
    ((list, tuple), lambda value: [_json(item) for item in value]),
)


def _json(value: Any) -> Any:
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    return str(value)
