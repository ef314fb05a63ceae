"""Records become rows: a batch of dataclasses as one Arrow table, column by column."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from types import NoneType
from typing import Any, Final

import pyarrow as pa

from archive.dataset.schema import arrow_schema
from archive.errors import RowError

# What Arrow and Python raise for a value that is not of its column's type: a lone surrogate, a
# number that is too big, a list where text belongs.
_MISFITS: Final = (TypeError, ValueError, OverflowError, AttributeError)


def to_table(record_type: type, records: Sequence[Any]) -> pa.Table:
    """Return the records as a table of exactly the record type's schema.

    Raises RowError, which names the first record that does not fit and its column: the others can
    be stored without it.
    """
    schema = arrow_schema(record_type)
    columns = [_column(field, records) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(field: pa.Field, records: Sequence[Any]) -> pa.Array:
    try:
        return _array(field, [getattr(record, field.name) for record in records])
    except _MISFITS as error:
        raise _first_misfit(field, records) from error


def _first_misfit(field: pa.Field, records: Sequence[Any]) -> RowError:
    for row, record in enumerate(records):
        try:
            _array(field, [getattr(record, field.name)])
        except _MISFITS as error:
            return RowError(row=row, column=field.name, why=str(error))
    raise AssertionError(f"{field.name}: the batch fails, none of its rows does")


def _array(field: pa.Field, values: list[Any]) -> pa.Array:
    """Return one column; nested records are taken apart, so that every leaf is checked."""
    if pa.types.is_list(field.type):
        return _lists(field.type, values)
    if pa.types.is_struct(field.type):
        children = [
            _array(child, [getattr(value, child.name) for value in values]) for child in field.type
        ]
        return pa.StructArray.from_arrays(children, fields=list(field.type))
    return _scalars(field, values)


def _lists(kind: pa.ListType, values: list[Any]) -> pa.Array:
    offsets = [0, *accumulate(len(value) for value in values)]
    items = _array(kind.value_field, [item for value in values for item in value])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, type=kind)


def _scalars(field: pa.Field, values: list[Any]) -> pa.Array:
    kinds = set(map(type, values))
    if NoneType in kinds and not field.nullable:
        raise ValueError("it may not be null")
    # Arrow would cut 1.5 down to 1 without a word.
    if float in kinds and pa.types.is_integer(field.type):
        raise TypeError("a fraction is no whole number")
    if pa.types.is_timestamp(field.type) and any(map(_is_naive, values)):
        raise ValueError("a time without a zone is no time")
    return pa.array(values, type=field.type)


def _is_naive(moment: datetime | None) -> bool:
    return moment is not None and moment.utcoffset() is None
