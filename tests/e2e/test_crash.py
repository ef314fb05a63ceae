"""A crawl that is killed or stopped at any moment goes on where it was: nothing lost or doubled."""

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from archive import open_store
from archive.counted import counted
from tests.e2e.command import PATIENCE_S, Ended, finish, newsreel, start
from tests.e2e.warc_blocks import read_store
from tests.e2e.watched import WatchedNewsroom
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK
from tests.fetch.wire_origin import After, Answer, WireOrigin

SITE: Final = "http://hearthside.example"
REQUESTS: Final = 19
"""What a whole crawl of the site asks for."""
# Which request is under way when the crawl is killed.
MOMENTS: Final = {"among_the_pages": 9, "at_the_last_page": REQUESTS}
LONGEST_STOP_S: Final = 30
"""Half of what a page may take: more than that, and the stop has waited for the page."""
TORN: Final = b"\x1f\x8b\x08\x00 a member that was being written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A store whose crawl was cut off and gone on with, and what was seen on the way."""

    store: Path
    tail: bytes
    """What lay in the WARC behind its committed length when the crawl was dead."""
    committed: frozenset[str]
    """The paths whose captures were committed by then."""
    asked_before: list[str]
    asked_after: list[str]
    ended: Ended
    """The command that went on."""
    ended_first: Ended


@pytest.fixture(scope="module")
def newsroom() -> Iterator[WatchedNewsroom]:
    with WatchedNewsroom(now=datetime.now(UTC)) as newsroom:
        yield newsroom


