"""Rows that an older reader made are read again: the store says what today's reader says."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from archive import open_store
from archive.dataset.renewal import Row, renew_part
from archive.dataset.schema import SCHEMA_VERSION
from archive.dataset.succession import succeed
from archive.dataset.writer import sha256_of, write_articles
from archive.instant import now_utc
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.journal.snapshots import Replacement
from archive.snapshots import part_file
from archive.store import Store, open_for_writing
from crawler.newsroom.server import Newsroom
from tests.dataset.rows_back import article_of
from tests.dataset.small_parts import at_once
from tests.e2e.command import newsreel

FORGETTING: Final = (
    """UPDATE capture SET page_kind = 'section'
    WHERE id IN (SELECT capture_id FROM version WHERE article_id = ?)""",
    "DELETE FROM version WHERE article_id = ?",
    "UPDATE address SET article_id = NULL WHERE article_id = ?",
)
HEADLINE: Final = "What an older reader took for the headline"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl one site."""
    store = tmp_path_factory.mktemp("reextract") / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        proxy = newsroom.sites[0].base_url
        options = ("--proxy", proxy, "--delay", "0", "--store", store)
        assert newsreel("crawl", "http://lampwick.example/", *options).code == 0
    return store


@pytest.fixture
def store(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "store", symlinks=True))


def articles(store: Path) -> list[Row]:
    """Return every row but where it lies, which is what a reader of the dataset sees."""
    rows = open_store(store).articles.to_arrow().to_pylist()
    return sorted(rows, key=lambda row: (row["url"], row["version"]))


def read_by_another(store: Path, reader: Callable[[Row], bool]) -> None:
    """Let the rows that are chosen have another headline, as a reader of another day read it."""
    with open_for_writing(store, now=now_utc()) as opened:
        (part,) = (each for each in opened.journal.parts.all() if each.dataset == "articles")
        current = opened.journal.snapshots.current()
        name = f"part-older-{part.sha256[:8]}.parquet"
        staged = opened.layout.staged(name)

        def renew(rows: Sequence[Row]) -> list[Any]:
            older = [replace(article_of(row), headline=HEADLINE) for row in rows]
            return [each if reader(row) else None for row, each in zip(rows, older, strict=True)]

        file = part_file(opened.layout, current, part.path)
        renew_part(file, staged, renew, footer={"newsreel.run_id": part.run_id})
        put_in_place(opened, part, name)


def put_in_place(opened: Store, part: PublishedPart, name: str) -> None:
    """Publish a staged part instead of another."""
    staged = opened.layout.staged(name)
    told = replace(
        part,
        path=f"{part.path.rpartition('/')[0]}/{name}",
        size_bytes=staged.stat().st_size,
        sha256=sha256_of(staged),
        schema_version=SCHEMA_VERSION,
    )
    replacement = Replacement(part=told, replaced=(part.path,))
    succeed(opened.layout, opened.journal, [replacement], now=now_utc(), pause=at_once)


def digests(store: Path) -> dict[tuple[str, int], str]:
    """Return what the journal compares the next capture of each article with."""
    journal = Journal.read(store / "journal.db")
    try:
        rows = journal.query("SELECT article_id, version, version_digest FROM version")
    finally:
        journal.close()
    return {(row[0], row[1]): row[2] for row in rows}


def test_rows_of_todays_reader_stay_as_they_are(store: Path) -> None:
    before = articles(store)

    ended = newsreel("reextract", "--store", store, "--json")

    told = ended.json()
    assert (ended.code, told["rows"], told["changed"], told["new"]) == (0, len(before), 0, 0)
    assert told["snapshot"] is None
    assert articles(store) == before


def test_rows_of_another_reader_become_what_todays_reader_says(crawled: Path, store: Path) -> None:
    read_by_another(store, lambda row: row["url"] < articles(crawled)[3]["url"])

    ended = newsreel("reextract", "--store", store, "--json")

    told = ended.json()
    assert (ended.code, told["changed"]) == (0, 3)
    assert told["sites"]["lampwick-example"]["columns"] == {"headline": 3}
    assert articles(store) == articles(crawled)
    assert digests(store) == digests(crawled)
    assert newsreel("verify", "--store", store).code == 0


def test_the_dataset_as_it_was_can_still_be_read(store: Path) -> None:
    read_by_another(store, lambda _: True)

    told = newsreel("reextract", "--store", store, "--json").json()

    before = open_store(store, at=told["snapshot"] - 1).articles.to_arrow().to_pylist()
    assert {row["headline"] for row in before} == {HEADLINE}


def test_a_rehearsal_and_a_sample_write_nothing(store: Path) -> None:
    read_by_another(store, lambda _: True)
    before = {path: path.read_bytes() for path in store.rglob("*.parquet")}

    rehearsed = newsreel("reextract", "--store", store, "--dry-run", "--json").json()
    sampled = newsreel("reextract", "--store", store, "--sample", "2", "--json").json()

    assert (rehearsed["changed"], rehearsed["snapshot"]) == (rehearsed["rows"], None)
    assert sampled["sampled"] == len(sampled["changed"]) == 2
    assert {path: path.read_bytes() for path in store.rglob("*.parquet")} == before
    assert not (store / "rereading").exists()


def test_an_article_that_another_reader_took_for_none_gets_its_row(
    crawled: Path, store: Path
) -> None:
    lost = articles(crawled)[0]
    forget(store, lost)

    told = newsreel("reextract", "--store", store, "--json").json()

    assert (told["changed"], told["new"]) == (0, 1)
    assert articles(store) == articles(crawled)
    assert digests(store) == digests(crawled)


def forget(store: Path, lost: Row) -> None:
    """Leave a store as if a reader had taken an article for a section page."""
    with open_for_writing(store, now=now_utc()) as opened:
        (part,) = (each for each in opened.journal.parts.all() if each.dataset == "articles")
        name = "part-without.parquet"
        rest = [row for row in articles(store) if row["article_id"] != lost["article_id"]]
        kept = [article_of(row) for row in rest]
        write_articles(opened.layout.staged(name), kept, {"newsreel.run_id": part.run_id})
        put_in_place(opened, replace(part, rows=len(rest)), name)
        with opened.journal.transaction():
            for statement in FORGETTING:
                opened.journal.query(statement, (lost["article_id"],))
