"""A crawl that is killed at any moment, or runs out of disk, loses nothing and doubles nothing."""

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.archive.crash_crawl import AT_ONCE
from tests.archive.invented_web import requests_of
from tests.archive.store_check import faults_of

ROOT = Path(__file__).parents[2]
PAGES = 40
KILLED, REFUSED, ENDED = -9, 3, 0


def driver(folder: Path, **plans: Mapping[str, Any]) -> list[str]:
    """Return the command that crawls the invented web, by each plan into `folder/plan/store`."""
    told = json.dumps({name: {"pages": PAGES, **plan} for name, plan in plans.items()})
    return [sys.executable, "-m", "tests.archive.crash_driver", str(folder), told]


def crawl_all(folder: Path, plans: Mapping[str, Mapping[str, Any]]) -> dict[str, list[int]]:
    """Crawl by every plan; return how each life of each crawl ended."""
    done = subprocess.run(
        driver(folder, **plans), cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=3600
    )
    lives: dict[str, list[int]] = json.loads(done.stdout)
    return lives


def crawl(folder: Path, **plan: Any) -> list[int]:
    """Crawl by one plan, into `folder/store`."""
    return crawl_all(folder.parent, {folder.name: plan})[folder.name]


def asked_again(folder: Path, pages: int = PAGES) -> int:
    """Return how many more requests the server saw than the pages need."""
    served = len((folder / "served.log").read_text().splitlines())
    return served - sum(map(requests_of, range(pages)))


_KILLS_A_CRAWL: Final = 40
"""The most: it may be over before."""


def hunt(folder: Path, kills: int, *, is_verified: bool) -> dict[str, list[int]]:
    """Crawl again and again, killed at random, until so many kills have struck."""
    ends: dict[str, list[int]] = {}
    while (missing := kills - sum(lives.count(KILLED) for lives in ends.values())) > 0:
        seeds = range(len(ends), len(ends) + math.ceil(missing / _KILLS_A_CRAWL))
        ends |= crawl_all(
            folder,
            {
                f"seed-{seed}": {
                    "seed": seed,
                    "kills": _KILLS_A_CRAWL,
                    "longest_s": 0.1,
                    "is_verified": is_verified,
                }
                for seed in seeds
            },
        )
    return ends


@pytest.mark.parametrize(
    "kills",
    [200, pytest.param(2000, marks=pytest.mark.soak)],
)
def test_crawls_that_are_killed_at_random_end_as_if_they_never_were(
    tmp_path: Path, kills: int
) -> None:
    # Verifying each store as the kill left it costs more than the kill.
    ends = hunt(tmp_path, kills, is_verified=kills > 200)

    for name, (*killed, last) in ends.items():
        assert (set(killed), last) in ((set(), ENDED), ({KILLED}, ENDED))
        assert faults_of(tmp_path / name / "store", PAGES) == []
        assert 0 <= asked_again(tmp_path / name) <= len(killed) * AT_ONCE


@pytest.mark.soak
def test_a_crawl_that_is_killed_at_every_sync_ends_as_if_it_never_was(tmp_path: Path) -> None:
    *killed, last = crawl(tmp_path, syncs=(1, 24))

    assert (set(killed), last) == ({KILLED}, ENDED)
    assert faults_of(tmp_path / "store", PAGES) == []
    assert 0 <= asked_again(tmp_path) <= len(killed) * AT_ONCE


@pytest.mark.soak
@pytest.mark.parametrize("kills", [0, 200])
def test_a_clock_that_jumps_to_and_fro_changes_nothing(tmp_path: Path, kills: int) -> None:
    *killed, last = crawl(tmp_path, seed=3, kills=kills, longest_s=0.25, jumps=True)

    assert (set(killed) - {KILLED}, last) == (set(), ENDED)
    assert faults_of(tmp_path / "store", PAGES) == []


def test_a_crawl_that_is_left_alone_asks_once(tmp_path: Path) -> None:
    assert crawl(tmp_path, file_limits=[1 << 30]) == [ENDED]

    assert faults_of(tmp_path / "store", PAGES) == []
    assert asked_again(tmp_path) == 0


# Where each fault is killed over, and what it does to a store, as the check says it: a check that
# finds nothing proves nothing.
MUTANTS: Final[Mapping[str, tuple[list[str], str]]] = {
    "adopt_tails": (["warc.synced:2:kill"], "answers: "),
    "adopt_parts": (["part.published:1:kill"], "articles: "),
    "read_too_soon": (["seal.closed:1:kill", "seal.closed:2:kill"], "articles: "),
    "known_too_soon": (["warc.synced:2:kill"], "answers: "),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_store_that_commits_or_heals_wrongly_is_found_out(tmp_path: Path, mutant: str) -> None:
    orders, says = MUTANTS[mutant]
    crawl(tmp_path, mutant=mutant, faults=orders)

    faults = faults_of(tmp_path / "store", PAGES)

    assert [fault for fault in faults if fault.startswith(says)]


@pytest.mark.soak
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
    left_alone = driver(tmp_path, disk={"file_limits": [1 << 30]})

    done = subprocess.run(
        [*_OWN_DISKS, _FULL_THEN_ROOMY, "sh", size, disk, kept, *left_alone],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    assert done.stdout == f'{{"disk": [{REFUSED}, {REFUSED}]}}{{"disk": [{ENDED}]}}'
    assert done.stderr.count("DiskFullError") == 2
    assert faults_of(kept / "store", PAGES) == []
    assert asked_again(kept) <= 2 * AT_ONCE
