"""A store is told again from its WARCs alone: the same rows in all three datasets, and sound."""

import gzip
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from archive import open_store
from archive.durable import held
from archive.errors import NoStoreError, StoreInUseError
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.verify.store import verify
from archive.warc.reader import walk
from crawler.commands.repair import repair_store
from crawler.newsroom.server import Newsroom
from crawler.reextract.finds import pages_without_row
from tests.e2e.command import Ended, newsreel
from tests.e2e.losses import (
    Rows,
    lose_all,
    lose_journal,
    lose_parquet,
    repair,
    rows_of,
    spoil_journal,
    spoil_part,
)
from tests.forget.taken_down import forget
from tests.verify.small_store import make_store
from tests.verify.test_warcs import DAMAGES, Case

# Whose bytes are nowhere else: bodies and requests that are gone or are not what was received.
LOSES: Final = {
    *("payload_bit_flip", "gzip_bit_flip", "body_decoded", "chunks_removed", "empty_file"),
    *("request_missing", "file_gone", "record_id_is_no_uuid", "unknown_type", "payload_rewritten"),
    *("request_for_nobody", "request_of_another_time"),
}
SITE: Final = "http://hearthside.example/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A store of two crawls with edits between them, and the newsroom that it is of."""

    newsroom: Newsroom
    store: Path
    rows: Rows


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    store = tmp_path_factory.mktemp("repair") / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        assert crawl(newsroom, store, "--max-pages", "6").code == 0
        newsroom.edit(8)
        assert crawl(newsroom, store).code == 0
        yield Crawled(newsroom=newsroom, store=store, rows=rows_of(store))


@pytest.fixture
def store(crawled: Crawled, tmp_path: Path) -> Path:
    """Return a copy of the store, to be damaged."""
    return Path(shutil.copytree(crawled.store, tmp_path / "store", symlinks=True))


def crawl(newsroom: Newsroom, store: Path, *more: str) -> Ended:
    """Crawl the site into a store."""
    proxy = newsroom.sites[0].base_url
    return newsreel("crawl", SITE, "--proxy", proxy, "--delay", "0", "--store", store, *more)


