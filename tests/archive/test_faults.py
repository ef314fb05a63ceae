"""Every place where a machine may fail: whatever strikes there, the next life goes on and ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from archive.errors import ConfigError
from archive.fault import POINTS, Action, arm, fault, half_of
from tests.archive.crash_crawl import AT_ONCE
from tests.archive.store_check import faults_of
from tests.archive.test_commit_crash import (
    ENDED,
    KILLED,
    PAGES,
    REFUSED,
    asked_again,
    crawl,
    crawl_all,
)

# One store that is killed at every place: each life comes to the place of its order, for the one
# before has left behind what leads there.
CHAIN: Final = (
    "warc.opened:1:kill",
    "warc.sync:1:kill",
    "warc.synced:2:kill",  # something is committed, and something is behind that
    "heal.tail_kept:1:kill",
    "heal.cut:1:kill",
    "warc.write:2:torn",
    "warc.appended:2:kill",
    "journal.begun:2:kill",
    "journal.commit:2:kill",
    "journal.committed:2:kill",
    "seal.closed:1:kill",
    "seal.named:1:kill",
    "heal.sealed:1:kill",
    "seal.known:1:kill",
    "part.write:1:kill",
    "part.written:1:kill",
    "publish.synced:1:kill",
    "publish.named:1:kill",
    "publish.lasting:1:kill",
    "part.published:1:kill",
    "heal.part_removed:1:kill",
    "compact.merged:1:kill",
    "snapshot.prepared:1:kill",
    "snapshot.told:1:kill",
    "snapshot.known:1:kill",
    "snapshot.led:1:kill",
)


def test_the_chain_goes_through_every_place() -> None:
    assert {order.partition(":")[0] for order in CHAIN} == set(POINTS)


def test_a_crawl_that_is_killed_at_every_place_ends_as_if_it_never_was(tmp_path: Path) -> None:
    *killed, last = crawl(tmp_path, faults=CHAIN, compacts=True, is_verified=True)

    assert dict(zip(CHAIN, killed, strict=False)) == dict.fromkeys(CHAIN, KILLED)
    assert last == ENDED
    assert faults_of(tmp_path / "store", PAGES) == []
    assert asked_again(tmp_path) <= len(CHAIN) * AT_ONCE


def everything() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a crawl for every place and action, which strikes at its first three passes."""
    for point, actions in POINTS.items():
        for action in sorted(actions):
            # What heals is passed when there is something to heal.
            before = ("part.published:1:kill", "warc.synced:2:kill", "seal.named:1:kill")
            first = before if point.startswith("heal.") else ()
            orders = [order for n in (1, 2, 3) for order in (*first, f"{point}:{n}:{action}")]
            yield (
                f"{point}-{action}",
                {"faults": orders, "compacts": True, "is_verified": True, "pages": PAGES},
            )


@pytest.mark.soak
def test_whatever_strikes_wherever_the_next_life_ends_the_crawl(tmp_path: Path) -> None:
    ends = crawl_all(tmp_path, dict(everything()))

    for name, lives in ends.items():
        assert lives[-1] == ENDED, name
        assert set(lives) <= {KILLED, REFUSED, ENDED}, name
        assert faults_of(tmp_path / name / "store", PAGES) == [], name


FULL: Final = {
    f"{point}-{action}": f"{point}:1:{action}"
    for point, action in (
        ("warc.write", Action.SHORT),
        ("warc.sync", Action.EIO),
        ("part.written", Action.ENOSPC),
        ("publish.named", Action.EIO),
    )
}


@pytest.mark.soak
def test_a_disk_that_refuses_ends_the_crawl_and_the_next_one_goes_on(tmp_path: Path) -> None:
    ends = crawl_all(
        tmp_path, {name: {"faults": [order], "is_verified": True} for name, order in FULL.items()}
    )

    assert ends == {name: [REFUSED, ENDED] for name in FULL}
    for name in FULL:
        assert faults_of(tmp_path / name / "store", PAGES) == [], name


@pytest.mark.parametrize(
    "order", ["warc.sync", "warc.sync:2", "warc.sync:x:kill", "nowhere:1:kill", "warc.sync:1:torn"]
)
def test_what_is_no_order_is_said(order: str) -> None:
    with pytest.raises(ConfigError, match="NEWSREEL_FAULT"):
        arm(order)


def test_an_order_strikes_once_at_its_pass() -> None:
    arm("warc.sync:2:eio")

    fault("warc.sync")
    fault("warc.synced")
    with pytest.raises(OSError, match="Input/output"):
        fault("warc.sync")
    fault("warc.sync")


def test_a_short_write_is_half_and_then_the_disk_is_full() -> None:
    arm("warc.write:1:short")

    assert bytes(half_of("warc.write", memoryview(b"abcde"))) == b"abc"
    with pytest.raises(OSError, match="No space left"):
        half_of("warc.write", memoryview(b"de"))
    assert bytes(half_of("warc.write", memoryview(b"de"))) == b"de"
