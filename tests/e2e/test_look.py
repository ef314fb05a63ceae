"""A store is looked at from all sides, beside the crawl that wrote it: every way says the same."""

import csv
import io
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import duckdb
import pandas as pd
import polars as pl
import pytest

from archive import open_store
from archive.columns import plain
from crawler.newsroom.server import Newsroom
from tests.e2e.command import Ended, finish, newsreel, newsreel_bytes, start
from tests.e2e.history import Crawled, crawl
from tests.e2e.warc_blocks import read_store

LISTINGS: Final = {"/", "/robots.txt", "/feed/"}


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        yield newsroom


@pytest.fixture(scope="module")
def crawled(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return crawl(newsroom, tmp_path_factory.mktemp("look"), "crawled")


@pytest.fixture(scope="module")
def story(crawled: Crawled) -> dict[str, object]:
    """Return the row of one story that has a dek, key points and a credited picture."""
    full = (row for row in crawled.articles if row["dek"] and row["key_points"] and row["images"])
    return min(full, key=lambda row: str(row["url"]))


def ask(newsroom: Newsroom, request: bytes, answer_bytes: int) -> bytes:
    """Return the first bytes of what the newsroom answers to a request, off the socket."""
    place = urlsplit(newsroom.sites[0].base_url)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10) as line:
        line.sendall(request)
        answer = b""
        while len(answer) < answer_bytes and (more := line.recv(65536)):
            answer += more
    return answer


def test_show_raw_is_what_the_site_sent(
    newsroom: Newsroom, crawled: Crawled, story: dict[str, object]
) -> None:
    records = [record for record in read_store(crawled.store) if record.url == story["url"]]
    (request,) = (record.block for record in records if record.type == "request")

    raw = newsreel_bytes("show", str(story["url"]), "--raw", "--store", crawled.store)

    assert ask(newsroom, request, len(raw)) == raw


def test_show_headers_is_the_first_part_of_it(crawled: Crawled, story: dict[str, object]) -> None:
    where = (str(story["warc_record_id"]), "--store", crawled.store)

    head = newsreel_bytes("show", *where, "--headers")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert head.endswith(b"\r\n\r\n")
    assert newsreel_bytes("show", *where, "--raw").startswith(head)


def test_show_finds_an_article_by_its_id(crawled: Crawled, story: dict[str, object]) -> None:
    shown = newsreel("show", str(story["article_id"]), "--json", "--store", crawled.store)

    answer = shown.json()
    assert shown.code == 0
    assert {key: answer[key] for key in ("url", "headline", "version")} == {
        key: story[key] for key in ("url", "headline", "version")
    }


def test_show_prints_an_article_as_a_reader_saw_it(
    crawled: Crawled, story: dict[str, object]
) -> None:
    shown = newsreel("show", str(story["url"]), "--store", crawled.store).out

    expected = crawled.expected[str(story["url"])]
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[0] == expected.headline
    assert lines[1] == expected.dek
    assert {f"• {point}" for point in expected.key_points} <= set(lines)
    assert {block.text for block in expected.blocks} <= set(lines)
    assert {image.url for image in expected.images} <= set(lines)


def test_show_knows_what_is_no_article(crawled: Crawled) -> None:
    shown = newsreel("show", "http://lampwick.example/robots.txt", "--store", crawled.store)

    assert shown.code == 0
    assert shown.out.startswith("200 http://lampwick.example/robots.txt\n")


@pytest.fixture(scope="module")
def answers(crawled: Crawled) -> dict[str, Ended]:
    """Ask one question in all the forms there are."""
    query = "select headline, word_count from articles where word_count > 0 order by url limit 5"
    return {
        form: newsreel("sql", query, "--format", form, "--store", crawled.store)
        for form in ("table", "csv", "json")
    }


def test_sql_answers_the_same_in_every_form(crawled: Crawled, answers: dict[str, Ended]) -> None:
    rows = sorted(crawled.articles, key=lambda row: str(row["url"]))[:5]
    said = [(row["headline"], row["word_count"]) for row in rows]

    head, *body = csv.reader(io.StringIO(answers["csv"].out))
    assert head == ["headline", "word_count"]
    assert [(headline, int(count)) for headline, count in body] == said
    assert [tuple(row.values()) for row in answers["json"].json()] == said
    for headline, count in said:
        assert re.search(rf"{re.escape(headline)} +{count}", answers["table"].out)


def test_status_says_the_sentence_of_the_crawl(crawled: Crawled) -> None:
    (sentence,) = re.findall(r"\d+ of \d+ advertised.*", crawled.command.out)

    status = newsreel("status", "--store", crawled.store)

    assert status.code == 0
    assert status.out.startswith(sentence)


