"""A store answers questions by SQL, and cannot be changed or looked around by one."""

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archive import open_store
from archive.dataset.writer import Part
from archive.errors import ConfigError, CorruptArchiveError
from archive.layout import Layout

Put = Callable[..., Part]
Make = Callable[..., Any]

ARTICLE = ["article_id", "version", "article_url", "headline", "site_domain", "published_at"]
VIEWS = {
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
    "quotes": ["text", "speaker", "source"],
    "authors": ["name", "url", "role", "bio", "articles_published"],
    "links": ["url", "text", "internal"],
    "key_points": ["text"],
    "blocks": ["kind", "level", "text"],
}
ALL_VIEWS = [
    "articles",
    "articles_latest",
    "article_versions",
    "captures",
    "coverage",
    "daily_counts",
    "reprints",
    *VIEWS,
]


@pytest.fixture
def store(asked: Path, tmp_path: Path) -> Path:
    """Return a copy of the store, to be changed."""
    return Path(shutil.copytree(asked, tmp_path / "store"))


def answer(root: Path, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in open_store(root).sql(query).to_pylist()]


COUNTS = {
    "articles": 3,
    "articles_latest": 2,
    "captures": 2,
    "coverage": 1,
    "images": 6,
    "quotes": 3,
    "authors": 3,
    "links": 3,
    "key_points": 3,
    "blocks": 6,
    "article_versions": 3,
    "daily_counts": 1,
    "reprints": 0,
}


@pytest.mark.parametrize(("view", "rows"), COUNTS.items(), ids=COUNTS.keys())
def test_every_view_has_its_rows(asked: Path, view: str, rows: int) -> None:
    assert answer(asked, f"SELECT count(*) FROM {view}") == [(rows,)]


@pytest.mark.parametrize("view", [view for view in ALL_VIEWS if COUNTS.get(view) != 0])
def test_an_empty_store_has_the_same_columns_and_no_rows(
    layout: Layout, put: Put, record: Make, view: str
) -> None:
    empty = open_store(layout.root).sql(f"FROM {view}")
    for dataset in ("articles", "captures", "coverage"):
        put(dataset, [record(dataset)])

    full = open_store(layout.root).sql(f"FROM {view}")

    assert (empty.num_rows, full.num_rows > 0) == (0, True)
    assert empty.schema == full.schema


@pytest.mark.parametrize(("view", "fields"), VIEWS.items(), ids=VIEWS.keys())
def test_an_unnested_view_has_the_article_the_place_and_the_fields(
    asked: Path, view: str, fields: list[str]
) -> None:
    assert open_store(asked).sql(f"FROM {view}").column_names == [*ARTICLE, "position", *fields]


def test_nested_rows_keep_their_place_in_the_article(asked: Path) -> None:
    query = "SELECT position, url, credit FROM images WHERE version = 2 ORDER BY position"

    assert answer(asked, query) == [
        (1, "https://x.example/a.jpg", "Harbour Pictures"),
        (2, "https://x.example/b.jpg", None),
    ]


def test_the_latest_version_of_each_article_stands_for_it(asked: Path) -> None:
    query = "SELECT headline, version FROM articles_latest ORDER BY url"

    assert answer(asked, query) == [("Story 1, corrected", 2), ("Story 2", 1)]


def test_the_greatest_version_counts_in_whatever_order_parts_came(
    layout: Layout, put: Put, record: Make
) -> None:
    for part_id, version in (("a", 3), ("b", 1), ("c", 2)):
        put("articles", [record("articles", n, version=version) for n in (1, 2)], part_id=part_id)
    put("articles", [record("articles", 3, version=2)], part_id="d")

    query = "SELECT version, count(*) FROM articles_latest GROUP BY ALL ORDER BY ALL"

    assert answer(layout.root, query) == [(2, 1), (3, 2)]


