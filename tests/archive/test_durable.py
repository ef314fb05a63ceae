"""A file appears whole or not at all, and a lock dies with its process."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archive.durable import held, publish, share, write_whole
from archive.errors import CaptureError, ConfigError, StoreInUseError

ROOT = Path(__file__).parents[2]


@contextmanager
def holder(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the lock."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.archive.lock_holder", lock],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_published_file_has_its_name_and_no_other(tmp_path: Path) -> None:
    staged, target = tmp_path / "staged", tmp_path / "new" / "folder" / "target"
    staged.write_bytes(b"rows")

    publish(staged, target)

    assert target.read_bytes() == b"rows"
    assert not staged.exists()


def test_a_published_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    staged, target = tmp_path / "staged", tmp_path / "target"
    staged.write_bytes(b"new")
    target.write_bytes(b"old")

    publish(staged, target)

    assert target.read_bytes() == b"new"


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Give a folder on a file system that no link leads to from the tests' own."""
    with TemporaryDirectory(dir="/dev/shm", prefix="newsreel-test-") as folder:
        yield Path(folder)


def test_where_no_link_leads_a_file_is_copied(tmp_path: Path, elsewhere: Path) -> None:
    source, target = elsewhere / "part", tmp_path / "part"
    source.write_bytes(b"rows")

    share(source, target)

    assert (target.read_bytes(), target.stat().st_nlink) == (b"rows", 1)
    assert list(tmp_path.iterdir()) == [target]


def test_a_copy_that_broke_off_has_no_name(tmp_path: Path, elsewhere: Path) -> None:
    source, target = elsewhere / "part", tmp_path / "part"
    source.write_bytes(bytes(100_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            share(source, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


def test_what_was_never_staged_takes_no_name(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "target"

    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "staged", target)

    assert not target.parent.exists()


@pytest.mark.parametrize("before", [None, b"", b"the old one, and longer"], ids=repr)
def test_a_small_file_is_written_whole(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "folder" / "summary.json"
    if before is not None:
        path.parent.mkdir()
        path.write_bytes(before)

    write_whole(path, b"{}")

    assert [each.name for each in path.parent.iterdir()] == ["summary.json"]
    assert path.read_bytes() == b"{}"


def test_a_small_file_that_a_crash_left_half_written_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / ".summary.json.new").write_bytes(b"{half")

    write_whole(tmp_path / "summary.json", b"{}")

    assert [each.name for each in tmp_path.iterdir()] == ["summary.json"]


def test_a_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    lock = tmp_path / "store" / "lock"
    with held(lock):
        pass

    with held(lock):
        assert lock.read_text() == f"{os.getpid()}\n"


def test_a_second_opener_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"

    with holder(lock) as process, pytest.raises(StoreInUseError) as caught, held(lock):
        pass

    assert str(caught.value) == (
        f"{tmp_path} is being written by process {process.pid}; "
        "wait for it to end, or give another --store"
    )
    assert caught.value.exit_code == 75


def test_one_process_cannot_hold_a_lock_twice(tmp_path: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(held(tmp_path / "lock"))
        with pytest.raises(StoreInUseError, match=str(os.getpid())):
            stack.enter_context(held(tmp_path / "lock"))


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with holder(lock) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        left = lock.read_text()

        with held(lock):
            mine = lock.read_text()

    assert (left, mine) == (f"{process.pid}\n", f"{os.getpid()}\n")


def test_a_store_that_cannot_be_written_to_is_said_to_be_readable(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.mkdir()  # no file can be opened there, whoever runs this

    with (
        pytest.raises(ConfigError, match=r"cannot be written to: .*; it can still be read"),
        held(lock),
    ):
        pass


@pytest.mark.parametrize("left", [b"", b"12", b"12\0\0\0", b"\0" * 6], ids=repr)
def test_what_a_power_failure_left_of_a_lock_is_one(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "lock").write_bytes(left)

    with held(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


@pytest.mark.parametrize("mine", [b"my notes", b"12\n13\n", b"1" * 40 + b"\n"], ids=repr)
def test_somebodys_own_file_is_no_lock(tmp_path: Path, mine: bytes) -> None:
    (tmp_path / "lock").write_bytes(mine)

    with pytest.raises(ConfigError, match="is not Newsreel's"), held(tmp_path / "lock"):
        pass

    assert (tmp_path / "lock").read_bytes() == mine


def test_where_no_store_can_be_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="cannot hold a store"), held(tmp_path / "file" / "lock"):
        pass


def test_a_disk_without_room_for_a_lock_is_an_error_that_says_so(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with (
            pytest.raises(CaptureError, match="lock could not be written"),
            held(tmp_path / "lock"),
        ):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