@pytest.fixture(scope="module")
def whole(newsroom: WatchedNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl the site without a fault: what every other store is compared with."""
    store = tmp_path_factory.mktemp("whole") / "store"
    before = len(newsroom.requests)
    assert newsreel(*crawl(newsroom, store)).code == 0
    assert len(newsroom.requests) - before == REQUESTS
    return store


def crawl(newsroom: WatchedNewsroom, store: Path) -> tuple[str | Path, ...]:
    """Return the command that crawls the site."""
    proxy = newsroom.sites[0].base_url
    return ("crawl", f"{SITE}/", "--proxy", proxy, "--delay", "0", "--store", store)


def cut_off(newsroom: WatchedNewsroom, store: Path, moment: int, signum: int) -> Ended:
    """Run the crawl and send it a signal as a request comes in, before that is answered."""
    crawling = start(*crawl(newsroom, store))
    newsroom.on_request(moment, lambda: os.kill(crawling.pid, signum))
    return finish(crawling)


@pytest.fixture(
    scope="module",
    params=[
        MOMENTS["among_the_pages"],
        pytest.param(MOMENTS["at_the_last_page"], marks=pytest.mark.soak),
    ],
    ids=list(MOMENTS),
)
def killed(
    request: pytest.FixtureRequest,
    newsroom: WatchedNewsroom,
    tmp_path_factory: pytest.TempPathFactory,
) -> Resumed:
    store = tmp_path_factory.mktemp("killed") / "store"
    began = len(newsroom.requests)
    first = cut_off(newsroom, store, request.param, signal.SIGKILL)
    committed, tail = look_at(store)
    again = len(newsroom.requests)
    ended = newsreel(*crawl(newsroom, store))
    return Resumed(
        store=store,
        tail=tail,
        committed=committed,
        asked_before=newsroom.paths(began)[: again - began],
        asked_after=newsroom.paths(again),
        ended=ended,
        ended_first=first,
    )


def look_at(store: Path) -> tuple[frozenset[str], bytes]:
    """Return what a dead crawl has committed, and what it left behind that; tear its WARC more."""
    with sqlite3.connect(store / "journal.db") as journal:
        urls = [row[0] for row in journal.execute("SELECT url FROM capture")]
        warcs = journal.execute("SELECT filename, committed_length FROM warc").fetchall()
    journal.close()
    tail = b""
    for name, length in warcs:
        path = store / "warc" / f"{name}.open"
        with path.open("ab") as file:
            file.write(TORN)
        tail += path.read_bytes()[length:]
    return frozenset(url.removeprefix(SITE) for url in urls), tail


def rows_of(store: Path) -> list[tuple[Any, ...]]:
    """Return what a store says of each article, without what differs between any two crawls."""
    names = ("url", "version", "headline", "dek", "text", "key_points", "published_at", "authors")
    rows = open_store(store).articles.to_arrow().to_pylist()
    return sorted(tuple(str(row[name]) for name in names) for row in rows)


def ledger_of(store: Path) -> dict[str, tuple[str, str | None]]:
    """Return the fate and its reason of every address; each stands in the ledger once."""
    rows = open_store(store).coverage.to_arrow().to_pylist()
    ledger = {row["url"]: (row["fate"], row["reason"]) for row in rows}
    assert len(ledger) == len(rows)
    return ledger


def test_a_killed_crawl_says_nothing_and_leaves_nobody_behind(killed: Resumed) -> None:
    # A process left behind would hold the pipes open, and the wait for it would have failed.
    assert killed.ended_first.code == -signal.SIGKILL
    assert killed.ended_first.out == ""


def test_the_same_command_completes_what_was_killed(killed: Resumed, whole: Path) -> None:
    assert killed.ended.code == 0
    assert rows_of(killed.store) == rows_of(whole)


def test_the_command_that_goes_on_tells_its_own_requests_and_all_of_the_run(
    killed: Resumed,
) -> None:
    said = f"{counted(len(killed.asked_after), 'request')} in "

    assert said in killed.ended.out
    assert f"since the run goes on, {len(killed.committed) + len(killed.asked_after)} in all" in (
        killed.ended.out
    )


def test_every_address_has_the_fate_of_an_undisturbed_crawl(killed: Resumed, whole: Path) -> None:
    assert ledger_of(killed.store) == ledger_of(whole)


def test_a_killed_run_is_taken_up_and_not_begun_again(killed: Resumed) -> None:
    runs = {row["run_id"] for row in open_store(killed.store).coverage.to_arrow().to_pylist()}

    assert len(runs) == 1
    assert f"resume  run={runs.pop()}" in killed.ended.err


def test_nothing_committed_is_asked_for_again(killed: Resumed) -> None:
    assert killed.committed.isdisjoint(killed.asked_after)


def test_only_what_was_under_way_is_asked_for_twice(killed: Resumed) -> None:
    asked = Counter(killed.asked_before) + Counter(killed.asked_after)

    twice = {path for path, count in asked.items() if count > 1}
    assert max(asked.values()) <= 2
    assert twice <= set(killed.asked_before) - killed.committed
    assert killed.asked_before[-1] in killed.asked_after


def test_nothing_is_doubled(killed: Resumed) -> None:
    reader = open_store(killed.store)
    articles = [
        (row["article_id"], row["version"]) for row in reader.articles.to_arrow().to_pylist()
    ]
    captures = [row["warc_record_id"] for row in reader.captures.to_arrow().to_pylist()]
    urls = [row["url"] for row in reader.captures.to_arrow().to_pylist()]

    for each in (articles, captures, urls):
        assert len(set(each)) == len(each)


def test_the_archive_holds_every_capture_and_nothing_else(killed: Resumed) -> None:
    captures = open_store(killed.store).captures.to_arrow().to_pylist()

    answers = [each for each in read_store(killed.store) if each.type in {"response", "revisit"}]
    assert {each.field("WARC-Record-ID") for each in answers} == {
        row["warc_record_id"] for row in captures
    }
    assert len(answers) == len(captures) == REQUESTS


def test_what_was_torn_is_put_aside(killed: Resumed) -> None:
    tails = sorted((killed.store / "quarantine" / "tails").glob("*"))

    assert b"".join(tail.read_bytes() for tail in tails) == killed.tail


def test_a_killed_store_verifies(killed: Resumed) -> None:
    ended = newsreel("verify", "--store", killed.store)

    assert ended.code == 0, ended.out + ended.err


@pytest.fixture(scope="module")
def stopped(newsroom: WatchedNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Resumed:
    """Stop a crawl with SIGTERM, and let the same command go on."""
    store = tmp_path_factory.mktemp("stopped") / "store"
    began = len(newsroom.requests)
    first = cut_off(newsroom, store, MOMENTS["among_the_pages"], signal.SIGTERM)
    again = len(newsroom.requests)
    ended = newsreel(*crawl(newsroom, store))
    return Resumed(
        store=store,
        tail=b"",
        committed=frozenset(),
        asked_before=newsroom.paths(began)[: again - began],
        asked_after=newsroom.paths(again),
        ended=ended,
        ended_first=first,
    )


def test_a_stopped_crawl_says_that_the_same_command_goes_on(stopped: Resumed) -> None:
    assert stopped.ended_first.code == 128 + signal.SIGTERM
    assert "The same command goes on." in stopped.ended_first.out
    assert "Traceback" not in stopped.ended_first.err


def test_a_stopped_crawl_finishes_what_was_under_way_and_no_more(stopped: Resumed) -> None:
    assert len(stopped.asked_before) == MOMENTS["among_the_pages"]
    assert set(stopped.asked_before).isdisjoint(stopped.asked_after)
    assert len(stopped.asked_before) + len(stopped.asked_after) == REQUESTS


def test_the_same_command_completes_what_was_stopped(stopped: Resumed, whole: Path) -> None:
    assert stopped.ended.code == 0
    assert rows_of(stopped.store) == rows_of(whole)
    assert ledger_of(stopped.store) == ledger_of(whole)


def test_a_stopped_run_is_taken_up_and_not_begun_again(stopped: Resumed) -> None:
    runs = {row["run_id"] for row in open_store(stopped.store).captures.to_arrow().to_pylist()}

    assert len(runs) == 1
    assert f"resume  run={runs.pop()}" in stopped.ended.err


def test_a_stopped_store_verifies(stopped: Resumed) -> None:
    ended = newsreel("verify", "--store", stopped.store)

    assert ended.code == 0, ended.out + ended.err


def test_a_stop_does_not_wait_for_a_server_that_hangs(tmp_path: Path) -> None:
    asked = threading.Event()
    half = OK + HTML + b"Content-Length: 999\r\n\r\nhalf"

    def answer(path: str, _: int) -> Answer:
        if path != "/news/page.html":
            return Answer(pieces=(NOT_FOUND,))
        asked.set()
        return Answer(pieces=(half,), after=After.HANG)

    with WireOrigin(answer) as origin:
        url = f"{origin.base_url}/news/page.html"
        options = ("--allow-network", "127.0.0.0/8", "--delay", "0", "--store", tmp_path)
        crawling = start("crawl", url, *options)
        asked.wait(PATIENCE_S)
        began = time.monotonic()
        crawling.send(signal.SIGTERM)
        ended = finish(crawling)

    (capture,) = (row for row in captures_of(tmp_path) if row["url"] == url)
    assert ended.code == 128 + signal.SIGTERM
    assert time.monotonic() - began < LONGEST_STOP_S
    assert (capture["fetch_failure"], capture["content_truncated"]) == ("stopped", "unspecified")
    assert open_store(tmp_path).record(capture) == half


def captures_of(store: Path) -> list[dict[str, Any]]:
    """Return the rows of a store's captures."""
    rows: list[dict[str, Any]] = open_store(store).captures.to_arrow().to_pylist()
    return rows