def test_newest_versions_are_counted_rightly_beside_a_writer(
    layout: Layout, put: Put, record: Make
) -> None:
    articles, versions = 3, range(2, 12)
    put("articles", [record("articles", n) for n in range(articles)])

    def crawl() -> None:
        for version in versions:
            rows = [record("articles", n, version=version) for n in range(articles)]
            put("articles", rows, part_id=f"{version}", site="xy"[version % 2])

    crawling = threading.Thread(target=crawl)
    crawling.start()
    seen: list[tuple[Any, ...]] = []
    while crawling.is_alive() or not seen:
        seen += answer(layout.root, "SELECT count(*), min(version) FROM articles_latest")
    crawling.join()
    seen += answer(layout.root, "SELECT count(*), min(version) FROM articles_latest")

    assert {count for count, _ in seen} == {articles}
    assert [version for _, version in seen] == sorted(version for _, version in seen)
    assert seen[-1] == (articles, versions[-1])


def test_of_rows_without_a_version_the_last_one_fetched_stands_for_the_article(
    layout: Layout, put: Put, record: Make
) -> None:
    hours = [datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (9, 11, 10)]
    rows = [record("articles", version=None, fetch_time=hour) for hour in hours]
    put("articles", rows)

    query = "SELECT fetch_time FROM articles_latest"

    assert answer(layout.root, query) == [(hours[1],)]


def test_a_version_says_which_columns_changed_since_the_one_before(
    layout: Layout, put: Put, record: Make
) -> None:
    first = record("articles", word_count=7)
    second = record("articles", version=2, dek="Later.", images=(), word_count=9)
    put("articles", [first, second, record("articles", 2, version=1)])

    query = "SELECT version, changed, words_more FROM article_versions ORDER BY article_id, version"

    assert answer(layout.root, query) == [(1, [], None), (2, ["dek", "images"], 2), (1, [], None)]


def test_a_day_counts_new_articles_and_edits_apart(asked: Path) -> None:
    query = "SELECT day::VARCHAR, versions, new_articles, edits FROM daily_counts"

    assert answer(asked, query) == [("2026-06-01", 3, 2, 1)]


def test_the_same_words_elsewhere_are_a_reprint_of_the_earliest(
    layout: Layout, put: Put, record: Make
) -> None:
    same: dict[str, Any] = {"text_digest": "d", "word_count": 60}
    early = datetime(2026, 5, 1, tzinfo=UTC)
    put("articles", [record("articles", 1, **same), record("articles", 3, text_digest="d")])
    put("articles", [record("articles", 2, published_at=early, **same)], site="y")

    rows = answer(layout.root, "SELECT url, first_seen, articles FROM reprints ORDER BY url")

    assert rows == [
        ("https://x.example/story-1/", "https://x.example/story-2/", 2),
        ("https://x.example/story-2/", "https://x.example/story-2/", 2),
    ]


def test_site_and_month_are_text_though_they_look_like_numbers(asked: Path) -> None:
    query = "SELECT DISTINCT site, month FROM articles ORDER BY site"

    assert answer(asked, query) == [("2024", "2026-06"), ("x", "2026-06")]


def test_times_are_told_in_utc(asked: Path) -> None:
    query = "SELECT fetch_time, fetch_time::VARCHAR AS text FROM captures LIMIT 1"

    table = open_store(asked).sql(query)

    assert table.schema.field("fetch_time").type == pa.timestamp("us", tz="UTC")
    assert table.to_pylist() == [
        {"fetch_time": datetime(2026, 6, 1, 0, 1, tzinfo=UTC), "text": "2026-06-01 00:01:00+00"}
    ]


QUESTIONS = {
    "from_first": "FROM articles LIMIT 1",
    "with": "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
    "comment_and_semicolon": "-- how many?\nSELECT count(*) FROM captures;",
    "values": "VALUES (1)",
    "describe": "DESCRIBE articles",
    "summarize": "SUMMARIZE captures",
    "show": "SHOW TABLES",
    "explain": "EXPLAIN SELECT * FROM articles",
    "pivot": "PIVOT articles ON version USING count(*) GROUP BY site",
}


