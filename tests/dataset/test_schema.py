"""The schemas are what the record types say, in types that every reader takes."""

import dataclasses

import pyarrow as pa
import pytest

from archive.article import Article
from archive.columns import column
from archive.dataset.schema import DATASETS, PARTITION, Dataset, arrow_schema, leaf_fields

DATASET = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS.keys())

TIME = pa.timestamp("us", tz="UTC")
TYPES = {
    "enum": ("kind", pa.string(), False),
    "text": ("headline", pa.string(), False),
    "text_or_null": ("dek", pa.string(), True),
    "small_number": ("version", pa.int32(), True),
    "large_number": ("warc_record_offset", pa.int64(), True),
    "time": ("published_at", TIME, True),
    "list": ("tags", pa.list_(pa.field("element", pa.string(), nullable=False)), False),
}

# The order of the design: identity, address, words, body, people, rights, provenance.
ARTICLE_COLUMNS = [
    "article_id",
    "version",
    "kind",
    "url",
    "canonical_url",
    "url_surtkey",
    "site_domain",
    "headline",
    "kicker",
    "dek",
    "key_points",
    "blocks",
    "text",
    "quotes",
    "images",
    "authors",
    "attributions",
    "disclaimers",
    "tags",
    "section",
    "language",
    "links",
    "published_at",
    "modified_at",
    "published_raw",
    "modified_raw",
    "published_source",
    "advertised_at",
    "first_seen_at",
    "fetch_time",
    "fetch_status",
    "word_count",
    "text_digest",
    "simhash64",
    "extraction_warnings",
    "rights",
    "warc_filename",
    "warc_record_offset",
    "warc_record_length",
    "warc_record_id",
    "content_digest",
    "run_id",
    "extractor",
    "rules_version",
]

NESTED = {
    "blocks": ["kind", "level", "text"],
    "quotes": ["text", "speaker", "source"],
    "images": [
        "url",
        "role",
        "alt",
        "caption",
        "credit",
        "caption_raw",
        "width",
        "height",
        "section",
    ],
    "authors": ["name", "url", "role", "bio", "articles_published"],
    "attributions": ["name", "url"],
    "links": ["url", "text", "internal"],
    "rights": ["robots", "x_robots_tag", "meta_robots", "tdm_reservation", "paywalled"],
}


def test_articles_have_the_columns_of_the_design_in_their_order() -> None:
    assert arrow_schema(Article).names == ARTICLE_COLUMNS


@pytest.mark.parametrize(("name", "fields"), NESTED.items(), ids=NESTED.keys())
def test_nested_records_have_the_fields_of_the_design(name: str, fields: list[str]) -> None:
    kind = arrow_schema(Article).field(name).type
    struct = kind.value_type if pa.types.is_list(kind) else kind

    assert [field.name for field in struct] == fields


@pytest.mark.parametrize(("name", "kind", "nullable"), TYPES.values(), ids=TYPES.keys())
def test_a_column_has_the_type_of_its_annotation(
    name: str, kind: pa.DataType, nullable: object
) -> None:
    field = arrow_schema(Article).field(name)

    assert (field.type, field.nullable) == (kind, nullable)


@DATASET
def test_every_column_and_field_is_described_with_an_example(dataset: Dataset) -> None:
    told = {path: field.metadata or {} for path, field in leaf_fields(dataset.schema)}

    assert [path for path, said in told.items() if not said.get(b"description")] == []
    assert [path for path, said in told.items() if b"example" not in said] == []


@DATASET
def test_no_type_is_one_that_a_reader_stumbles_over(dataset: Dataset) -> None:
    refused = {"large_string", "null", "string_view", "timestamp[ns, tz=UTC]", "timestamp[us]"}

    assert {str(field.type) for _, field in leaf_fields(dataset.schema)}.isdisjoint(refused)


@DATASET
def test_a_partition_is_no_column(dataset: Dataset) -> None:
    assert set(PARTITION.names).isdisjoint(dataset.schema.names)


@DATASET
def test_what_is_said_of_columns_is_said_of_columns_that_exist(dataset: Dataset) -> None:
    paths = {path for path, _ in leaf_fields(dataset.schema)}

    assert set(dataset.dictionary) <= paths
    assert set(dataset.bloom) <= paths
    assert set(dataset.ranges) <= paths
    assert set(dataset.bulky) <= paths
    assert set(dataset.sorted_by) <= paths


def test_a_type_without_a_promise_is_refused_by_the_columns_name() -> None:
    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Strange:
        share: complex = column("No reader knows this.")

    with pytest.raises(TypeError, match="share"):
        arrow_schema(Strange)
