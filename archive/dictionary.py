"""The data dictionary: what every column of every dataset holds, from the record types alone.

One source, three forms: Arrow's schema (archive/dataset/schema.py), the JSON schema that every
store has beside its datasets, and docs/reference/dataset.md, which `make dictionary` writes.
"""

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType, NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

from archive.article import Article
from archive.capture import Capture
from archive.columns import columns_of
from archive.coverage import Coverage

RECORD_TYPES: Final[Mapping[str, type]] = MappingProxyType(
    {"articles": Article, "captures": Capture, "coverage": Coverage}
)
_WHAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "articles": "One row a version of an article.",
        "captures": "One row a request, named as Common Crawl's index names its columns.",
        "coverage": "One row an advertised address and run: what became of it.",
    }
)
# Tried in order: bool is an int to Python.
_JSON_TYPES: Final[tuple[tuple[type, dict[str, Any]], ...]] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (datetime, {"type": "string", "format": "date-time"}),
    (str, {"type": "string"}),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One column, or one field of a record in a column."""

    name: str
    """With a dot before each field of a record: images.credit."""
    kind: str
    may_be_null: bool
    doc: str
    example: str


def entries(record_type: type, prefix: str = "") -> Iterator[Entry]:
    """Yield every column of a record type, and behind it the fields of the records it holds."""
    hints = get_type_hints(record_type)
    for name, said in columns_of(record_type).items():
        inner, may_be_null = _bare(hints[name])
        item = get_args(inner)[0] if get_origin(inner) is tuple else inner
        is_record = dataclasses.is_dataclass(item)
        yield Entry(
            name=f"{prefix}{name}",
            kind=_kind(inner, item, said.width),
            may_be_null=may_be_null,
            doc=said.doc,
            example=said.example,
        )
        if is_record and isinstance(item, type):
            yield from entries(item, f"{prefix}{name}.")


def _bare(hint: Any) -> tuple[Any, bool]:
    """Return an annotation without its None, and whether it had one."""
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    if NoneType in get_args(hint):
        return choices[0], True
    return hint, False


def _kind(inner: Any, item: Any, width: int) -> str:
    if dataclasses.is_dataclass(item):
        named = "record"
    elif item is int:
        named = f"int{width}"
    elif issubclass(item, datetime):
        named = "timestamp (µs, UTC)"
    else:
        named = next(kind.__name__ for kind in (bool, float, str) if issubclass(item, kind))
        named = {"str": "text"}.get(named, named)
    return f"list of {named}" if get_origin(inner) is tuple else named


def json_schema(record_type: type) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a row as `newsreel export jsonl` writes it."""
    hints = get_type_hints(record_type)
    described = columns_of(record_type)
    return {
        "type": "object",
        "properties": {
            name: {"description": said.doc, "examples": [said.example]} | _schema_of(hints[name])
            for name, said in described.items()
        },
        "required": list(described),
        "additionalProperties": False,
    }


def _schema_of(hint: Any) -> dict[str, Any]:
    inner, may_be_null = _bare(hint)
    if may_be_null:
        return {"anyOf": [_schema_of(inner), {"type": "null"}]}
    if get_origin(inner) is tuple:
        return {"type": "array", "items": _schema_of(get_args(inner)[0])}
    if dataclasses.is_dataclass(inner) and isinstance(inner, type):
        return json_schema(inner)
    if issubclass(inner, StrEnum):
        return {"type": "string", "enum": [each.value for each in inner]}
    return next(dict(schema) for kind, schema in _JSON_TYPES if issubclass(inner, kind))


def schema_file() -> bytes:
    """Return what stands in a store's schema.json."""
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "The rows of a Newsreel store, by the folder they are in.",
        "$defs": {
            name: {"description": _WHAT[name]} | json_schema(record_type)
            for name, record_type in RECORD_TYPES.items()
        },
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


_HEAD: Final = """\
# The datasets

`make dictionary` writes this page from the record types in `archive/`. Each store has the same in
its `schema.json`.

- Times are UTC, to the microsecond. Text is Unicode NFC with white space collapsed.
- A column that may be null is null where there is none or nobody could look; an empty list means
  looked and found none.
- `site` and `month` (of capture) come from the folder, not from the file.
- Columns are only ever added, and a new one may be null: older parts read as null there.
- A field of a record stands below its column, with a dot: `images.credit`.
"""


def page() -> str:
    """Return docs/reference/dataset.md."""
    return "\n".join([_HEAD, *(_section(name) for name in RECORD_TYPES)])


def _section(name: str) -> str:
    lines = [f"## {name}", "", _WHAT[name], "", "| column | type | null | means | example |"]
    lines.append("|---|---|---|---|---|")
    for entry in entries(RECORD_TYPES[name]):
        cells = (
            f"`{entry.name}`",
            entry.kind,
            "may be" if entry.may_be_null else "never",
            entry.doc,
            f"`{entry.example}`" if entry.example else "",
        )
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(page())