def test_status_counts_what_the_dataset_holds(crawled: Crawled) -> None:
    answer = newsreel("status", "--json", "--store", crawled.store).json()

    assert answer["rows"] == len(crawled.articles)
    assert answer["last_outcome"] == "finished"
    assert answer["warc_bytes"] == sum(f.stat().st_size for f in (crawled.store / "warc").iterdir())
    assert sum(site["archived"] for site in answer["sites"]) == len(crawled.articles)


def test_extract_reads_the_same_articles_out_of_the_warc(crawled: Crawled) -> None:
    (warc,) = (crawled.store / "warc").iterdir()

    extracted = newsreel("extract", warc, "--jsonl")

    assert extracted.code == 0
    read = {row["warc_record_id"]: row for row in map(json.loads, extracted.out.splitlines())}
    assert set(read) == {row["warc_record_id"] for row in crawled.articles}
    names = (
        "url",
        "headline",
        "dek",
        "key_points",
        "blocks",
        "images",
        "authors",
        "quotes",
        "tags",
    )
    places = ("warc_filename", "warc_record_offset", "warc_record_length", "content_digest")
    for row in crawled.articles:
        again = read[row["warc_record_id"]]
        for name in (*names, *places):
            assert again[name] == plain(row[name]), f"{name} of {row['url']}"


def test_probe_explains_one_page_and_keeps_nothing(
    newsroom: Newsroom, crawled: Crawled, story: dict[str, object]
) -> None:
    before = sorted(crawled.store.rglob("*"))

    probed = newsreel("probe", str(story["url"]), "--proxy", newsroom.sites[0].base_url)

    assert probed.code == 0
    assert re.search(rf"headline +✓ {re.escape(str(story['headline']))}", probed.out)
    assert "/robots.txt" in probed.out
    assert "Nothing was stored." in probed.out
    assert sorted(crawled.store.rglob("*")) == before


def test_probe_of_what_is_no_article_needs_a_look(newsroom: Newsroom) -> None:
    url = "http://hearthside.example/bastien-morrow-tate-goat-farm-8400613"

    probed = newsreel("probe", url, "--proxy", newsroom.sites[0].base_url, "--json")

    assert probed.code == 3
    assert probed.json()["article"] is None
    assert probed.json()["steps"][-1]["fate"] == "gone"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each reader finds, given nothing but the path."""

    with_duckdb: int
    with_pandas: int
    with_polars: int


def count(store: Path) -> Counts:
    """Count the articles of a store with each reader."""
    folder = store / "articles"
    with duckdb.connect() as connection:
        parts = connection.sql(f"select count(*) from '{folder}/**/*.parquet'")
        ((found,),) = parts.fetchall()
    return Counts(
        found,
        len(pd.read_parquet(folder)),
        pl.scan_parquet(folder).select(pl.len()).collect().item(),
    )


def test_plain_readers_count_the_same_before_during_and_after_a_crawl(
    newsroom: Newsroom, crawled: Crawled
) -> None:
    store, rows = crawled.store.parent / "store", len(crawled.articles)
    newsroom.publish(2)
    hosts = (f"http://{site.host}/" for site in newsroom.sites)
    options = ("--proxy", newsroom.sites[0].base_url, "--delay", "0.1", "--store", store)

    before, during = count(store), []
    crawling = start("crawl", *hosts, *options, "--quiet")
    while not crawling.has_ended():
        during.append(count(store))
    after, ended = count(store), finish(crawling)

    assert before == Counts(rows, rows, rows)
    assert after == Counts(rows + 6, rows + 6, rows + 6)
    assert during
    for counts in during:  # a reader that comes a moment later may see more, and never less
        assert rows <= counts.with_duckdb <= counts.with_pandas <= counts.with_polars <= rows + 6
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_crawl_answers_in_json_what_its_run_keeps_and_asks_for_no_more_than_it_may(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    before, proxy = len(newsroom.requests), newsroom.sites[0].base_url
    options = ("--proxy", proxy, "--delay", "0", "--store", tmp_path)

    ended = newsreel("crawl", "http://lampwick.example/", *options, "--max-pages", "3", "--json")

    summary = ended.json()
    kept = (tmp_path / "runs" / summary["run_id"] / "summary.json").read_text("utf-8")
    assert json.loads(kept) == summary
    asked = [each.path for each in newsroom.requests[before:]]
    assert summary["requests"] == len(asked)
    pages = [path for path in asked if path not in LISTINGS and "sitemap" not in path]
    assert len(pages) == 3
    reader = open_store(tmp_path)
    assert summary["new_rows"] == summary["rows"] == reader.articles.to_arrow().num_rows
    reasons = [row["reason"] for row in reader.coverage.to_arrow().to_pylist()]
    assert reasons.count("max_pages") > 0
