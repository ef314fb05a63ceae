"""Rows that an older reader made are read again: the store says what today's reader says."""

from pathlib import Path

from archive import open_store
from tests.e2e.command import newsreel
from tests.reextract.older_rows import HEADLINE, articles, digests, forget, read_by_another


def test_rows_of_todays_reader_stay_as_they_are(store: Path) -> None:
    before = articles(store)

    ended = newsreel("reextract", "--store", store, "--json")

    told = ended.json()
    assert (ended.code, told["rows"], told["changed"], told["new"]) == (0, len(before), 0, 0)
    assert told["snapshot"] is None
    assert articles(store) == before


def test_rows_of_another_reader_become_todays_and_stay_to_be_read_as_they_were(
    crawled: Path, store: Path
) -> None:
    read_by_another(store, lambda row: row["url"] < articles(crawled)[3]["url"])

    ended = newsreel("reextract", "--store", store, "--json")

    told = ended.json()
    assert (ended.code, told["changed"]) == (0, 3)
    assert told["sites"]["lampwick-example"]["columns"] == {"headline": 3}
    assert articles(store) == articles(crawled)
    assert digests(store) == digests(crawled)
    assert newsreel("verify", "--store", store).code == 0
    before = open_store(store, at=told["snapshot"] - 1).articles.to_arrow().to_pylist()
    assert [row["headline"] for row in before].count(HEADLINE) == 3


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
