"""A real browser shows what was captured, runs nothing of it and asks nobody else."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typing_extensions import override

pytest.importorskip("playwright", reason="the extra dev is not installed")

from playwright.sync_api import Browser

from archive.layout import Layout
from archive.room.serving import Serving
from crawler.newsroom.listener import LoggedRequest
from crawler.newsroom.server import Newsroom
from tests.replay.browser_samples import (
    CHROMIUM,
    Seen,
    chromium,
    crawl_pages,
    differing_share,
    look,
)
from tests.replay.replay_samples import answered, captured, record, serving, serving_replay

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test-browser` installs it"
    ),
]

SITES = ("lampwick", "theproscenium", "hearthside")
UNSEEN = 0.001
"""The share of pixels that may differ: none do, but a browser may draw an edge anew."""

# Everything that would fetch, run or lead away, each to an address of its own on the trap.
HOSTILE = """<!doctype html><html><head>
<link rel="preconnect" href="{trap}"><link rel="prefetch" href="{trap}/prefetch">
<link rel="stylesheet" href="{trap}/sheet.css"><link rel="icon" href="{trap}/icon.png">
<style>@import "{trap}/import.css"; body {{ background: url({trap}/background.png) }}</style>
<script>
document.documentElement.dataset.scripts = "ran";
new Image().src = "{trap}/inline.png";
fetch("{trap}/fetched").catch(() => 0);
</script>
<script src="{trap}/outside.js"></script>
</head><body>
<p>words of the page</p>
<img src="{trap}/picture.png"><img srcset="{trap}/set.png 1x"><img src="\\\\{host}/slashes.png">
<img src="none.png" onerror="new Image().src = '{trap}/onerror.png'">
<svg onload="new Image().src = '{trap}/onload.png'"><image href="{trap}/image.png"/></svg>
<iframe src="{trap}/frame"></iframe>
<iframe srcdoc="<script>new Image().src = '{trap}/srcdoc.png'</script><img src={trap}/in.png>">
</iframe>
<object data="{trap}/object"></object><embed src="{trap}/embed">
<video src="{trap}/film.mp4" poster="{trap}/poster.png" autoplay muted></video>
<input autofocus onfocus="new Image().src = '{trap}/onfocus.png'">
<table background="{trap}/table.png"><tr><td style="background: url('{trap}/cell.png')">x</table>
<!--><img src="{trap}/comment.png">-->
</body></html>
"""


class Trap(HTTPServer):
    """A server on loopback that a page must not reach; it notes who asks it."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.body = b""
        super().__init__(("127.0.0.1", 0), _Caught)

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_port}"


class _Caught(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Trap)
        self.server.paths.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The newsroom, and a replay of some of its pages."""

    newsroom: Newsroom
    serving: Serving
    stories: dict[str, str]
    fronts: dict[str, str]

    def replayed(self, url: str) -> str:
        """Return where the replay shows a page."""
        return f"{self.serving.replay_origin}/{url}"

    @property
    def proxy(self) -> dict[str, str]:
        """How a browser reaches the sites by their names."""
        return {"server": self.newsroom.sites[0].base_url}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Crawl the sites, stories and front pages, with all that they show."""
    with Newsroom(now=datetime(2026, 11, 22, 18, tzinfo=UTC)) as newsroom:
        hosts = {site.host.removesuffix(".example"): site for site in newsroom.sites}
        stories = {name: newsroom.stories(hosts[name].name, by_name=True)[0] for name in SITES}
        fronts = {name: f"http://{hosts[name].host}/" for name in SITES}
        root = tmp_path_factory.mktemp("replay") / "store"
        layout = crawl_pages(newsroom, root, list(fronts.values()))
        with serving(layout) as served:
            yield Recorded(newsroom=newsroom, serving=served, stories=stories, fronts=fronts)


@pytest.fixture
def trap() -> Iterator[Trap]:
    """Open the trap."""
    opened = Trap()
    thread = threading.Thread(target=opened.serve_forever, args=(0.02,))
    thread.start()
    yield opened
    opened.shutdown()
    thread.join()
    opened.server_close()


