"""Opening a store: what a crash left is put right, what was committed is never touched."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.dataset.writer import write_part
from archive.errors import ConfigError, LossError, StoreFormatError, StoreInUseError
from archive.journal.journal import Journal
from archive.journal.parts import PublishedPart
from archive.layout import Layout
from archive.store import Healing, Store, find_warc, open_for_writing
from archive.warc.reader import walk
from tests.archive.store_samples import (
    FIRST_WARC,
    NOON,
    RUN,
    Clock,
    begin,
    page,
    recording,
    series,
    story,
)

TAIL = b"half a record, and what the disk had there before\0\0"


@pytest.fixture
def layout(root: Path) -> Layout:
    """Return a store that one run wrote a page into, and that was then left."""
    with recording(root) as desk:
        (address,) = desk.advertise("https://x.example/1")
        desk.recorder.keep(page(1), address.id).result(10)
    return Layout(root)


def heal(layout: Layout) -> Healing:
    with open_for_writing(layout.root, now=NOON) as store:
        return store.healing


def open_warc(layout: Layout) -> Path:
    return layout.warcs / f"{FIRST_WARC}.open"


def test_a_new_store_has_its_folders_and_says_what_it_is(root: Path) -> None:
    with open_for_writing(root, now=NOON) as store:
        assert store.healing == Healing()

    assert {path.name for path in root.iterdir()} == {
        "README.md",
        "articles",
        "captures",
        "coverage",
        "journal.db",
        "lock",
        "schema.json",
        "snapshots",
        "staging",
        "views.sql",
        "warc",
    }
    assert "Newsreel store" in (root / "README.md").read_text()


@pytest.mark.parametrize("name", ["staging", "runs", "articles"])
def test_a_folder_of_somebody_elses_is_no_place_for_a_new_store(root: Path, name: str) -> None:
    thesis = root / name / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("three years of work")

    with pytest.raises(ConfigError) as caught:
        heal(Layout(root))

    assert str(caught.value) == (
        f"{root} is not a store, and holds {name}, which a store would write over; "
        "give another --store"
    )
    assert thesis.read_text() == "three years of work"
    assert [path.name for path in root.iterdir()] == [name]


def test_a_file_of_somebody_elses_is_not_written_over_by_a_new_store(root: Path) -> None:
    root.mkdir(exist_ok=True)
    (root / "schema.json").write_text("{}")

    with pytest.raises(ConfigError, match=r"holds schema\.json"):
        heal(Layout(root))

    assert (root / "schema.json").read_text() == "{}"


@pytest.mark.parametrize("name", [path.name for path in Layout(Path("store")).own_folders])
def test_a_file_in_the_place_of_a_folder_is_named_and_kept(layout: Layout, name: str) -> None:
    folder = layout.root / name
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.write_text("not what you take it for")

    with pytest.raises(ConfigError, match=f"{name} is in the way"):
        heal(layout)

    assert folder.read_text() == "not what you take it for"


def test_a_folder_that_no_store_would_touch_may_hold_other_things(root: Path) -> None:
    root.mkdir(exist_ok=True)
    (root / "thesis.txt").write_text("three years of work")

    heal(Layout(root))

    assert (root / "thesis.txt").read_text() == "three years of work"


def test_an_empty_store_that_lost_its_journal_is_made_anew(root: Path) -> None:
    heal(Layout(root))
    Layout(root).journal.unlink()

    assert heal(Layout(root)) == Healing()


def test_a_store_that_was_left_in_order_needs_no_healing(layout: Layout) -> None:
    before = open_warc(layout).read_bytes()

    assert heal(layout) == Healing()
    assert open_warc(layout).read_bytes() == before


def test_an_operators_own_readme_is_kept(layout: Layout) -> None:
    (layout.root / "README.md").write_text("ours")

    heal(layout)

    assert (layout.root / "README.md").read_text() == "ours"


@pytest.mark.parametrize("is_sealed", [False, True], ids=["growing", "sealed"])
def test_a_longer_warc_is_cut_and_its_tail_kept_byte_for_byte(
    layout: Layout, *, is_sealed: bool
) -> None:
    path = open_warc(layout)
    before = path.read_bytes()
    if is_sealed:
        path = path.rename(layout.warc(FIRST_WARC))
    with path.open("ab") as file:
        file.write(TAIL)

    (tail,) = heal(layout).tails

    assert path.read_bytes() == before
    assert tail.read_bytes() == TAIL
    assert tail.relative_to(layout.root).as_posix() == (
        f"quarantine/tails/{FIRST_WARC}.tail-{len(before)}.1"
    )


def test_a_second_crash_at_the_same_place_keeps_both_tails(layout: Layout) -> None:
    tails: list[Path] = []
    for crash in (b"first", b"second"):
        with open_warc(layout).open("ab") as file:
            file.write(crash)
        tails += heal(layout).tails

    assert [tail.read_bytes() for tail in tails] == [b"first", b"second"]


def test_a_warc_that_no_transaction_named_goes_whole(layout: Layout) -> None:
    stray = layout.warcs / "newsreel-other-00001.warc.gz.open"
    stray.write_bytes(TAIL)

    (tail,) = heal(layout).tails

    assert not stray.exists()
    assert tail.name == "newsreel-other-00001.warc.gz.tail-0.1"
    assert tail.read_bytes() == TAIL


def test_a_warc_that_was_opened_and_never_written_is_gone(layout: Layout) -> None:
    stray = layout.warcs / "newsreel-other-00001.warc.gz.open"
    stray.touch()

    assert heal(layout) == Healing()
    assert not stray.exists()


def test_a_folder_among_the_warcs_is_none_of_ours(layout: Layout) -> None:
    (layout.warcs / "lost+found").mkdir()

    assert heal(layout) == Healing()
    assert (layout.warcs / "lost+found").is_dir()


def cut_short(layout: Layout) -> None:
    with open_warc(layout).open("r+b") as file:
        file.truncate(open_warc(layout).stat().st_size - 1)


def emptied(layout: Layout) -> None:
    open_warc(layout).write_bytes(b"")


def removed(layout: Layout) -> None:
    open_warc(layout).unlink()


def renamed(layout: Layout) -> None:
    open_warc(layout).rename(layout.warcs / "backup.warc.gz")


LOSSES = {
    "one_byte_short": (cut_short, "committed: real loss"),
    "emptied": (emptied, "committed: real loss"),
    "missing": (removed, f"{FIRST_WARC} is missing: the store lacks 1 committed WARC file;"),
    "renamed": (renamed, f"{FIRST_WARC} is missing"),
}


@pytest.mark.parametrize(("lose", "says"), LOSSES.values(), ids=LOSSES.keys())
def test_bytes_that_were_committed_and_are_gone_are_a_loss(
    layout: Layout, lose: Callable[[Layout], None], says: str
) -> None:
    lose(layout)

    with pytest.raises(LossError, match=says):
        heal(layout)
    with pytest.raises(LossError, match=says):
        heal(layout)


def test_a_store_without_its_journal_is_refused_and_nothing_is_cleared_away(
    layout: Layout,
) -> None:
    article = layout.partition("articles", "x", NOON) / "part-1.parquet"
    article.parent.mkdir(parents=True)
    article.write_bytes(b"rows")
    for path in layout.root.glob("journal.db*"):
        path.unlink()

    with pytest.raises(LossError, match="knows of no run, yet here is what runs wrote, 2 files"):
        heal(layout)

    assert article.read_bytes() == b"rows"
    assert len(list(walk(open_warc(layout)))) == 4


def test_a_rename_that_was_done_and_not_noted_is_noted(layout: Layout) -> None:
    open_warc(layout).rename(layout.warc(FIRST_WARC))

    with open_for_writing(layout.root, now=NOON) as store:
        assert store.healing == Healing(sealed=(FIRST_WARC,))
        assert [file.is_sealed for file in store.journal.runs.warcs()] == [True]
        assert layout.cdxj(FIRST_WARC).is_file()

    assert heal(layout) == Healing()


def part_of(layout: Layout, part_id: str) -> PublishedPart:
    part = write_part(
        layout,
        "articles",
        site="x",
        month=NOON,
        part_id=part_id,
        records=[story(1)],
        footer={},
    )
    return PublishedPart(
        dataset=part.dataset,
        path=part.path,
        rows=part.rows,
        size_bytes=part.bytes,
        sha256=part.sha256,
        schema_version=part.schema_version,
        run_id=RUN,
    )


def test_parts_that_no_transaction_named_are_removed_and_the_others_stay(layout: Layout) -> None:
    with open_for_writing(layout.root, now=NOON) as store, store.journal.transaction():
        named = part_of(layout, "named")
        store.journal.parts.add(named, at=NOON)
        unnamed = part_of(layout, "unnamed")

    healing = heal(layout)

    assert healing == Healing(parts=(layout.root / unnamed.path,))
    assert [path.name for path in layout.dataset("articles").rglob("*.parquet")] == [
        "part-named.parquet"
    ]


def test_staging_is_swept(layout: Layout) -> None:
    (layout.staging / "articles-part-1.parquet").write_bytes(b"half")
    (layout.staging / "folder").mkdir()

    heal(layout)

    assert list(layout.staging.iterdir()) == []


def test_healing_twice_changes_nothing_more(layout: Layout) -> None:
    with open_warc(layout).open("ab") as file:
        file.write(TAIL)
    heal(layout)
    after = {path: path.read_bytes() for path in layout.root.rglob("*") if path.is_file()}

    assert heal(layout) == Healing()
    assert {path: path.read_bytes() for path in layout.warcs.iterdir()}.items() <= after.items()


def test_a_run_goes_on_behind_what_healing_kept(layout: Layout, clock: Clock) -> None:
    with open_warc(layout).open("ab") as file:
        file.write(TAIL)

    with recording(layout.root, clock) as desk:
        (address,) = desk.advertise("https://x.example/2")
        desk.recorder.keep(page(2), address.id).result(10)

    types = [record.type for _, record in walk(open_warc(layout))]
    assert types == ["warcinfo", *("response", "request", "metadata") * 2]


def test_a_second_writer_is_refused_while_the_first_is_at_work(root: Path) -> None:
    with (
        open_for_writing(root, now=NOON),
        pytest.raises(StoreInUseError, match=f"process {os.getpid()}"),
        open_for_writing(root, now=NOON),
    ):
        pass

    with open_for_writing(root, now=NOON) as store:
        assert store.healing == Healing()


def test_a_newer_store_is_refused_before_anything_is_touched(root: Path) -> None:
    Journal.open(root / "journal.db").close()
    journal = Journal.open(root / "journal.db")
    journal._db.execute("PRAGMA user_version = 99")  # noqa: SLF001 - only a newer Newsreel writes this
    journal.close()

    with (
        pytest.raises(StoreFormatError, match="store format 99"),
        open_for_writing(root, now=NOON),
    ):
        pass

    assert sorted(path.name for path in root.iterdir()) == ["journal.db", "lock"]


def test_a_store_that_failed_to_open_is_not_held(layout: Layout) -> None:
    removed_bytes = open_warc(layout).read_bytes()
    removed(layout)
    with pytest.raises(LossError):
        heal(layout)

    open_warc(layout).write_bytes(removed_bytes)

    assert heal(layout) == Healing()


def test_a_warc_is_found_while_it_grows_and_after(root: Path, clock: Clock) -> None:
    def found(store: Store) -> str:
        return find_warc(store.layout, FIRST_WARC).name

    with open_for_writing(root, now=NOON) as store:
        begin(store.journal)
        warcs = series(store, clock)
        (store.layout.warcs / f"{FIRST_WARC}.open").touch()
        while_growing = found(store)
        (store.layout.warcs / f"{FIRST_WARC}.open").unlink()
        store.layout.warc(FIRST_WARC).touch()
        after = found(store)
        warcs.close()

    assert (while_growing, after) == (f"{FIRST_WARC}.open", FIRST_WARC)
