"""A real browser in the reading room: everything is found, nothing runs, and everybody can read it.

Screenshots of every page are left in build/screens, light and dark, on a desk and on a phone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

pytest.importorskip("playwright", reason="the extra dev is not installed")

from playwright.sync_api import Browser, Page, ViewportSize

from archive.article import article_id
from archive.layout import Layout
from archive.room.serving import Serving
from tests.e2e.command import newsreel
from tests.replay.browser_samples import CHROMIUM, chromium
from tests.replay.replay_samples import serving_replay
from tests.room.room_store import PAYLOADS
from tests.verify.small_store import HOST, SECOND_RUN, SITE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; `make test-browser` installs it"
    ),
]

BUILD: Final = Path(__file__).parents[2] / "build"
SCREENS: Final = BUILD / "screens"
AXE: Final = BUILD / "axe/node_modules/axe-core/axe.min.js"
VESPER: Final = article_id("x.example", f"{HOST}/vesper")
PAGES: Final = {
    "overview": "/",
    "articles": "/articles?q=piano",
    "article": f"/articles/{VESPER}",
    "sites": "/sites",
    "site": f"/sites/{SITE}",
    "fields": "/fields",
    "coverage": "/coverage?fate=all",
    "runs": "/runs",
    "run": f"/runs/{SECOND_RUN}",
    "captures": "/captures",
}
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
VIEWS: Final = {
    f"{device}-{scheme}": (size, scheme)
    for device, size in (("desktop", DESK), ("phone", PHONE))
    for scheme in ("light", "dark")
}
HAS_RUN: Final = "html[data-ran]"


@dataclass(slots=True)
class Visit:
    """A page in the browser, and what it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Go to an address and wait until everything is there."""
        self.page.goto(url, wait_until="networkidle")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser, and make room for what it sees."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with chromium() as started:
        yield started


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a window; a test may say which with the name of a view."""
    size, scheme = VIEWS[getattr(request, "param", "desktop-light")]
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]  # two of its names
    made = Visit(context.new_page())
    made.page.on("request", lambda one: made.requests.append(one.url))
    made.page.on("console", lambda one: made.complaints.append(one.text))
    made.page.on("pageerror", lambda one: made.complaints.append(str(one)))
    yield made
    context.close()


def elsewhere(visit: Visit, room: Serving) -> list[str]:
    """Return the requests that left the two origins."""
    own = (f"{room.room_origin}/", f"{room.replay_origin}/", "data:")
    return [url for url in visit.requests if not url.startswith(own)]


def violations(visit: Visit) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds wrong with the page, rule by rule."""
    visit.page.evaluate(AXE.read_text("utf-8"))
    told: Any = visit.page.evaluate("axe.run(document, {iframes: false})")
    assert len(told["passes"]) > 10  # it did look
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in told["violations"]]


def test_search_finds_an_article_whose_capture_is_beside_it_with_its_edit(
    visit: Visit, room: Serving
) -> None:
    visit.open(f"{room.room_origin}/")
    visit.page.get_by_role("searchbox", name="Search headlines and text").fill("borrowed piano")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_role("link", name="Halcyon Pushes Vesper to Spring").click()
    visit.page.wait_for_load_state("networkidle")

    frame = visit.page.frame_locator("iframe")
    assert frame.locator("h1").inner_text() == "Halcyon Pushes Vesper to Spring"
    assert frame.locator(HAS_RUN).count() == 0
    assert visit.page.locator("article").inner_text().startswith("The calendar empties.")
    changes = visit.page.locator(".change")
    assert changes.locator("del").all_inner_texts() == ["Moves", "Nobody"]
    assert changes.locator("ins").all_inner_texts() == ["Pushes", "Somebody"]
    assert elsewhere(visit, room) == []
    assert visit.complaints == []


def test_the_whole_way_is_gone_with_the_keyboard_alone(visit: Visit, room: Serving) -> None:
    visit.open(f"{room.room_origin}/articles?q=piano")
    names = []
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        names.append(visit.page.evaluate("document.activeElement.textContent.trim()"))
        if names[-1] == "Halcyon Pushes Vesper to Spring":
            break
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"**/articles/{VESPER}")

    assert names[0] == "Skip to the page"
    assert names[-1] == visit.page.locator("h1").inner_text()


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_hostile_words_are_shown_and_do_nothing(visit: Visit, room: Serving, number: int) -> None:
    visit.open(f"{room.room_origin}/articles?q=%22payload+{number}%22")
    assert visit.page.locator(HAS_RUN).count() == 0
    visit.page.get_by_role("link", name=re.compile(rf"^payload {number} ")).click()
    visit.page.wait_for_load_state("networkidle")

    assert visit.page.locator(HAS_RUN).count() == 0
    assert visit.page.locator("h1").inner_text().startswith(f"payload {number} ")
    assert visit.page.locator("iframe").count() == 1
    assert visit.page.frame_locator("iframe").locator(HAS_RUN).count() == 0
    assert elsewhere(visit, room) == []
    assert visit.complaints == []


@pytest.mark.parametrize("visit", VIEWS, indirect=True, ids=VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_quiet_and_within_its_window(
    visit: Visit, room: Serving, name: str, request: pytest.FixtureRequest
) -> None:
    visit.open(room.room_origin + PAGES[name])

    view = request.node.callspec.params["visit"]
    visit.page.screenshot(path=SCREENS / f"{name}-{view}.png", full_page=True)
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visit.page.locator("h1").count() == 1
    assert elsewhere(visit, room) == []
    assert visit.complaints == []


@pytest.mark.skipif(
    not AXE.is_file(), reason="no axe-core in build/axe; `make test-browser` fetches it with npm"
)
@pytest.mark.parametrize("visit", VIEWS, indirect=True, ids=VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visit: Visit, room: Serving, name: str) -> None:
    visit.open(room.room_origin + PAGES[name])

    assert violations(visit) == []


@pytest.mark.parametrize("visit", VIEWS, indirect=True, ids=VIEWS)
def test_the_report_is_read_from_a_file(
    visit: Visit, layout: Layout, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    target = tmp_path / "report.html"
    assert newsreel("report", "--store", layout.root, "--out", target).code == 0
    visit.open(target.as_uri())

    view = request.node.callspec.params["visit"]
    visit.page.screenshot(path=SCREENS / f"report-{view}.png", full_page=True)
    assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visit.requests == [target.as_uri()]
    assert visit.complaints == []
    if AXE.is_file():
        assert violations(visit) == []


@pytest.mark.parametrize("has_policy", [True, False], ids=["as_it_is", "without_its_policy"])
def test_its_policy_alone_keeps_a_capture_from_running(
    visit: Visit, layout: Layout, *, has_policy: bool
) -> None:
    with serving_replay(layout, has_policy=has_policy) as origin:
        visit.open(f"{origin}/20260518131200id_/{HOST}/vesper")  # as it was: nothing rewritten

        ran = visit.page.locator(HAS_RUN).count() == 1

    assert ran is not has_policy
