"""The way back from a row to the record that it was made of."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from archive.article import Article


def article_of(row: Mapping[str, Any]) -> Article:
    """Return the article that a row of `articles` was made of."""
    article: Article = _record(Article, row)
    return article


def _record(kind: Any, row: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(**{f.name: _value(hints[f.name], row[f.name]) for f in dataclasses.fields(kind)})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in value)
    inner = next((each for each in get_args(hint) if each is not NoneType), hint)
    if dataclasses.is_dataclass(inner):
        return _record(inner, value)
    return inner(value) if isinstance(inner, type) and issubclass(inner, StrEnum) else value