@pytest.mark.parametrize("query", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_is_answered(asked: Path, query: str) -> None:
    assert open_store(asked).sql(query).num_rows > 0


WRONG = {
    "nothing": ("", "0 statements"),
    "two": ("SELECT 1; SELECT 2", "2 statements"),
    "typo": ("SELEC 1", 'syntax error at or near "SELEC"'),
    "unknown_column": ("SELECT lede FROM articles", 'Referenced column "lede" not found'),
    "unknown_table": ("FROM stories", "Table with name stories does not exist"),
    "conversion": ("SELECT 'x'::INT", "Could not convert string 'x'"),
    "raised": ("SELECT error('no luck')", "no luck"),
}


@pytest.mark.parametrize(("query", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_question_is_answered_with_duckdbs_sentence(
    asked: Path, query: str, told: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        open_store(asked).sql(query)

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


# {part} is a part of the store, {new} a path beside it, {secret} a file of the store.
CHANGES = {
    "copy_new": "COPY captures TO '{new}'",
    "copy_over": "COPY (SELECT 1) TO '{part}' (USE_TMP_FILE false)",
    "copy_in_cte": "WITH x AS (COPY (SELECT 1) TO '{part}' (USE_TMP_FILE false)) FROM x",
    "copy_in_explain": "EXPLAIN ANALYZE COPY captures TO '{new}'",
    "copy_in_query": "FROM query('WITH x AS (COPY (SELECT 1) TO ''{new}'') FROM x')",
    "attach": "ATTACH '{new}'",
    "update_extensions": "UPDATE EXTENSIONS",
    "export": "EXPORT DATABASE '{new}'",
    "insert": "INSERT INTO articles VALUES (1)",
    "drop": "DROP VIEW articles",
    "create": "CREATE TABLE x AS FROM articles",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "set": "SET enable_external_access = true",
    "read_file": "FROM read_text('{secret}')",
    "read_part": "FROM '{part}'",
    "look_around": "FROM glob('/*')",
}


@pytest.mark.parametrize("ask", ["sql", "connect"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_no_statement_changes_a_store_or_reads_a_file(store: Path, change: str, ask: str) -> None:
    (store / "secret").write_text("secret", "utf-8")
    part = next((store / "captures").rglob("*.parquet"))
    before = fingerprint(store)
    query = change.format(part=part, new=part.with_name("new"), secret=store / "secret")

    if ask == "sql":
        with pytest.raises(ConfigError):
            open_store(store).sql(query)
    else:
        with open_store(store).connect() as connection:
            answered = outcome(connection, query)
        assert answered in {"refused", "in memory"}

    assert fingerprint(store) == before


def test_a_connection_goes_on_seeing_the_parts_it_began_with(
    layout: Layout, put: Put, record: Make
) -> None:
    put("captures", [record("captures", 1)], part_id="older")

    with open_store(layout.root).connect() as connection:
        put("captures", [record("captures", 3)], part_id="younger")
        (seen,) = connection.execute("SELECT count(*) FROM captures").fetchone() or (None,)

    assert seen == 1
    assert answer(layout.root, "SELECT count(*) FROM captures") == [(2,)]


def test_a_damaged_part_is_named_and_not_taken_for_a_wrong_question(store: Path) -> None:
    part = next((store / "captures").rglob("*.parquet"))
    column = pq.read_metadata(part).row_group(0).column(0)
    content = bytearray(part.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    part.write_bytes(content)

    with pytest.raises(CorruptArchiveError, match=part.name):
        open_store(store).sql("SELECT max(url_surtkey) FROM captures")


@pytest.mark.parametrize("age", [0, 1], ids=["youngest", "oldest"])
def test_a_part_that_is_cut_off_is_named(store: Path, age: int) -> None:
    parts = sorted((store / "articles").rglob("*.parquet"))
    for index, part in enumerate(parts):
        os.utime(part, (index, index))
    cut = parts[-1 - age]
    cut.write_bytes(cut.read_bytes()[:-1])
    os.utime(cut, (len(parts) - age, len(parts) - age))

    with pytest.raises(CorruptArchiveError, match=cut.name):
        open_store(store).sql("SELECT max(url) FROM articles")


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no store"):
        open_store(tmp_path / "nowhere").sql("SELECT 1")


def test_a_query_that_outgrows_memory_does_not_spill_where_it_was_asked(asked: Path) -> None:
    ((folder,),) = answer(asked, "SELECT current_setting('temp_directory')")

    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert not Path(folder).exists()


def test_a_connections_settings_are_locked(asked: Path) -> None:
    with open_store(asked).connect() as connection, pytest.raises(duckdb.Error, match="locked"):
        connection.execute("SET TimeZone = 'Asia/Tokyo'")


def fingerprint(store: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.rglob("*")
        if path.is_file()
    }


def outcome(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    try:
        connection.execute(query)
    except duckdb.Error:
        return "refused"
    return "in memory"
