"""A page with all that it needs: fetched once, from wherever it is, and no more than is kind."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from archive import open_store
from archive.verify.store import verify
from tests.e2e.command import Ended, finish, newsreel, start
from tests.e2e.losses import lose_all, repair, rows_of
from tests.e2e.watched import WatchedNewsroom
from tests.e2e.wire_cases import HTML, NOT_FOUND, OK, article, sized
from tests.fetch.wire_origin import Answer, WireOrigin

PAGE: Final = "/news/page.html"
MEGABYTE: Final = 1 << 20
NEEDS: Final = """
<link rel=stylesheet href=/css/site.css><script src=/js/site.js></script>
<meta property="og:image" content="{cdn}/lead.jpg">
<img src="{cdn}/small.jpg" srcset="{cdn}/small.jpg 300w, {cdn}/large.jpg 1200w">
<img data-src="/moved.png"><img src="{cdn}/private/secret.png"><img src="{cdn}/gone.png">
<img src="{cdn}/huge.png"><img src="http://10.0.0.1/inside.png"><img src="{cdn}/same.jpg">
<a href="/next/page.html">next</a>
"""
CSS: Final = OK + b"Content-Type: text/css\r\n"


def jpeg(name: str, size: int = 9) -> bytes:
    """Return the answer of a picture that is like no other."""
    return OK + b"Content-Type: image/jpeg\r\n" + sized(name.encode() + bytes(size))


CDN_ANSWERS: Final = {
    "/robots.txt": OK + sized(b"User-agent: *\nDisallow: /private/\nSitemap: /sitemap.xml\n"),
    "/lead.jpg": jpeg("lead"),
    "/large.jpg": jpeg("large"),
    "/small.jpg": jpeg("small"),
    "/same.jpg": jpeg("lead"),
    "/there.png": jpeg("there"),
    "/huge.png": jpeg("huge", 9 * MEGABYTE),
    "/font.woff2": OK + b"Content-Type: font/woff2\r\n" + sized(b"font"),
}


def site_answers(cdn: str) -> dict[str, bytes]:
    """Return what the site itself answers."""
    page = article("needy").replace(b"</h1>", b"</h1>" + NEEDS.format(cdn=cdn).encode())
    return {
        PAGE: OK + HTML + sized(page),
        "/css/site.css": CSS + sized(b'@import "more.css"; p { background: url(/back.png) }'),
        "/css/more.css": CSS + sized(f"@font-face {{ src: url({cdn}/font.woff2) }}".encode()),
        "/back.png": jpeg("back"),
        "/js/site.js": OK + b"Content-Type: text/javascript\r\n" + sized(b"let a = 1"),
        "/moved.png": b"HTTP/1.1 302 Found\r\nLocation: %b/there.png\r\nContent-Length: 0\r\n\r\n"
        % cdn.encode(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """One crawl: what the command said, and what was asked for where."""

    command: Ended
    site: Sequence[str]
    cdn: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawls:
    """A page crawled twice with all it needs."""

    base: str
    cdn: str
    store: Path
    first: Crawled
    again: Crawled


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    folder = tmp_path_factory.mktemp("requisites")
    with ExitStack() as opened:
        cdn = opened.enter_context(WireOrigin(_answering(CDN_ANSWERS)))
        site = opened.enter_context(WireOrigin(_answering(site_answers(cdn.base_url))))

        def crawl() -> Crawled:
            begun = len(site.received), len(cdn.received)
            command = newsreel(
                *("crawl", f"{site.base_url}{PAGE}", "--requisites", "page", "--delay", "0"),
                *("--allow-network", "127.0.0.0/8", "--store", folder / "store", "--json"),
            )
            asked = site.paths()[begun[0] :], cdn.paths()[begun[1] :]
            return Crawled(command=command, site=asked[0], cdn=asked[1])

        yield Crawls(
            base=site.base_url,
            cdn=cdn.base_url,
            store=folder / "store",
            first=crawl(),
            again=crawl(),
        )


def _answering(answers: Mapping[str, bytes]) -> Any:
    return lambda path, _: Answer(pieces=(answers.get(path, NOT_FOUND),))


def captures(crawls: Crawls) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = open_store(crawls.store).captures.to_arrow().to_pylist()
    return rows


def test_a_page_is_fetched_with_all_that_it_needs(crawls: Crawls) -> None:
    wanted_of_site = {PAGE, "/robots.txt", "/moved.png", "/css/site.css", "/css/more.css"}

    assert set(crawls.first.site) == wanted_of_site | {"/back.png", "/js/site.js"}
    assert set(crawls.first.cdn) == set(CDN_ANSWERS) | {"/gone.png"}


def test_a_store_with_requisites_is_told_again_from_its_warcs(
    crawls: Crawls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Path(shutil.copytree(crawls.store, tmp_path / "store", symlinks=True))
    lose_all(store)

    code, answer = repair(store, capsys)

    assert code == 0, answer
    assert rows_of(store) == rows_of(crawls.store)
    assert verify(store).is_sound


def test_nothing_is_asked_for_twice(crawls: Crawls) -> None:
    assert set(Counter([*crawls.first.site]).values()) == {1}
    assert set(Counter([*crawls.first.cdn]).values()) == {1}


def test_the_page_comes_first_and_each_host_is_asked_what_it_allows(crawls: Crawls) -> None:
    assert list(crawls.first.site[:2]) == ["/robots.txt", PAGE]
    assert crawls.first.cdn[0] == "/robots.txt"
    assert "/private/secret.png" not in crawls.first.cdn


def test_what_stands_is_not_asked_for_again(crawls: Crawls) -> None:
    assert set(crawls.again.site) | set(crawls.again.cdn) == {PAGE}


def test_every_requisite_is_a_capture_of_its_kind(crawls: Crawls) -> None:
    found = {row["url"]: row for row in captures(crawls) if row["address_kind"] == "requisite"}
    named = {url.removeprefix(crawls.cdn): row for url, row in found.items()}

    assert {row["site"] for row in found.values()} == {found[f"{crawls.base}/back.png"]["site"]}
    assert named["/font.woff2"]["content_mime_type"] == "font/woff2"
    assert named["/gone.png"]["fetch_status"] == 404
    assert named["/huge.png"]["content_truncated"] == "length"
    assert named["/huge.png"]["content_length"] <= 8 * MEGABYTE


def test_no_address_inside_is_asked_for(crawls: Crawls) -> None:
    inside = [row["url"] for row in captures(crawls) if "10.0.0.1" in row["url"]]

    assert inside == []


def test_two_pictures_of_the_same_bytes_are_stored_once(crawls: Crawls) -> None:
    kinds = {row["url"]: row["record_type"] for row in captures(crawls)}

    pair = sorted(str(kinds[f"{crawls.cdn}/{name}.jpg"]) for name in ("lead", "same"))
    assert pair == ["response", "revisit"]


def test_requisites_are_no_part_of_what_the_site_advertises(crawls: Crawls) -> None:
    ledger = {row["url"] for row in open_store(crawls.store).coverage.to_arrow().to_pylist()}

    assert {url for url in ledger if not url.endswith("/robots.txt")} == {f"{crawls.base}{PAGE}"}


def test_what_is_missing_is_told_and_is_no_failure(crawls: Crawls) -> None:
    summary = crawls.first.command.json()

    assert (crawls.first.command.code, summary["problems"]) == (0, [])
    assert summary["requests"] == 3, "the page and the robots.txt of two hosts"
    assert summary["requisites"]["requests"] == len(crawls.first.site) + len(crawls.first.cdn) - 3
    assert summary["requisites"]["failed"] == 2
    assert summary["requisites"]["refused"] == 1


def test_the_store_is_sound(crawls: Crawls) -> None:
    ended = newsreel("verify", "--store", crawls.store)

    assert ended.code == 0, ended.out


def test_a_killed_crawl_fetches_the_rest_and_doubles_nothing(tmp_path: Path) -> None:
    with WatchedNewsroom(now=datetime.now(UTC)) as newsroom:
        story = newsroom.stories("hearthside", by_name=True)[0]
        options = ("--proxy", newsroom.sites[0].base_url, "--delay", "0", "--requisites", "page")

        crawling = start("crawl", story, *options, "--store", tmp_path)
        newsroom.on_request(7, lambda: os.kill(crawling.pid, signal.SIGKILL))
        killed = finish(crawling)
        before = newsroom.paths()
        ended = newsreel("crawl", story, *options, "--store", tmp_path)
        after = newsroom.paths(len(before))

    urls = Counter(row["url"] for row in open_store(tmp_path).captures.to_arrow().to_pylist())
    assert (killed.code, ended.code) == (-signal.SIGKILL, 0)
    assert "resume " in ended.err
    paths = {urlsplit(url).path for url in urls}
    assert paths == set(before) | set(after)
    # The second sheet is known only from the first, whichever crawl has read that.
    assert {"/assets/site.css", "/assets/site.js", "/assets/type.css"} <= paths
    assert after, "there was something left to ask for"
    assert set(urls.values()) == {1}