@pytest.fixture
def hostile(tmp_path: Path, trap: Trap) -> Layout:
    """Record the hostile page."""
    page = HOSTILE.format(trap=f"http://{trap.host}", host=trap.host)
    return record(tmp_path / "store", [captured("http://x.example/", answered(page))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as its reader saw it, and replayed."""

    live: Seen
    replayed: Seen
    asked_live: list[LoggedRequest]
    """What the newsroom was asked for while the replay was looked at."""


@pytest.fixture(scope="module", params=SITES)
def story(browser: Browser, recorded: Recorded, request: pytest.FixtureRequest) -> Story:
    """Look at a story of each site in turn, live and replayed."""
    url = recorded.stories[request.param]
    live = look(browser, url, proxy=recorded.proxy)
    before = len(recorded.newsroom.requests)
    replayed = look(browser, recorded.replayed(url))
    return Story(live=live, replayed=replayed, asked_live=recorded.newsroom.requests[before:])


def test_a_story_reads_as_it_did(story: Story) -> None:
    assert story.replayed.text == story.live.text


def test_a_story_looks_as_it_did(story: Story) -> None:
    assert differing_share(story.live.pixels, story.replayed.pixels) < UNSEEN


def test_no_script_runs(story: Story) -> None:
    assert (story.live.scripts_ran, story.replayed.scripts_ran) == (True, False)


def test_nobody_but_the_replay_is_asked(story: Story, recorded: Recorded) -> None:
    origin = recorded.serving.replay_origin

    assert story.asked_live == []
    assert [url for url in story.replayed.requests if not url.startswith(f"{origin}/")] == []


def test_nothing_is_missing_and_nothing_is_stopped_by_the_policy_alone(story: Story) -> None:
    assert story.replayed.complaints == []


def test_a_page_that_needs_no_script_looks_as_it_does_without(
    browser: Browser, recorded: Recorded
) -> None:
    url = recorded.fronts["lampwick"]
    live = look(browser, url, proxy=recorded.proxy, java_script_enabled=False)

    replayed = look(browser, recorded.replayed(url))

    assert replayed.text == live.text
    assert differing_share(live.pixels, replayed.pixels) < UNSEEN


def test_pixels_tell_pages_apart(browser: Browser, recorded: Recorded) -> None:
    one, other = (
        look(browser, recorded.replayed(url)).pixels for url in list(recorded.fronts.values())[:2]
    )

    assert differing_share(one, other) > UNSEEN


# With either wall alone a page stays in; that both are gone must be seen, or nothing is proved.
WALLS = {
    "both": (True, True),
    "rewriting_alone": (True, False),
    "policy_alone": (False, True),
}


@pytest.mark.parametrize(("rewritten", "has_policy"), WALLS.values(), ids=WALLS.keys())
def test_a_hostile_page_reaches_nobody(
    browser: Browser, hostile: Layout, trap: Trap, *, rewritten: bool, has_policy: bool
) -> None:
    mode = "" if rewritten else "id_"
    with serving_replay(hostile, has_policy=has_policy) as origin:
        seen = look(browser, f"{origin}/20260518120000{mode}/http://x.example/", is_drawn=False)

    assert trap.paths == []
    assert not seen.scripts_ran
    assert "words of the page" in seen.text


def test_without_both_walls_the_hostile_page_gets_out(
    browser: Browser, hostile: Layout, trap: Trap
) -> None:
    with serving_replay(hostile, has_policy=False) as origin:
        look(browser, f"{origin}/20260518120000id_/http://x.example/", is_drawn=False)

    named = {"/inline.png", "/picture.png", "/import.css", "/frame", "/srcdoc.png", "/onerror.png"}
    assert named <= set(trap.paths)


@pytest.mark.parametrize(
    ("rewritten", "has_policy", "leads_away"),
    [*((*walls, False) for walls in WALLS.values()), (False, False, True)],
    ids=[*WALLS, "neither"],
)
def test_a_page_stays_where_it_is_unless_both_walls_are_gone(
    browser: Browser,
    tmp_path: Path,
    trap: Trap,
    *,
    rewritten: bool,
    has_policy: bool,
    leads_away: bool,
) -> None:
    page = f'<meta http-equiv="refresh" content="0;url=http://{trap.host}/refresh"><p>words</p>'
    layout = record(tmp_path / "store", [captured("http://x.example/", answered(page))])
    mode = "" if rewritten else "id_"

    with serving_replay(layout, has_policy=has_policy) as origin:
        look(browser, f"{origin}/20260518120000{mode}/http://x.example/", is_drawn=False)

    assert ("/refresh" in trap.paths) is leads_away


def test_a_font_of_the_archive_is_used(browser: Browser, tmp_path: Path) -> None:
    fonts = sorted(Path("/usr/share/fonts").rglob("*.ttf"))
    if not fonts:
        pytest.skip("no font on this machine to archive")
    sheet = "@font-face { font-family: Kept; src: url(/kept.ttf) } p { font-family: Kept }"
    layout = record(
        tmp_path / "store",
        [
            captured("http://x.example/", answered(f"<style>{sheet}</style><p>words</p>")),
            captured("http://x.example/kept.ttf", answered(fonts[0].read_bytes(), "font/ttf")),
        ],
    )
    with serving(layout) as served:
        page = browser.new_page()
        page.goto(f"{served.replay_origin}/http://x.example/", wait_until="networkidle")

        states = page.evaluate("[...document.fonts].map(font => font.status)")
        page.close()

    assert states == ["loaded"]


@pytest.mark.parametrize("is_named", [True, False], ids=["its_room", "a_stranger"])
def test_a_capture_is_framed_by_its_room_alone(
    browser: Browser, tmp_path: Path, trap: Trap, *, is_named: bool
) -> None:
    layout = record(tmp_path / "store", [captured("http://x.example/", answered("<p>framed</p>"))])
    room = f"http://{trap.host if is_named else '127.0.0.1:9'}"
    page = browser.new_page()
    with serving_replay(layout, framed_by=(room,)) as origin:
        trap.body = f'<iframe sandbox="" src="{origin}/http://x.example/"></iframe>'.encode()
        page.goto(f"http://{trap.host}/", wait_until="networkidle")
        shown = page.frames[1].locator("body").inner_text()
    page.close()

    assert (shown == "framed") is is_named
