"""The search index says what the parts say, and follows them."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.dataset.compaction import compact
from archive.layout import Layout
from archive.search.finding import Wanted, find
from archive.search.index import SearchIndex, open_index
from archive.store import open_for_writing
from tests.dataset.small_parts import at_once
from tests.room.room_store import NOW, PAYLOADS, make_room_store
from tests.verify.small_store import change_journal


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Make the store of the room, shared by tests that do not change it."""
    return make_room_store(tmp_path_factory.mktemp("search") / "store")


def indexed(layout: Layout) -> SearchIndex:
    index = open_index(layout)
    index.refresh()
    return index


def copied(layout: Layout, folder: Path) -> Layout:
    """Return a copy of a store, for a test that changes it."""
    return Layout(shutil.copytree(layout.root, folder / "store", symlinks=True))


def headlines(index: SearchIndex, **wanted: Any) -> list[str]:
    with index.reading() as db:
        return [row["headline"] for row in find(db, Wanted(**wanted), limit=50).rows]


def tables(index: SearchIndex) -> dict[str, list[tuple[object, ...]]]:
    """Return everything that is counted or listed, without ids that order gives."""
    with index.reading() as db:
        found = {
            name: sorted(tuple(row) for row in db.execute(f"SELECT * FROM {name}"))
            for name in ("published", "filled", "lag", "fetched", "run_site", "fate", "seen")
        }
        found["article"] = sorted(
            tuple(row) for row in db.execute("SELECT article_id, version, headline FROM article")
        )
        found["ledger"] = sorted(
            tuple(row) for row in db.execute("SELECT url, fate, run_id FROM ledger")
        )
    return found


WANTED = {
    "a_word_of_the_text": {"words": "piano"},
    "whatever_its_case": {"words": "PIANO"},
    "a_phrase": {"words": '"borrowed piano"'},
    "a_beginning": {"words": "pian*"},
    "a_word_of_the_headline": {"words": "pushes"},
    "a_word_of_a_caption": {"words": "stage piano"},
    "an_author": {"words": "", "author": "ida marsh"},
    "a_credit": {"words": "", "credit": "Tallgrass"},
    "edited": {"words": "", "is_edited": True},
    "a_word_on_a_site": {"words": "piano", "site": "x-example"},
}


@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED.keys())
def test_an_article_is_found_by(layout: Layout, wanted: dict[str, Any]) -> None:
    assert headlines(indexed(layout), **wanted) == ["Halcyon Pushes Vesper to Spring"]


UNWANTED = {
    "a_word_that_was_edited_out": {"words": "moves"},
    "a_site_without_it": {"words": "piano", "site": "y-example"},
    "words_in_another_order": {"words": '"piano borrowed"'},
    "one_word_of_two_alone": {"words": "piano zeppelin"},
    "an_author_who_is_only_mentioned": {"words": "", "author": "piano"},
}


@pytest.mark.parametrize("wanted", UNWANTED.values(), ids=UNWANTED.keys())
def test_nothing_is_found_by(layout: Layout, wanted: dict[str, Any]) -> None:
    assert headlines(indexed(layout), **wanted) == []


@pytest.mark.parametrize(
    "words", ['"', '"" -', "NOT", "a AND", "word:", "*", "^", "(", "\0", "\ud800", *PAYLOADS]
)
def test_whatever_is_typed_is_only_words(layout: Layout, words: str) -> None:
    headlines(indexed(layout), words=words)


def test_the_newest_come_first_and_pages_follow_each_other(layout: Layout) -> None:
    index = indexed(layout)
    seen: list[str] = []
    before = None
    with index.reading() as db:
        while True:
            page = find(db, Wanted(before=before), limit=5)
            seen += [row["headline"] for row in page.rows]
            before = page.following
            if before is None:
                break

    assert seen[:2] == ["Halcyon Pushes Vesper to Spring", "Harrow Lane Ends"]
    assert len(seen) == len(set(seen)) == page.count == len(PAYLOADS) + 2


