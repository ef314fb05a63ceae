"""What is erased is nowhere in the store, and everything else is where it was."""

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.errors import CaptureError, ConfigError, StoreInUseError
from archive.fault import arm
from archive.journal.journal import Journal
from archive.layout import Layout
from archive.repair.sifting import look_for_faults
from archive.verify.snapshot import taken
from archive.verify.store import verify
from archive.warc.blank import blank_member, is_blank
from archive.warc.reader import walk
from archive.withdrawn import withdrawals
from tests.forget.taken_down import NOW, OTHER, STORY, TWIN, WORD, erase_from, files_with, forget
from tests.verify.small_store import FIRST_WARC, HOST, SECOND_WARC, change_journal, places

WARCS = (FIRST_WARC, SECOND_WARC)


def test_every_other_record_is_where_it_was(store: Path) -> None:
    before = {name: places(store / "warc" / name) for name in WARCS}

    erased = erase_from(store, STORY, TWIN)

    assert (erased.files, erased.captures) == (2, 3)
    for name in WARCS:
        path = store / "warc" / name
        blanks = [location for location, record in walk(path) if is_blank(record)]
        after = [place for place in places(path) if place.offset not in {b.offset for b in blanks}]
        assert [p for p in before[name] if p in after] == after
        gone = sum(p.length for p in before[name] if p not in after)
        assert gone == sum(blank.length for blank in blanks)
    assert verify(store).is_sound


def test_no_word_of_it_is_left(store: Path) -> None:
    erase_from(store, STORY, TWIN)

    assert files_with(store, WORD) == []
    with closing(Journal.read(store / "journal.db")) as journal:
        asked = "SELECT count(*) FROM capture c JOIN address a ON a.id = c.address_id "
        assert journal.query(f"{asked} WHERE a.url IN (?, ?)", (STORY, TWIN))[0][0] == 0
    assert all(each.is_erased for each in withdrawals(Layout(store)).values())


def test_what_brought_no_answer_is_erased_too(store: Path) -> None:
    erase_from(store, f"{HOST}/silent", f"{HOST}/refused")

    text = b"".join(place.content for place in places(store / "warc" / FIRST_WARC))
    assert b"silent" not in text
    assert b"refused\r\n" not in text
    assert verify(store).is_sound


def test_records_that_others_stand_on_are_not_erased(store: Path) -> None:
    before = {path: path.read_bytes() for path in (store / "warc").iterdir()}

    with pytest.raises(ConfigError, match=f"{TWIN} brought the same bytes"):
        erase_from(store, STORY)

    assert {path: path.read_bytes() for path in (store / "warc").iterdir()} == before
    assert not (store / "withdrawn.jsonl").exists()


def test_a_warc_that_grows_is_left_alone(store: Path) -> None:
    forget(store, OTHER)
    path = store / "warc" / FIRST_WARC
    path.rename(path.with_name(f"{FIRST_WARC}.open"))
    change_journal(store, "UPDATE warc SET sealed_at = NULL WHERE filename = ?", FIRST_WARC)
    change_journal(store, "UPDATE run SET ended_at = NULL, outcome = NULL")

    with pytest.raises(StoreInUseError, match="still grows"):
        erase_from(store, OTHER)


def test_a_repair_finds_no_fault_with_blanks(store: Path) -> None:
    erase_from(store, STORY, TWIN)

    with taken(Layout(store)) as snapshot:
        assert [look_for_faults(store / "warc" / name, snapshot) for name in WARCS] == [(), ()]


# Below the first no blank fits; from 65,800 on one stored block does not do.
LENGTHS = (281, 282, 283, 300, 999, 1_000, 65_800, 65_801, 65_802, 65_803, 65_840, 400_000)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_blank_is_as_long_as_what_was_there(length: int, tmp_path: Path) -> None:
    member = blank_member(length, name="a", at=datetime(2026, 5, 18, tzinfo=UTC))

    path = tmp_path / "a.warc.gz"
    path.write_bytes(member)
    ((location, record),) = walk(path)
    assert (len(member), location.length, is_blank(record)) == (length, length, True)
    assert [each.rec_type for each in ArchiveIterator(BytesIO(member))] == ["metadata"]


STRIKES = {
    "the_log_says_it": "snapshot.prepared:1:enospc",
    "the_journal_says_it": "snapshot.led:1:enospc",
    "one_warc_is_written": "publish.synced:11:eio",
}


@pytest.mark.parametrize("order", STRIKES.values(), ids=STRIKES.keys())
def test_a_takedown_that_failed_is_ended_by_the_same_command(store: Path, order: str) -> None:
    arm(order)
    with pytest.raises(CaptureError):
        erase_from(store, STORY, TWIN)
    arm("")

    erase_from(store, STORY, TWIN)

    assert files_with(store, WORD) == []
    assert verify(store).is_sound


@pytest.mark.soak
def test_a_takedown_killed_at_every_step_is_ended_by_the_same_command(
    store: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    driver = [sys.executable, "-m", "tests.forget.killed_forgetting"]

    subprocess.run([*driver, str(store), str(killed), "1"], check=True, timeout=300)

    stores = sorted(killed.iterdir())
    assert len(stores) > 100
    for root in stores:
        erase_from(root, STORY, TWIN, now=NOW)
        assert files_with(root, WORD) == [], root.name
        assert verify(root).is_sound, root.name
