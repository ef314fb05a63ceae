"""Pages whose articles are put in by scripts: rendered by us, archived with what they asked for."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("playwright", reason="the extra browser is not installed")

from playwright.async_api import Error, async_playwright

from archive import open_store
from archive.message import parse_message
from archive.verify.store import verify
from crawler.rendering.browser import chromium_path
from crawler.rendering.chromium import FLAGS, NOWHERE, Chromium
from crawler.rendering.window import Asked, Patience, Served, UnrenderedError
from tests.e2e.command import ROOT
from tests.e2e.losses import lose_all, repair, rows_of
from tests.e2e.wire_cases import article, headline
from tests.rendering.scripted_site import (
    API_ANSWERS,
    HEADLINE,
    PAGE,
    STORY,
    command,
    crawl,
    issues,
    origin,
    page,
    site_answers,
)

CHROMIUM: Final = chromium_path()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test-browser` installs it"
    ),
]
RESTLESS: Final = article("restless") + b"<script>setInterval(() => fetch('/tick'), 200)</script>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A page crawled twice."""

    store: Path
    first: Any
    second: Any
    site: list[str]
    """What the site was asked for in the first crawl."""
    site_again: list[str]
    api: list[str]
    asked_api: bytes
    """The request for the story, as it came."""

    def captures(self) -> dict[str, dict[str, Any]]:
        """Return the captures by the ends of their addresses; a rendering as `dom`."""
        rows = open_store(self.store).captures.to_arrow().to_pylist()
        named = sorted(rows, key=lambda row: row["fetch_time"], reverse=True)
        return {
            "dom" if row["record_type"] == "conversion" else row["url"].rpartition("/")[2]: row
            for row in named
        }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Crawl a page twice."""
    store = tmp_path_factory.mktemp("scripted") / "store"
    with origin(API_ANSWERS) as api, origin(site_answers(api.base_url)) as site:
        first = crawl(site.base_url + PAGE, store)
        asked = [each.path for each in site.received]
        second = crawl(site.base_url + PAGE, store)
        yield Crawled(
            store=store,
            first=first,
            second=second,
            site=asked,
            site_again=[each.path for each in site.received][len(asked) :],
            api=[each.path for each in api.received],
            asked_api=next(each.data for each in api.received if each.path == "/story.json"),
        )


def test_the_article_is_read_from_what_the_script_made(crawled: Crawled) -> None:
    opened = open_store(crawled.store)
    (row,) = opened.articles.to_arrow().to_pylist()

    assert row["headline"] == HEADLINE
    assert row["text"].count("harbour stage") == 8
    assert row["warc_record_id"] == crawled.captures()["dom"]["warc_record_id"]
    assert HEADLINE.encode() in opened.record(row)


def test_what_the_browser_asked_for_is_archived_as_it_came(crawled: Crawled) -> None:
    opened, captures = open_store(crawled.store), crawled.captures()

    assert parse_message(opened.record(captures["story.json"])).entity() == STORY
    assert captures["story.json"]["address_kind"] == "requisite"
    assert captures["app.js"]["record_type"] == captures["site.css"]["record_type"] == "response"


def test_nothing_else_is_asked_for(crawled: Crawled) -> None:
    assert sorted(crawled.site) == ["/app.js", PAGE, "/robots.txt", "/site.css"]
    assert sorted(crawled.api) == ["/robots.txt", "/story.json"]


def test_a_request_says_what_its_script_says_and_who_asks(crawled: Crawled) -> None:
    fields = crawled.asked_api.lower()

    assert b"x-edition: late" in fields
    assert b"origin: http://127.0.0.1" in fields
    assert b"user-agent: newsreel/" in fields
    assert b"chrome" not in fields


def test_what_is_refused_is_noted(crawled: Crawled) -> None:
    refused = {row["url"] for row in issues(crawled.store) if row["kind"] == "part_refused"}

    assert refused == {"http://169.254.169.254/latest/", "file:///etc/hostname"}
    assert crawled.first["requisites"]["refused"] == 1  # by robots.txt


def test_the_second_crawl_adds_nothing(crawled: Crawled) -> None:
    assert (crawled.first["new_rows"], crawled.second["new_rows"]) == (1, 0)
    assert crawled.site_again == [PAGE]


def test_verify_finds_it_sound(crawled: Crawled) -> None:
    assert verify(crawled.store).problems == ()


def test_a_repair_tells_the_same_rows(crawled: Crawled, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows_of(crawled.store)
    lose_all(crawled.store)

    code, _ = repair(crawled.store, capsys)

    after = rows_of(crawled.store)
    assert code == 0
    assert after["articles"] == before["articles"]
    assert after["captures"] == before["captures"]
    assert after["coverage"] == before["coverage"]


def test_a_kill_between_rendering_and_row_costs_no_request_and_no_row(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with origin(API_ANSWERS) as api, origin(site_answers(api.base_url)) as site:
        url = site.base_url + PAGE
        process = subprocess.Popen(command(url, store), cwd=ROOT, start_new_session=True)
        wait_until(lambda: has_rendering(store))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        rows = open_store(store).articles.to_arrow().num_rows
        asked = len(site.received) + len(api.received)
        crawl(url, store)
        again = len(site.received) + len(api.received)

    assert rows == 0
    assert again == asked
    assert open_store(store).articles.to_arrow().num_rows == 1
    assert verify(store).is_sound


def has_rendering(store: Path) -> bool:
    """Return whether a rendering is committed."""
    question = "SELECT count(*) FROM capture WHERE record_type = 'conversion'"
    try:
        with closing(sqlite3.connect(f"file:{store}/journal.db?mode=ro", uri=True)) as db:
            return bool(db.execute(question).fetchone()[0])
    except sqlite3.OperationalError:  # it is not there yet
        return False


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, and no longer than a minute."""
    until = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError


def test_a_page_that_never_rests_is_taken_as_it_is(tmp_path: Path) -> None:
    with origin({PAGE: page(RESTLESS)}) as site:
        crawl(site.base_url + PAGE, tmp_path, seconds=3)

    (row,) = open_store(tmp_path).articles.to_arrow().to_pylist()
    assert row["headline"] == headline("restless")
    assert not [each for each in issues(tmp_path) if each["kind"] == "page_unrendered"]


def test_a_page_that_stops_the_browser_is_read_as_it_was_sent(tmp_path: Path) -> None:
    endless = article("endless") + b"<script>for (;;);</script>"
    with origin({PAGE: page(endless)}) as site:
        crawl(site.base_url + PAGE, tmp_path, seconds=2)

    (row,) = open_store(tmp_path).articles.to_arrow().to_pylist()
    (issue,) = [each for each in issues(tmp_path) if each["kind"] == "page_unrendered"]
    assert row["headline"] == headline("endless")
    assert issue["why"] == "browser_stuck"
    assert verify(tmp_path).is_sound


def test_a_crawl_that_is_stopped_leaves_the_page_to_the_next(tmp_path: Path) -> None:
    store, answers = tmp_path / "store", {PAGE: page(RESTLESS)}
    with origin(answers) as site:
        url = site.base_url + PAGE
        process = subprocess.Popen(
            command(url, store, 60), cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
        )
        wait_until(lambda: any(each.path == "/tick" for each in site.received))
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=10)
        crawl(url, store, seconds=2)
        asked = [each.path for each in site.received].count(PAGE)

    assert json.loads(out)["outcome"] == "stopped"
    assert asked == 1
    (row,) = open_store(store).articles.to_arrow().to_pylist()
    assert row["headline"] == headline("restless")


async def nothing(_: Asked) -> Served | None:
    return None


def shown(
    *bodies: bytes, serve: Callable[[Asked], Awaitable[Served | None]] = nothing
) -> list[bytes]:
    """Return what becomes of pages one after the other, in one browser; or why nothing does."""

    async def show() -> list[bytes]:
        chromium = Chromium(str(CHROMIUM), Patience(page_s=5, grace_s=5))
        found: list[bytes] = []
        try:
            for body in bodies:
                sent = Served(status=200, fields=(("Content-Type", "text/html"),), body=body)
                try:
                    found.append(
                        await chromium.document("http://x.example/", sent, serve, agent="Newsreel")
                    )
                except UnrenderedError as error:
                    found.append(error.reason.encode())
        finally:
            await chromium.close()
        return found

    return asyncio.run(show())


def test_a_browser_that_dies_costs_one_page() -> None:
    async def kill(_: Asked) -> Served | None:
        for pid in browsers_of(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        return None

    first, second = shown(b"<p>a<script>fetch('/a')</script>", b"<p>b", serve=kill)

    assert first == b"browser_failed"
    assert b"<p>b</p>" in second


def browsers_of(pid: int) -> list[int]:
    """Return the first Chromium process of each browser that a process started."""
    found, below = [], {pid}
    for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if parent in below:
            below.add(int(entry.name))
            if b"--remote-debugging-pipe" in words and b"--type=" not in words:
                found.append(int(entry.name))
    return found


def test_a_picture_is_never_found_broken() -> None:
    (document,) = shown(b'<img src="/a.png" onerror="this.remove()">')

    assert b"<img" in document


def test_the_browser_has_no_way_out_of_its_own() -> None:
    with origin({}) as trap:

        async def try_to_leave() -> list[str]:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=CHROMIUM, args=FLAGS, proxy={"server": NOWHERE}
                )
                page = await browser.new_page()
                found = []
                for url in (trap.base_url, trap.base_url.replace("127.0.0.1", "localhost")):
                    try:
                        await page.goto(url, timeout=5000)
                    except Error as error:
                        found.append(error.message)
                await browser.close()
                return found

        failed = asyncio.run(try_to_leave())

        assert len(failed) == 2
        assert [each.path for each in trap.received] == []