def test_days_bound_what_is_found(layout: Layout) -> None:
    day = NOW.date().replace(day=16)

    assert headlines(indexed(layout), since=day, until=day) == ["Harrow Lane Ends"]


def test_an_edit_is_counted_and_the_headline_before_is_kept(layout: Layout) -> None:
    with indexed(layout).reading() as db:
        (row,) = db.execute("SELECT before, after, version FROM retitled")
        counted = db.execute("SELECT sum(articles), sum(edits) FROM published").fetchone()

    assert tuple(row) == ("Halcyon Moves Vesper to Spring", "Halcyon Pushes Vesper to Spring", 2)
    assert tuple(counted) == (len(PAYLOADS) + 2, 1)


def test_the_ledger_holds_each_address_once_with_the_newest_word(layout: Layout) -> None:
    with indexed(layout).reading() as db:
        fates = dict(db.execute("SELECT url, fate FROM ledger").fetchall())
        seen = db.execute("SELECT sum(addresses) FROM seen").fetchone()[0]

    assert fates["https://x.example/gone"] == "gone"
    assert fates["https://x.example/blocked"] == "blocked"
    assert len(fates) == seen


def test_a_second_look_takes_nothing_twice(layout: Layout) -> None:
    index = indexed(layout)
    before = tables(index)

    index.refresh()

    assert tables(index) == before
    assert index.is_current()


def test_it_follows_a_compaction_and_a_new_index_says_the_same(
    layout: Layout, tmp_path: Path
) -> None:
    layout = copied(layout, tmp_path)
    index = indexed(layout)
    before = tables(index)
    with open_for_writing(layout.root, now=NOW) as store:
        compact(store, pause=at_once, now=NOW, is_open_too=True)
    assert not index.is_current()

    index.refresh()
    followed = tables(index)
    layout.search.unlink()
    anew = tables(indexed(layout))

    assert followed == before == anew


def test_a_part_that_goes_makes_all_of_it_anew(layout: Layout, tmp_path: Path) -> None:
    layout = copied(layout, tmp_path)
    index = indexed(layout)
    change_journal(
        layout.root,
        "DELETE FROM part WHERE dataset = 'articles' AND run_id = "
        "(SELECT max(run_id) FROM part WHERE dataset = 'articles')",
    )

    index.refresh()

    assert headlines(index, words="moves") == ["Halcyon Moves Vesper to Spring"]
    assert headlines(index, words="pushes") == []


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_an_index_that_is_damaged_is_made_anew(
    layout: Layout, tmp_path: Path, damage: bytes
) -> None:
    layout = copied(layout, tmp_path)
    layout.index.mkdir(exist_ok=True)
    layout.search.write_bytes(damage)

    assert headlines(indexed(layout), words="piano") == ["Halcyon Pushes Vesper to Spring"]


def test_a_store_that_takes_no_index_has_one_elsewhere(layout: Layout, tmp_path: Path) -> None:
    layout = copied(layout, tmp_path)
    shutil.rmtree(layout.index, ignore_errors=True)
    layout.index.write_text("in the way")

    index = indexed(layout)

    assert headlines(index, words="piano") == ["Halcyon Pushes Vesper to Spring"]
    assert not index.path.is_relative_to(layout.root)


def test_who_reads_while_all_is_made_anew_finds_what_was_there(
    layout: Layout, tmp_path: Path
) -> None:
    layout = copied(layout, tmp_path)
    index = indexed(layout)
    change_journal(layout.root, "DELETE FROM part WHERE dataset = 'coverage'")
    seen: list[list[str]] = []

    index.refresh(lambda _done, _all: seen.append(headlines(index, words="piano")))

    assert seen
    assert {tuple(each) for each in seen} == {("Halcyon Pushes Vesper to Spring",)}
    assert index.is_current()
