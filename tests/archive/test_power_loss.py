"""Power fails at any moment: whatever the disk has lost, the store heals to what was committed.

A crawl is traced call by call. At each call that changes the disk, what may be left of it is laid
out: only what was synced, or more, as chance says. It has to open, to verify, and to hold every
capture that the crawl had been told is kept by then.
"""

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from archive.errors import NewsreelError
from archive.store import open_for_writing
from archive.verify.store import verify
from tests.archive.lossy_disk import STRACE, Call, Left, LossyDisk, calls_in, lay_out

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = 14
NOW: Final = datetime(2031, 1, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace to trace with"),
]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Call]]:
    """Trace a crawl from an empty folder to the compaction of what it brought."""
    folder = tmp_path_factory.mktemp("traced")
    trace = folder.with_name("trace.txt")
    command = [*STRACE, str(trace), sys.executable, "-m", "tests.archive.crash_crawl", str(folder)]
    subprocess.run([*command, str(PAGES)], cwd=ROOT, check=True, timeout=120)
    with trace.open(errors="replace") as lines:
        return folder, list(calls_in(lines))


def states(folder: Path, calls: list[Call]) -> Iterator[tuple[frozenset[str], dict[str, Left]]]:
    """Yield what may be left after each call, with the captures that were told to be kept then."""
    disk, told, chance, seen = LossyDisk(folder), frozenset[str](), random.Random(5), set()
    for call in calls:
        if not disk.take(call):
            continue
        if call.name == "write" and b"<urn:uuid:" in call.texts[0][:10]:
            told |= frozenset(call.texts[0].decode().split())
        for left in (disk.left(None), disk.left(chance)):
            state = hash(tuple((path, each.data) for path, each in sorted(left.items())))
            if state not in seen:
                seen.add(state)
                yield told, left


def kept_in(store: Path) -> frozenset[str]:
    """Return the captures of a store."""
    with closing(sqlite3.connect(store / "journal.db")) as journal:
        return frozenset(row[0] for row in journal.execute("SELECT record_id FROM capture"))


def test_whatever_is_lost_the_store_heals_to_what_was_committed(
    calls: tuple[Path, list[Call]], tmp_path: Path
) -> None:
    tried = 0
    for number, (told, left) in enumerate(states(*calls)):
        store = tmp_path / str(number) / "store"
        lay_out(left, store.parent)

        with open_for_writing(store, now=NOW):
            pass
        problems = verify(store).problems

        assert problems == ()
        assert told <= kept_in(store)
        shutil.rmtree(store.parent)
        tried += 1
    assert tried > 500


def test_a_crawl_that_does_not_sync_is_found_out(
    calls: tuple[Path, list[Call]], tmp_path: Path
) -> None:
    folder, all_calls = calls
    unsynced = [call for call in all_calls if call.name not in {"fsync", "fdatasync"}]
    lost = False

    for number, (told, left) in enumerate(states(folder, unsynced)):
        store = tmp_path / str(number) / "store"
        lay_out(left, store.parent)
        try:
            with open_for_writing(store, now=NOW):
                lost = not told <= kept_in(store)
        except NewsreelError:  # what is left is not even a store
            lost = bool(told)
        shutil.rmtree(store.parent)
        if lost:
            break

    assert lost
