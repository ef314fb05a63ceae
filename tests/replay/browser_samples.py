"""A browser that reaches loopback alone, the newsroom crawled, and what a page looks like."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from archive.layout import Layout
from crawler.newsroom.server import Newsroom
from tests.e2e.command import newsreel

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
# The browser's own errands are switched off, and no name but loopback's leads anywhere.
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# As high as the page: a picture below the fold would not be fetched, and not drawn.
_VIEW: Final[ViewportSize] = {"width": 1000, "height": 5000}
_UNSEEN_AMOUNT: Final = 8
"""Of 256: an edge drawn twice may fall on either side of a rounding."""


@dataclass(slots=True)
class Seen:
    """What a page was in the browser."""

    text: str
    pixels: Image.Image
    scripts_ran: bool
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium, with an empty profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def look(browser: Browser, url: str, *, is_drawn: bool = True, **context: Any) -> Seen:
    """Open an address and return what is to be seen; drawing it all takes most of the time."""
    opened = browser.new_context(viewport=_VIEW, **context)
    page = opened.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda one: requests.append(one.url))
    page.on("console", lambda one: complaints.append(one.text))
    page.goto(url, wait_until="networkidle")
    try:
        return Seen(
            text=page.locator("body").inner_text(),
            pixels=_pixels(page) if is_drawn else Image.new("RGB", (1, 1)),
            scripts_ran=page.locator("html[data-scripts=ran]").count() > 0,
            requests=requests,
            complaints=complaints,
        )
    finally:
        opened.close()


def _pixels(page: Page) -> Image.Image:
    shot = page.screenshot(full_page=True, animations="disabled")
    return Image.open(BytesIO(shot)).convert("RGB")


def differing_share(one: Image.Image, other: Image.Image) -> float:
    """Return the share of pixels that are not alike; 1 when the pages differ in size."""
    if one.size != other.size:
        return 1.0
    alike, *differing = _by_difference(one, other)
    return sum(differing) / (alike + sum(differing))


def _by_difference(one: Image.Image, other: Image.Image) -> list[int]:
    """Return how many pixels are alike, and how many differ by each amount above that."""
    counts = ImageChops.difference(one, other).convert("L").histogram()
    return [sum(counts[:_UNSEEN_AMOUNT]), *counts[_UNSEEN_AMOUNT:]]


def crawl_pages(newsroom: Newsroom, root: Path, pages: Sequence[str]) -> Layout:
    """Crawl pages of the newsroom, by their sites' names, as a user does who wants all they show.

    A front page brings its whole site.
    """
    options = ("--requisites", "page", "--delay", "0", "--proxy", newsroom.sites[0].base_url)
    ended = newsreel("crawl", *pages, *options, "--store", root)
    assert ended.code == 0, ended.err + ended.out
    return Layout(root)
