"""Records become rows without a change, and one that cannot says which it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Article, Block, BlockKind, Image, PageKind, Rights
from archive.columns import plain
from archive.dataset.rows import to_table
from archive.dataset.schema import arrow_schema
from archive.errors import ExtractError, RowError

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis wants it naive and adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)
blocks = st.builds(
    Block, kind=st.sampled_from(BlockKind), level=st.none() | st.integers(2, 6), text=words
)
images = st.builds(Image, url=words, role=words, alt=st.none() | words, width=st.none())
articles = st.builds(
    Article,
    kind=st.sampled_from(PageKind),
    url=words,
    headline=words,
    dek=st.none() | words,
    key_points=st.lists(words, max_size=3).map(tuple),
    blocks=st.lists(blocks, max_size=3).map(tuple),
    images=st.lists(images, max_size=2).map(tuple),
    published_at=st.none() | moments,
    simhash64=st.none() | st.integers(-(2**63), 2**63 - 1),
    rights=st.builds(Rights, paywalled=st.none() | st.booleans()),
)


@given(records=st.lists(articles, max_size=4))
def test_rows_are_the_records(records: list[Article]) -> None:
    table = to_table(Article, records)

    assert table.schema.equals(arrow_schema(Article), check_metadata=True)
    assert [plain(row) for row in table.to_pylist()] == [plain(record) for record in records]


def test_a_time_of_another_zone_is_kept_as_the_same_moment(record: Callable[..., Any]) -> None:
    evening = datetime(2026, 6, 1, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    table = to_table(Article, [record("articles", published_at=evening)])

    assert table["published_at"].to_pylist() == [datetime(2026, 6, 2, 4, 30, tzinfo=UTC)]


MISFITS = {
    "naive_time": ("published_at", datetime(2026, 6, 1)),  # noqa: DTZ001 - that is the mistake
    "null_where_none_may_be": ("headline", None),
    "null_list": ("tags", None),
    "null_struct": ("rights", None),
    "lone_surrogate": ("headline", "a\ud800b"),
    "number_beyond_64_bits": ("simhash64", 2**63),
    "number_beyond_32_bits": ("version", 2**31),
    "text_for_a_number": ("version", "1"),
    "number_for_text": ("dek", 1),
    "fraction_for_a_number": ("word_count", 1.5),
    "text_for_a_record": ("images", ("https://x.example/a.jpg",)),
    "null_in_a_nested_record": (
        "blocks",
        (Block(kind=BlockKind.CODE, text=None),),  # type: ignore[arg-type]  # that is the mistake
    ),
}


@pytest.mark.parametrize(("name", "value"), MISFITS.values(), ids=MISFITS.keys())
def test_a_record_that_does_not_fit_is_named(
    record: Callable[..., Any], name: str, value: Any
) -> None:
    records = [record("articles", 1), record("articles", 2, **{name: value})]

    with pytest.raises(RowError) as refused:
        to_table(Article, records)

    assert (refused.value.row, refused.value.column) == (1, name)
    assert "row 1" in str(refused.value)


def test_a_record_that_does_not_fit_counts_as_a_page_that_cannot_be_read() -> None:
    refused = RowError(row=0, column="url", why="it may not be null")

    assert isinstance(refused, ExtractError)
    assert refused.reason == "unstorable"
