"""A commit that fails: nothing of it is left, and whoever waits for it is told."""

import resource
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from archive.coverage import Fate
from archive.errors import CaptureError, DiskFullError
from archive.journal.journal import Journal
from tests.archive.store_samples import (
    FIRST_WARC,
    NOON,
    RUN,
    Clock,
    Recording,
    advertised,
    one_batch,
    page,
    recording,
)

NO_SPACE = CaptureError("the test's disk refuses")


def refuse(_: Journal) -> NoReturn:
    raise NO_SPACE


@contextmanager
def files_end_at(size_bytes: int) -> Iterator[None]:
    """Let the kernel refuse to write any file beyond a size, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_batch_that_fails_leaves_nothing_of_itself(desk: Recording, ids: list[int]) -> None:
    desk.recorder.keep(page(1), ids[1]).result(10)
    with one_batch(desk.recorder):
        entries: list[Future[Any]] = [
            desk.recorder.keep(page(2), ids[2]),
            desk.recorder.write(lambda journal: journal.addresses.settle(ids[3], Fate.GONE)),
            desk.recorder.write(refuse),
            desk.recorder.keep(page(4), ids[4]),
        ]

    assert [entry.exception(10) for entry in entries] == [NO_SPACE] * 4
    assert desk.reader.captures.count(RUN) == 1
    assert desk.reader.addresses.counts(RUN) == {("x", "pending"): 4}


def test_after_a_failure_nothing_more_is_taken_and_the_crawl_is_told(
    desk: Recording, ids: list[int]
) -> None:
    desk.recorder.write(refuse).exception(10)
    commits = len(desk.commits)

    late = desk.recorder.keep(page(1), ids[1])

    assert late.exception(0) is desk.recorder.failure is NO_SPACE
    assert commits > 0
    assert not desk.warc.exists()
    desk.recorder.close(is_finished=True)
    assert desk.recorder.is_idle


def test_what_was_committed_before_a_failure_is_whole_when_the_store_is_opened_again(
    root: Path, clock: Clock
) -> None:
    with recording(root, clock) as desk:
        first, second = desk.advertise("https://x.example/1", "https://x.example/2")
        desk.recorder.keep(page(1), first.id).result(10)
        committed = desk.warc.read_bytes()
        with one_batch(desk.recorder):
            desk.recorder.keep(page(2), second.id)
            failed = desk.recorder.write(refuse)
        failed.exception(10)
        grown = desk.warc.read_bytes()

    with recording(root, clock) as desk:
        (tail,) = desk.store.healing.tails
        kept_again = desk.recorder.keep(page(2), second.id).result(10)
        assert [record.type for record in desk.records()] == ["response", "request", "metadata"] * 2

    assert grown == committed + tail.read_bytes()
    assert kept_again.record_type == "response"


def test_a_disk_that_is_full_is_told_as_such_and_the_batch_is_taken_back(
    desk: Recording, ids: list[int]
) -> None:
    desk.recorder.keep(page(1), ids[1]).result(10)
    db = desk.store.journal._db  # noqa: SLF001 - SQLite can be told that the disk ends here
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    many = [advertised(f"https://x.example/found/{number}") for number in range(1000)]

    with one_batch(desk.recorder):
        kept = desk.recorder.keep(page(2), ids[2])
        desk.recorder.write(lambda journal: journal.addresses.advertise(RUN, many, now=NOON))

    error = kept.exception(10)
    assert isinstance(error, DiskFullError)
    assert error.exit_code == 75
    assert desk.reader.captures.count(RUN) == 1


def test_a_write_cut_short_is_cut_back_at_once(desk: Recording, ids: list[int]) -> None:
    desk.recorder.keep(page(1), ids[1]).result(10)
    before = desk.warc.read_bytes()

    with files_end_at(len(before) + 50):
        error = desk.recorder.keep(page(2), ids[2]).exception(10)

    assert type(error) is CaptureError
    assert desk.warc.read_bytes() == before


# The thread's own traceback is the operator's; here it is the cause that is looked at.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_fails_whoever_waits_and_whoever_comes_later(
    desk: Recording, ids: list[int]
) -> None:
    with one_batch(desk.recorder):
        entries: list[Future[Any]] = [
            desk.recorder.keep(page(1), ids[1]),
            desk.recorder.write(lambda _: 1 // 0),
        ]
        entries += [desk.recorder.write(lambda _: None) for _ in range(200)]

    for entry in entries:
        with pytest.raises(CaptureError, match="ZeroDivisionError"):
            entry.result(10)
    desk.recorder.close()
    assert isinstance(desk.recorder.write(lambda _: None).exception(0), CaptureError)
    assert desk.recorder.is_idle
    assert desk.reader.captures.count(RUN) == 0


def test_who_gives_up_waiting_does_not_stop_the_commit(desk: Recording, ids: list[int]) -> None:
    with one_batch(desk.recorder):
        first = desk.recorder.keep(page(1), ids[1])
        was_cancelled = first.cancel()
        second = desk.recorder.keep(page(2), ids[2])

    assert not was_cancelled
    assert second.result(10).url == "https://x.example/2"
    assert desk.reader.captures.count(RUN) == 2


def test_what_is_handed_in_after_the_end_fails_at_once(desk: Recording, ids: list[int]) -> None:
    desk.recorder.close()

    with pytest.raises(CaptureError, match="closed"):
        desk.recorder.keep(page(1), ids[1]).result(0)
    assert desk.recorder.failure is None


def test_a_batch_stands_though_its_file_cannot_be_sealed(root: Path, clock: Clock) -> None:
    with recording(root, clock, rotate_bytes=1) as desk:
        (address,) = desk.advertise("https://x.example/1")
        desk.store.layout.warc(FIRST_WARC).mkdir()

        capture = desk.recorder.keep(page(1), address.id).result(10)
        desk.recorder.close()

        assert desk.reader.captures.get(str(capture.warc_record_id)) == capture
        assert isinstance(desk.recorder.failure, CaptureError)
