"""The three datasets and their Arrow schemas, derived from the record types that describe them.

One explicit schema goes into every part: readers trip over columns that are inferred (an all-null
column becomes type `null`), over `large_string` and over nanoseconds, so none of them can arise.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType, NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import pyarrow as pa

from archive.article import Article
from archive.capture import Capture
from archive.columns import Column, columns_of
from archive.coverage import Coverage

SCHEMA_VERSION: Final = 2
"""Goes up when a column is added, which is the only change a schema may see."""

TIME: Final = pa.timestamp("us", tz="UTC")
# The kinds of a partition's folder: text, though a site or a month may look like a number.
PARTITION: Final = pa.schema(
    [
        pa.field("site", pa.string(), metadata={"description": "Site, from the part's folder."}),
        pa.field("month", pa.string(), metadata={"description": "YYYY-MM of the capture, UTC."}),
    ]
)

# Tried in order: bool is an int to Python. Closed: a column of another type would be a new promise
# to every reader, so it has to be added here first.
_SCALARS: Final[tuple[tuple[type, pa.DataType], ...]] = (
    (bool, pa.bool_()),
    (str, pa.string()),
    (float, pa.float64()),
    (datetime, TIME),
)
_WHOLE: Final[Mapping[int, pa.DataType]] = MappingProxyType({32: pa.int32(), 64: pa.int64()})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One folder of a store, and how its rows lie in a part."""

    name: str
    record_type: type
    sorted_by: tuple[str, ...] = ("url_surtkey", "fetch_time")
    """Versions of one article become neighbours; index scans and compression both gain."""
    dictionary: tuple[str, ...]
    """Leaf columns, by their path in Parquet, with few distinct values; the others have none."""
    bloom: tuple[str, ...]
    """Columns that are looked up by one exact value."""
    ranges: tuple[str, ...]
    """Columns that are looked up by a range: only they carry a least and a greatest value. Of prose
    and of digests these narrow nothing, and they cost 100 bytes a column and row group."""
    bulky: tuple[str, ...] = ()
    """Leaf columns, by their path in Parquet, that most of a row's bytes are in."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of every part."""
        return arrow_schema(self.record_type)

    @property
    def leaves(self) -> tuple[str, ...]:
        """Every leaf column, by its path in Parquet."""
        return _leaves(self.record_type)


DATASETS: Final[Mapping[str, Dataset]] = MappingProxyType(
    {
        dataset.name: dataset
        for dataset in (
            Dataset(
                name="articles",
                record_type=Article,
                dictionary=(
                    "version",
                    "kind",
                    "site_domain",
                    "blocks.list.element.kind",
                    "blocks.list.element.level",
                    "quotes.list.element.speaker",
                    "images.list.element.role",
                    "images.list.element.credit",
                    "authors.list.element.name",
                    "authors.list.element.url",
                    "authors.list.element.role",
                    "authors.list.element.bio",
                    "attributions.list.element.name",
                    "tags.list.element",
                    "section",
                    "language",
                    "published_source",
                    "fetch_status",
                    "extraction_warnings.list.element",
                    "rights.robots",
                    "rights.x_robots_tag",
                    "rights.meta_robots",
                    "rights.tdm_reservation",
                    "warc_filename",
                    "run_id",
                    "extractor",
                    "rules_version",
                ),
                bloom=("url", "article_id", "content_digest", "text_digest"),
                ranges=(
                    "version",
                    "kind",
                    "url_surtkey",
                    "site_domain",
                    "section",
                    "language",
                    "published_at",
                    "modified_at",
                    "first_seen_at",
                    "fetch_time",
                    "fetch_status",
                    "word_count",
                    "warc_filename",
                    "run_id",
                ),
                bulky=(
                    "text",
                    "blocks.list.element.text",
                    "links.list.element.url",
                    "links.list.element.text",
                    "images.list.element.url",
                    "images.list.element.caption_raw",
                ),
            ),
            Dataset(
                name="captures",
                record_type=Capture,
                dictionary=(
                    "url_host_registered_domain",
                    "request_method",
                    "fetch_status",
                    "fetch_failure",
                    "wait_reason",
                    "content_mime_type",
                    "content_charset",
                    "content_truncated",
                    "record_type",
                    "warc_filename",
                    "address_kind",
                    "page_kind",
                    "run_id",
                ),
                bloom=("url", "content_digest", "warc_record_id"),
                ranges=(
                    "url_surtkey",
                    "url_host_registered_domain",
                    "fetch_time",
                    "fetch_status",
                    "content_mime_type",
                    "record_type",
                    "warc_filename",
                    "run_id",
                ),
            ),
            Dataset(
                name="coverage",
                record_type=Coverage,
                dictionary=(
                    "run_id",
                    "site_domain",
                    "advertised_by.list.element",
                    "advertised_in.list.element",
                    "fate",
                    "reason",
                    "fetch_status",
                    "attempts",
                ),
                bloom=("url", "article_id"),
                ranges=("run_id", "url_surtkey", "site_domain", "fate", "fetch_time"),
            ),
        )
    }
)


@cache
def arrow_schema(record_type: type) -> pa.Schema:
    """Return the schema of a record type: its fields, in order, with what is said of each."""
    return pa.schema(_fields(record_type))


@cache
def _leaves(record_type: type) -> tuple[str, ...]:
    return tuple(path for path, _ in leaf_fields(arrow_schema(record_type)))


def leaf_fields(fields: Iterable[pa.Field], above: str = "") -> Iterator[tuple[str, pa.Field]]:
    """Yield every column that holds values with its path in Parquet: `blocks.list.element.text`."""
    for field in fields:
        path, kind = f"{above}{field.name}", field.type
        if pa.types.is_list(kind):
            path, kind = f"{path}.list.{kind.value_field.name}", kind.value_type
        if pa.types.is_struct(kind):
            yield from leaf_fields(kind, f"{path}.")
        else:
            yield path, field


def _fields(record_type: type) -> list[pa.Field]:
    hints = get_type_hints(record_type)
    return [_field(name, hints[name], said) for name, said in columns_of(record_type).items()]


def _field(name: str, hint: Any, said: Column) -> pa.Field:
    """Return one column; it may be null exactly when its annotation allows None."""
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    optional = NoneType in get_args(hint)
    inner = choices[0] if optional else hint
    if optional and dataclasses.is_dataclass(inner):
        raise TypeError(f"{name}: a record inside a record cannot be null")
    return pa.field(
        name,
        _arrow_type(name, inner, said.width),
        nullable=optional,
        metadata={"description": said.doc, "example": said.example},
    )


def _arrow_type(name: str, hint: Any, width: int) -> pa.DataType:
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        # "element" is what the Parquet format calls it; a reader without Arrow's schema agrees.
        return pa.list_(pa.field("element", _arrow_type(name, item, width), nullable=False))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return pa.struct(_fields(hint))
    for python, arrow in _SCALARS:
        if isinstance(hint, type) and issubclass(hint, python):
            return arrow
    if hint is int:
        return _WHOLE[width]
    raise TypeError(f"{name}: a column cannot hold {hint!r}")
