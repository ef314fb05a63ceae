"""The two pictures of the README, taken of the newsroom as it was crawled: `make pictures`."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

pytest.importorskip("playwright", reason="the extra dev is not installed")

from PIL import Image
from playwright.sync_api import Browser
from rich.console import Console

from archive import open_store
from archive.layout import Layout
from archive.room.serving import Serving
from crawler.newsroom.server import Newsroom
from tests.e2e.command import newsreel
from tests.replay.browser_samples import CHROMIUM, chromium, crawl_pages
from tests.replay.replay_samples import serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test-browser` installs it"
    ),
]

SCREENS: Final = Path(__file__).parents[2] / "build/screens"
EDITED: Final = "select article_id, url from articles where version = 2 order by headline limit 1"
MOST_BYTES: Final = 250_000
"""Of a picture in the repository."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Crawl the newsroom with all that its pages show, before and after its editors came by."""
    root = tmp_path_factory.mktemp("pictures") / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        fronts = [f"http://{site.host}/" for site in newsroom.sites]
        crawl_pages(newsroom, root, fronts)
        newsroom.edit(1)
        return crawl_pages(newsroom, root, fronts)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with chromium() as started:
        yield started


def keep(name: str, shot: bytes) -> int:
    """Keep a picture in few colours, and return its size."""
    target = SCREENS / name
    Image.open(BytesIO(shot)).convert("RGB").quantize(192).save(target, optimize=True)
    return target.stat().st_size


def test_the_page_of_an_edited_article_is_taken(browser: Browser, store: Layout) -> None:
    (edited,) = open_store(store.root).sql(EDITED).to_pylist()
    with serving(store) as served:
        size = _taken(browser, served, edited["article_id"])

    assert size < MOST_BYTES


def _taken(browser: Browser, served: Serving, article_id: str) -> int:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(f"{served.room_origin}/articles/{article_id}", wait_until="networkidle")
    shot = page.screenshot()
    context.close()
    return keep("readme-page.png", shot)


def test_the_terminal_is_taken(browser: Browser, store: Layout) -> None:
    (edited,) = open_store(store.root).sql(EDITED).to_pylist()
    console = Console(record=True, width=104, file=None, highlight=False, markup=False)
    told = [("status",), ("diff", edited["url"])]
    for words in told:
        ended = newsreel(*words, "--store", store.root)
        assert ended.code == 0
        console.print(f"$ newsreel {' '.join(words)}", style="bold")
        console.print(ended.out.replace(str(store.root), "store"))
    drawn = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title=""), flags=re.DOTALL)

    context = browser.new_context(viewport={"width": 1000, "height": 800}, device_scale_factor=1.5)
    page = context.new_page()
    page.set_content(f"<body style='margin:0;font-family:monospace'>{drawn}</body>")
    size = keep("readme-terminal.png", page.locator("svg").first.screenshot())
    context.close()

    assert size < MOST_BYTES
