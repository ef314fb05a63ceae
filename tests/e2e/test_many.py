"""Many of everything: a hundred calls at once, and a crawl of five thousand pages killed often."""

import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from archive import open_store
from archive.recorder import BATCH_ENTRIES
from crawler.newsroom.server import Newsroom
from tests.e2e.command import NEWSREEL, newsreel
from tests.e2e.virtual import BEGAN

pytestmark = pytest.mark.soak

PAGES = 5_000
KILLS = 20
CALLS = 100
PATIENCE_S = 1_800
"""What was read and not yet a row when a crawl was killed is read once more, page by page."""
WORDS = "harbour lantern curtain rehearsal matinee violin orchard ferry winter applause".split()  # noqa: SIM905 - a sentence


def test_a_hundred_calls_at_once_make_one_crawl(tmp_path: Path) -> None:
    with Newsroom(now=BEGAN) as newsroom:
        site = newsroom.sites[0]
        command = [*NEWSREEL, "crawl", "--due", f"http://{site.host}/", "--proxy", site.base_url]
        command += ["--delay", "0", "--store", str(tmp_path / "store")]
        calls = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for _ in range(CALLS)
        ]
        said = [call.communicate()[0] for call in calls]
        asked = Counter(each.path for each in newsroom.requests)

    assert {call.returncode for call in calls} == {0}
    crawled = [each for each in said if "new rows" in each]
    beside = [each for each in said if "is being crawled already" in each or "is due" in each]
    assert (len(crawled), len(beside)) == (1, CALLS - 1)
    assert {len(each.splitlines()) for each in beside} == {1}
    assert set(asked.values()) == {1}


def page(number: int) -> bytes:
    """Return an article of invented words; each number has its own."""
    chance = random.Random(number)
    paragraphs = "".join(
        f"<p>{' '.join(chance.choice(WORDS) for _ in range(40))} {number}.</p>" for _ in range(5)
    )
    return (
        f"<html><head><title>The {number} lanterns</title>"
        f'<meta property="article:published_time" content="2026-05-18T0{number % 9}:00:00Z">'
        f"</head><body><article><h1>The {number} lanterns of the harbour</h1>{paragraphs}"
        "</article></body></html>"
    ).encode()


@dataclass(slots=True)
class Press:
    """A site of many pages, that does something as a certain request comes in."""

    asked: Counter[str] = field(default_factory=Counter)
    base: str = ""
    countdown: int = 0
    pid: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def document(self, path: str) -> tuple[int, str, bytes]:
        """Return what stands at a path."""
        if path == "/robots.txt":
            return 200, "text/plain", f"Sitemap: {self.base}/sitemap.xml\n".encode()
        if path == "/sitemap.xml":
            rows = "".join(
                f"<url><loc>{self.base}/2026/05/the-{n}-lanterns/</loc></url>" for n in range(PAGES)
            )
            text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
            return 200, "application/xml", text.encode()
        if path.startswith("/2026/"):
            return 200, "text/html; charset=utf-8", page(int(path.split("-")[1]))
        return (200, "text/html", b"<h1>Front</h1>") if path == "/" else (404, "text/plain", b"")

    def note(self, path: str) -> None:
        """Count a request, and kill the crawl when it is its turn."""
        with self.lock:
            self.asked[path] += 1
            self.countdown -= 1
            if self.countdown == 0:
                os.kill(self.pid, signal.SIGKILL)


@contextmanager
def press() -> Iterator[Press]:
    """Open the site on loopback."""
    site = Press()

    class Conversation(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            site.note(self.path)
            status, kind, body = site.document(self.path)
            self.send_response_only(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a killed crawl hangs up
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def crawling(site: Press, store: Path) -> "subprocess.Popen[bytes]":
    """Start a crawl of the site."""
    command = [*NEWSREEL, "crawl", f"{site.base}/", "--allow-network", "127.0.0.0/8"]
    command += ["--delay", "0", "--store", str(store)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_large_crawl_that_is_killed_often_loses_and_doubles_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    chance = random.Random(6)
    with press() as site:
        for _ in range(KILLS):
            with crawling(site, store) as crawl:
                site.pid = crawl.pid
                site.countdown = chance.randrange(2, 2 * PAGES // KILLS)
                crawl.wait(PATIENCE_S)
        site.countdown = 0
        with crawling(site, store) as crawl:
            code = crawl.wait(PATIENCE_S)
        pages = {path: count for path, count in site.asked.items() if path.startswith("/2026/")}

    assert code == 0
    rows = open_store(store).sql("SELECT article_id, version, url FROM articles").to_pylist()
    assert len(rows) == len({row["article_id"] for row in rows}) == PAGES
    assert {row["version"] for row in rows} == {1}
    captured = open_store(store).sql("SELECT url, count(*) AS n FROM captures GROUP BY url")
    kept = {row["url"]: row["n"] for row in captured.to_pylist() if "/2026/" in row["url"]}
    assert set(kept.values()) == {1}
    # What a kill costs is what no batch had committed yet: pages here take two milliseconds.
    assert sum(pages.values()) <= PAGES + KILLS * 2 * BATCH_ENTRIES
    assert newsreel("verify", "--store", store).code == 0
