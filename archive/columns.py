"""How a dataset's record type describes its own columns.

A record type is a frozen, keyword-only dataclass whose every field is made by `column`: the one
source of the Arrow schema, the data dictionary and the JSON that `newsreel extract` prints.
"""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

COLUMN: Final = "column"
_NO_DEFAULT: Final = dataclasses.MISSING


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a reader of the dataset must know of one column."""

    doc: str
    """What it holds, with its unit or zone, and what null or empty means."""
    example: str
    width: int = 64
    """Bits, for whole numbers."""


_SILENT: Final = Column(doc="", example="")


def column(doc: str, *, example: object = "", width: int = 64, default: Any = _NO_DEFAULT) -> Any:
    """Return a dataclass field that carries its description; without a default it is required."""
    described = {COLUMN: Column(doc=doc, example=str(example), width=width)}
    return dataclasses.field(default=default, metadata=described)


def columns_of(record_type: type) -> dict[str, Column]:
    """Return the description of every column of a record type, in order.

    A field that was not made by `column` says nothing, and the tests name it.
    """
    return {f.name: f.metadata.get(COLUMN, _SILENT) for f in dataclasses.fields(record_type)}


def plain(value: Any) -> Any:
    """Return a record, or a value in one, as JSON types: times as RFC 3339 text in UTC."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    kind: type = type(value)
    return {name: plain(getattr(value, name)) for name in _names(kind)}


@cache
def _names(record_type: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(record_type))
