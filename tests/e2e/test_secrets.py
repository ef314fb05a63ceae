"""What is secret stays so: grepped for in every byte that a crawl leaves behind or says."""

import os
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.command import NEWSREEL, PATIENCE_S, ROOT, newsreel
from tests.e2e.warc_blocks import WarcRecord, read_store
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.wire_origin import Answer, Received, WireOrigin

PROXY_PASSWORD: Final = "canary-of-the-proxy"
LINK_PASSWORD: Final = "canary-in-a-link"
COOKIE: Final = "canary-in-a-cookie"
ENVIRONMENT: Final = "canary-of-the-environment"
SITE: Final = "http://lantern.example"
STORY: Final = article("secret").replace(
    b"</article>",
    f"<a href='http://me:{LINK_PASSWORD}@lantern.example/news/b.html'>more</a></article>".encode(),
)
PAGES: Final = {
    f"{SITE}/news/a.html": OK + f"Set-Cookie: sid={COOKIE}\r\n".encode() + HTML + sized(STORY),
    f"{SITE}/news/moved.html": b"HTTP/1.1 302 Found\r\nLocation: http://me:"
    + LINK_PASSWORD.encode()
    + b"@lantern.example/news/c.html\r\nContent-Length: 0\r\n\r\n",
}
"""What the proxy answers with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """A crawl with secrets on every side."""

    store: Path
    code: int
    said: bytes
    asked: tuple[Received, ...]
    records: tuple[WarcRecord, ...]
    listening: frozenset[str]
    """Ports that the crawl itself had open while it crawled."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Crawl two pages through a proxy, in an environment that names another."""
    store = tmp_path_factory.mktemp("secrets") / "store"
    listening: set[str] = set()
    crawls: list[subprocess.Popen[bytes]] = []

    def answer(path: str, _: int) -> Answer:
        listening.update(ports_of(crawls[0].pid))
        return Answer(pieces=(PAGES.get(path, NOT_FOUND),))

    with WireOrigin(answer) as proxy:
        words = [f"{SITE}/news/a.html", f"{SITE}/news/moved.html", "--follow", "1"]
        command = [*NEWSREEL, "crawl", *words, "--proxy", proxy.base_url, "--delay", "0"]
        other = f"http://operator:{ENVIRONMENT}@127.0.0.1:9"
        crawls.append(
            subprocess.Popen(
                [*command, "--store", str(store)],
                cwd=ROOT,
                env={**os.environ, "http_proxy": other, "HTTPS_PROXY": other, "ALL_PROXY": other},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        said, _ = crawls[0].communicate(timeout=PATIENCE_S)
        asked = tuple(proxy.received)
    return Crawled(
        store=store,
        code=crawls[0].returncode,
        said=said,
        asked=asked,
        records=read_store(store),
        listening=frozenset(listening),
    )


def ports_of(pid: int) -> set[str]:
    """Return the ports that a process listens on, as the kernel writes them."""
    open_files = Path(f"/proc/{pid}/fd").iterdir()
    sockets = {str(each.readlink()) for each in open_files if each.is_symlink()}
    inodes = {name.removeprefix("socket:[").removesuffix("]") for name in sockets}
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return {line[1] for line in lines if line[3] == "0A" and line[9] in inodes}


def left_behind(store: Path) -> bytes:
    """Return all that a crawl wrote, its WARCs as they were before they were pressed."""
    found = []
    for path in sorted(each for each in store.rglob("*") if each.is_file()):
        data = path.read_bytes()
        while data.startswith(b"\x1f\x8b"):
            member = zlib.decompressobj(31)
            found.append(member.decompress(data))
            data = member.unused_data
        found.append(data)
    return b"\n".join(found)


def test_the_pages_came_through_the_proxy_that_was_named(crawled: Crawled) -> None:
    assert f"{SITE}/news/a.html" in {each.path for each in crawled.asked}
    assert any(record.type == "response" for record in crawled.records)


def test_what_the_environment_keeps_secret_is_nowhere(crawled: Crawled) -> None:
    kept = left_behind(crawled.store)

    assert b"secret Lantern" in kept  # what is looked through is what was written
    for text in (kept, crawled.said):
        assert ENVIRONMENT.encode() not in text


def test_what_a_page_gives_away_stands_in_its_record_alone(crawled: Crawled) -> None:
    answers = b"".join(record.block for record in crawled.records if record.type == "response")
    others = b"".join(record.block for record in crawled.records if record.type != "response")
    outside = b"".join(
        path.read_bytes()
        for path in crawled.store.rglob("*")
        if path.is_file() and path.suffix not in {".gz", ".open"}
    )

    assert COOKIE.encode() in answers
    assert LINK_PASSWORD.encode() in answers
    for secret in (COOKIE, LINK_PASSWORD):
        for text in (others, outside, crawled.said):
            assert secret.encode() not in text


def test_no_cookie_and_no_password_of_a_page_is_sent_to_anybody(crawled: Crawled) -> None:
    heads = b"".join(each.data for each in crawled.asked).lower()

    assert b"\r\nuser-agent: " in heads
    assert b"\r\ncookie:" not in heads
    assert b"\r\nauthorization:" not in heads
    assert LINK_PASSWORD.encode() not in heads


def test_nobody_can_command_a_crawl_from_outside(crawled: Crawled) -> None:
    assert crawled.asked
    assert crawled.listening == frozenset()


REFUSED: Final = {
    "target": ((f"http://me:{LINK_PASSWORD}@lantern.example/",), "does not log in"),
    "proxy": (
        (f"{SITE}/", "--proxy", f"http://me:{PROXY_PASSWORD}@127.0.0.1:8080"),
        "does not log in to a proxy",
    ),
}


@pytest.mark.parametrize(("words", "says"), REFUSED.values(), ids=REFUSED)
def test_an_address_with_a_password_is_refused_without_repeating_it(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    ended = newsreel("crawl", *words, "--store", tmp_path / "store")

    assert ended.code == 2
    assert says in ended.err
    assert "canary" not in ended.err
