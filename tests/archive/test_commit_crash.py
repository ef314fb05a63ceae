"""A crawl that is killed at any moment, or runs out of disk, loses nothing and doubles nothing."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from archive.store import open_for_writing
from tests.archive.crash_driver import AT_ONCE
from tests.archive.invented_web import requests_of
from tests.archive.store_check import faults_of

ROOT = Path(__file__).parents[2]
PAGES = 40
KILLED, REFUSED, ENDED = -9, 3, 0


def driver(folder: Path, **plan: Any) -> list[str]:
    """Return the command that crawls the invented web into `folder/store`."""
    told = json.dumps({"pages": PAGES, **plan})
    return [sys.executable, "-m", "tests.archive.crash_driver", str(folder), told]


def crawl(folder: Path, **plan: Any) -> list[int]:
    """Crawl; return how each life of the crawl ended."""
    done = subprocess.run(
        driver(folder, **plan), cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=120
    )
    lives: list[int] = json.loads(done.stdout)
    return lives


def asked_again(folder: Path) -> int:
    """Return how many more requests the server saw than the pages need."""
    served = len((folder / "served.log").read_text().splitlines())
    return served - sum(map(requests_of, range(PAGES)))


KILLS = [
    pytest.param({"syncs": (1, 24)}, id="at_every_sync", marks=pytest.mark.soak),
    pytest.param({"seed": 7}, id="at_random"),
]


@pytest.mark.parametrize("plan", KILLS)
def test_a_crawl_that_is_killed_again_and_again_ends_as_if_it_never_was(
    tmp_path: Path, plan: dict[str, Any]
) -> None:
    *killed, last = crawl(tmp_path, **plan)

    assert (set(killed), last) == ({KILLED}, ENDED)
    assert faults_of(tmp_path / "store", PAGES) == []
    assert 0 <= asked_again(tmp_path) <= len(killed) * AT_ONCE


def test_a_crawl_that_is_left_alone_asks_once(tmp_path: Path) -> None:
    assert crawl(tmp_path, file_limits=[1 << 30]) == [ENDED]

    assert faults_of(tmp_path / "store", PAGES) == []
    assert asked_again(tmp_path) == 0


# What each fault does to a store, as the check says it: a check that finds nothing proves nothing.
# The syncs are those of the first WARC, and those of the first parts, in a store that is there.
MUTANTS = [
    pytest.param("adopt_tails", (1, 6), "answers: ", id="adopt_tails"),
    pytest.param("adopt_parts", (3, 18), "articles: ", id="adopt_parts", marks=pytest.mark.soak),
    pytest.param("read_too_soon", (2, 5), "articles: ", id="read_too_soon"),
]


@pytest.mark.parametrize(("mutant", "syncs", "says"), MUTANTS)
def test_a_store_that_heals_wrongly_is_found_out(
    tmp_path: Path, mutant: str, syncs: tuple[int, int], says: str
) -> None:
    with open_for_writing(tmp_path / "store", now=datetime(2026, 5, 18, tzinfo=UTC)):
        pass
    crawl(tmp_path, mutant=mutant, syncs=syncs)

    faults = faults_of(tmp_path / "store", PAGES)

    assert [fault for fault in faults if fault.startswith(says)]


def test_a_crawl_goes_on_where_no_file_could_grow_any_more(tmp_path: Path) -> None:
    limits = [150_000, 200_000, 250_000, 300_000]

    lives = crawl(tmp_path, file_limits=limits)

    assert lives[0] == REFUSED
    assert (set(lives[:-1]), lives[-1]) == ({REFUSED}, ENDED)
    assert faults_of(tmp_path / "store", PAGES) == []
    assert asked_again(tmp_path) <= len(lives) * AT_ONCE


def may_mount() -> bool:
    """Whether this user can have a file system of its own."""
    if not shutil.which("unshare"):
        return False
    mounting = [*_OWN_DISKS, "mount -t tmpfs none /mnt"]
    return subprocess.run(mounting, capture_output=True, check=False).returncode == 0


# The mounts are seen in here alone, and go when the last process in here ends.
_OWN_DISKS: Final = ("unshare", "--map-root-user", "--mount", "sh", "-c")
_FULL_THEN_ROOMY: Final = """
mount -t tmpfs -o size=$1 none "$2" && disk=$2 kept=$3 && shift 3
"$@" && mount -o remount,size=64m "$disk" && "$@" && cp -a "$disk/." "$kept"
"""


@pytest.mark.skipif(not may_mount(), reason="a small disk cannot be mounted here")
@pytest.mark.parametrize("size", [pytest.param("300k", marks=pytest.mark.soak), "700k"])
def test_a_crawl_goes_on_when_a_full_disk_has_room_again(tmp_path: Path, size: str) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    left_alone = driver(disk, file_limits=[1 << 30])

    done = subprocess.run(
        [*_OWN_DISKS, _FULL_THEN_ROOMY, "sh", size, disk, kept, *left_alone],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout == f"[{REFUSED}, {REFUSED}][{ENDED}]"
    assert done.stderr.count("DiskFullError") == 2
    assert faults_of(kept / "store", PAGES) == []
    assert asked_again(kept) <= 2 * AT_ONCE
