"""Workers that read pages: each failure costs one page and has a name."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from archive.article import PageKind
from archive.errors import ExtractError, WorkersError
from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool
from crawler.extract.reading import Reading

URL = "https://courier.example/a"
GOOD = SourcePage(
    url=URL, body=b"<h1>The Bridge</h1>" + b"<p>It was built to sway, and it hummed.</p>" * 9
)
ENDLESS = SourcePage(url=URL, body=b"<article>" + b"<p>para text with a few words.</p>" * 60_000)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadingPool]:
    with_short_limit = ReadingPool(workers=1, page_limit_s=2.0)
    yield with_short_limit
    with_short_limit.close()


def test_page_is_read_in_a_worker(pool: ReadingPool) -> None:
    reading = pool.submit(GOOD).result()

    assert reading.kind is PageKind.ARTICLE
    assert reading.article is not None
    assert reading.article.headline == "The Bridge"


def test_page_that_takes_too_long_fails_and_the_next_is_read(pool: ReadingPool) -> None:
    slow, after = pool.submit(ENDLESS), pool.submit(GOOD)

    with pytest.raises(ExtractError) as failure:
        slow.result()

    assert failure.value.reason == "timeout"
    assert after.result().kind is PageKind.ARTICLE


def test_pool_is_full_while_more_pages_wait_than_its_workers_read_at_once() -> None:
    pool = ReadingPool(workers=1)
    try:
        readings = [pool.submit(GOOD) for _ in range(80)]
        when_many_wait = pool.is_full
        done = [reading.result() for reading in readings]
    finally:
        pool.stop()

    assert when_many_wait
    assert not pool.is_full
    assert {reading.kind for reading in done} == {PageKind.ARTICLE}


def test_parent_process_never_loads_trafilatura() -> None:
    script = "import sys, crawler.extract.pool; print('trafilatura' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"


def handed_in(pool: ReadingPool) -> Future[Reading]:
    """Return the reading of a page, also where it is refused: workers may be gone by then."""
    try:
        return pool.submit(GOOD)
    except WorkersError as error:
        refused: Future[Reading] = Future()
        refused.set_exception(error)
        return refused


def test_workers_that_cannot_start_fail_every_reading_and_refuse_the_next() -> None:
    pool = ReadingPool(workers=2, memory_bytes=1 << 80)  # no limit can be set so high
    readings = [handed_in(pool) for _ in range(40)]

    failures = [type(reading.exception(timeout=60)) for reading in readings]

    assert set(failures) == {WorkersError}
    with pytest.raises(WorkersError):
        pool.submit(GOOD)
    pool.stop()


def test_a_page_is_told_that_workers_cannot_start_though_none_is_handed_in_behind_it() -> None:
    pools = [ReadingPool(workers=2, memory_bytes=1 << 80) for _ in range(5)]

    failures = [type(handed_in(pool).exception(timeout=60)) for pool in pools]
    for pool in pools:
        pool.stop()

    assert set(failures) == {WorkersError}


WARMED = """
import multiprocessing.forkserver as server
import sys
from pathlib import Path
from crawler.extract.pool import warm

warm(is_sigterm_heeded="heeded" in sys.argv)
pid = server._forkserver._forkserver_pid
if pid is not None:
    status = Path(f"/proc/{pid}/status").read_text()
    print(int(status.partition("SigBlk:")[2].split()[0], 16))
"""


@pytest.mark.parametrize(("word", "is_deaf"), [("heeded", True), ("unheeded", False)], ids=str)
def test_what_workers_come_from_hears_sigterm_only_where_it_ends_all_at_once(
    word: str, *, is_deaf: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WARMED, word], capture_output=True, text=True, check=True
    )

    blocked = int(done.stdout)
    assert blocked & 1 << (signal.SIGINT - 1)
    assert bool(blocked & 1 << (signal.SIGTERM - 1)) is is_deaf


READS_ON = f"""
import os, signal
from crawler.extract.page import SourcePage
from crawler.extract.pool import ReadingPool

signal.signal(signal.SIGTERM, lambda *_: None)
pool = ReadingPool(workers=2)
readings = [pool.submit({GOOD!r}) for _ in range(20)]
os.killpg(0, signal.SIGTERM)
print(*{{reading.result(60).kind for reading in readings}})
pool.stop()
"""


def test_workers_read_on_while_a_crawl_that_was_asked_to_stop_needs_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READS_ON],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "article\n"


def test_workers_that_are_stopped_are_gone() -> None:
    before = multiprocessing.active_children()
    pool = ReadingPool(workers=2)
    pool.submit(GOOD).result()
    workers = [each for each in multiprocessing.active_children() if each not in before]

    pool.stop()

    assert workers
    assert not any(each.is_alive() for each in workers)


def test_workers_that_cannot_be_begun_early_are_missed_only_when_needed(tmp_path: Path) -> None:
    no_room_for_a_socket = tmp_path / ("x" * 100)
    no_room_for_a_socket.mkdir()

    done = subprocess.run(
        [sys.executable, "-c", WARMED],
        env={**os.environ, "TMPDIR": str(no_room_for_a_socket)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == ""