LOSSES: dict[str, Callable[[Path], None]] = {
    "journal_index_and_parquet": lose_all,
    "parquet": lose_parquet,
    "a_part_that_is_damaged": spoil_part,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_what_is_lost_is_told_again_from_the_warcs(
    crawled: Crawled,
    store: Path,
    capsys: pytest.CaptureFixture[str],
    lose: Callable[[Path], None],
) -> None:
    lose(store)

    code, answer = repair(store, capsys)

    assert code == 0, answer
    assert rows_of(store) == crawled.rows
    assert verify(store).is_sound
    assert Layout(store).merged_index.is_file()


def test_what_was_withdrawn_does_not_come_back(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row, *_ = (r for r in open_store(store).articles.to_arrow().to_pylist() if r["version"] == 2)
    forget(store, row["url"])
    withdrawn = rows_of(store)
    lose_all(store)

    code, answer = repair(store, capsys)

    assert code == 0, answer
    assert rows_of(store) == withdrawn
    assert row["article_id"] not in "".join(withdrawn["articles"])
    with closing(Journal.read(store / "journal.db")) as journal:
        address = journal.addresses.find(row["url"])
        left = [each for found in pages_without_row(journal).values() for each in found]
    assert address is not None
    assert address.id not in {each.address_id for each in left}  # `reextract` does not, either


@pytest.mark.soak
def test_a_store_without_a_row_is_told_again_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = ("--allow-network", "127.0.0.0/8", "--delay", "0", "--store", tmp_path)
    assert newsreel("crawl", "http://127.0.0.1:1/", *nobody).code == 3
    rows = rows_of(tmp_path)
    lose_journal(tmp_path)

    code, answer = repair(tmp_path, capsys)

    assert code == 0, answer
    assert rows_of(tmp_path) == rows
    assert not rows["articles"]
    assert verify(tmp_path).is_sound


def test_the_rows_have_what_only_a_crawl_knows(crawled: Crawled) -> None:
    articles = open_store(crawled.store).articles.to_arrow().to_pylist()
    fates = open_store(crawled.store).sql("SELECT DISTINCT fate, reason FROM coverage").to_pylist()

    assert {row["version"] for row in articles} == {1, 2}
    assert all(row["first_seen_at"] for row in articles)
    assert any(row["advertised_at"] for row in articles)
    assert {"fate": "refused", "reason": "max_pages"} in fates
    assert {"fate": "unchanged", "reason": None} in fates


def test_a_crawl_after_the_repair_asks_conditionally_and_adds_no_row(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_journal(store)
    repair(store, capsys)
    before = len(crawled.newsroom.requests)

    ended = crawl(crawled.newsroom, store)

    pages = [r for r in crawled.newsroom.requests[before:] if r.path.count("/") > 1]
    assert ended.code == 0
    assert pages
    assert all("if-none-match" in map(str.lower, dict(r.headers)) for r in pages)
    assert len(rows_of(store)["articles"]) == len(crawled.rows["articles"])


def test_a_journal_that_cannot_be_opened_is_told_again_and_kept_aside_with_the_parts(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_journal(store)
    parts = {path.name: path.read_bytes() for path in (store / "articles").rglob("*.parquet")}

    _, answer = repair(store, capsys)

    aside = Path(answer["replaced"])
    assert rows_of(store) == crawled.rows
    assert (aside / "journal.db").read_bytes().startswith(b"no journal")
    kept = (aside / "snapshots").glob("*/articles/**/*.parquet")
    assert {path.name: path.read_bytes() for path in kept} == parts


def test_a_torn_warc_is_cut_back_and_what_is_lost_is_asked_for_again(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = max((store / "warc").iterdir())
    data = newest.read_bytes()
    ends = [location.offset + location.length for location, _ in walk(newest)]
    newest.write_bytes(data[: ends[len(ends) // 2] + 9])
    lost = asked(store)

    code, answer = repair(store, capsys)
    left = asked(store)
    ended = crawl(crawled.newsroom, store)

    (tail,) = (path for path in (store / "quarantine" / "tails").iterdir() if ".tail-" in path.name)
    assert code == 3
    assert newest.read_bytes() == data[: ends[len(ends) // 2]]
    assert tail.read_bytes() == data[ends[len(ends) // 2] :][:9]
    assert {each["url"] for each in answer["lost"]} == {url for url, _ in lost - left} != set()
    assert ended.code == 0
    assert {url for url, _ in asked(store)} == {url for url, _ in lost}
    assert verify(store).is_sound


def test_how_a_run_ended_is_told_by_the_journal_when_its_warc_lost_that(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = min((store / "warc").iterdir())
    first.write_bytes(first.read_bytes()[:-1])

    code, answer = repair(store, capsys)

    assert code == 0, answer
    assert rows_of(store) == crawled.rows


def asked(store: Path) -> set[tuple[str, str]]:
    """Return address and record of every capture."""
    rows = open_store(store).captures.to_arrow().to_pylist()
    return {(row["url"], row["warc_record_id"]) for row in rows}


def test_an_index_that_is_lost_is_made_again_and_nothing_else(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = Layout(store).merged_index.read_bytes()
    shutil.rmtree(store / "index")

    code, answer = repair(store, capsys)

    assert (code, answer["did"], answer["replaced"]) == (0, ["make the indexes"], None)
    assert Layout(store).merged_index.read_bytes() == index


def test_a_sound_store_is_left_as_it_is(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = repair(store, capsys)

    assert (code, answer["sentence"]) == (0, "Sound: nothing to repair.")


def test_a_rehearsal_says_what_it_would_do_and_writes_nothing(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_all(store)
    before = sorted(path for path in store.rglob("*") if path.name != "lock")

    code, answer = repair(store, capsys, is_rehearsal=True)

    assert code == 0
    assert "tell journal and datasets again from 2 WARCs" in answer["sentence"]
    assert sorted(path for path in store.rglob("*") if path.name != "lock") == before


def test_beside_a_crawl_nothing_is_repaired(store: Path) -> None:
    with held(store / "lock"), pytest.raises(StoreInUseError) as refusal:
        repair_store(store, is_rehearsal=False, as_json=True)

    assert refusal.value.exit_code == 75


def test_where_no_store_is_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(NoStoreError):
        repair_store(tmp_path / "nowhere", is_rehearsal=False, as_json=True)

    assert not (tmp_path / "nowhere").exists()


def test_a_folder_of_somebody_elses_is_not_repaired(tmp_path: Path) -> None:
    thesis, music = tmp_path / "staging" / "thesis.txt", tmp_path / "warc" / "warcraft.mp3"
    for path in (thesis, music):
        path.parent.mkdir()
        path.write_text("three years of work")

    with pytest.raises(NoStoreError):
        repair_store(tmp_path, is_rehearsal=False, as_json=True)

    left = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {thesis, music}


def spoil_an_answer(store: Path) -> tuple[Path, str]:
    """Flip a bit in the middle of the WARC, in an article's answer; return file and address."""
    row = min(open_store(store).articles.to_arrow().to_pylist(), key=lambda row: str(row["url"]))
    path = store / "warc" / row["warc_filename"]
    data = bytearray(path.read_bytes())
    data[row["warc_record_offset"] + row["warc_record_length"] // 2] ^= 0x40
    path.write_bytes(data)
    return path, row["url"]


def test_a_warc_damaged_in_its_middle_goes_on_without_what_is_lost_and_is_sound_from_then_on(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, url = spoil_an_answer(store)
    damaged, known = path.read_bytes(), asked(store)

    code, answer = repair(store, capsys)
    left, again = asked(store), repair(store, capsys)
    ended = crawl(crawled.newsroom, store)

    assert code == 3
    assert answer["after"]["counts"] == {}
    assert {each["url"] for each in answer["lost"]} == {lost for lost, _ in known - left} == {url}
    assert [Path(each).read_bytes() for each in answer["set_aside"]] == [damaged]
    assert again[1]["sentence"] == "Sound: nothing to repair."
    assert ended.code == 0
    assert url in {found for found, _ in asked(store) - left}
    assert verify(store).is_sound


def test_a_file_gzipped_as_a_whole_is_taken_apart_again_and_nothing_is_lost(
    crawled: Crawled, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = max((store / "warc").iterdir())
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))

    code, answer = repair(store, capsys)

    assert code == 0, answer
    assert asked(store) == {
        (row["url"], row["warc_record_id"])
        for row in open_store(crawled.store).captures.to_arrow().to_pylist()
    }
    assert verify(store).is_sound


def test_an_index_that_lists_something_else_is_made_again(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = Layout(store).merged_index
    lines = index.read_bytes()
    index.write_bytes(lines[: len(lines) // 2])

    code, answer = repair(store, capsys)

    assert (code, answer["did"], answer["replaced"]) == (0, ["make the indexes again"], None)
    assert index.read_bytes() == lines


@pytest.mark.soak
@pytest.mark.parametrize(("name", "case"), DAMAGES.items(), ids=DAMAGES.keys())
def test_after_any_damage_and_a_repair_a_store_is_sound(
    name: str, case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_store(tmp_path)
    case.damage(tmp_path)

    code, answer = repair(tmp_path, capsys)
    again = repair(tmp_path, capsys)

    loses = name in LOSES
    assert code == (3 if loses else 0), answer["could_not"]
    assert bool(answer["could_not"]) == loses
    assert again[1]["sentence"] == "Sound: nothing to repair."
