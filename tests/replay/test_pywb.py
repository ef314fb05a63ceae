"""The same store through pywb, with scripts: what docs/how-to/replay.md says works."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="the extra dev is not installed")

from archive import open_store
from archive.replay.place import digits_of
from crawler.newsroom.server import Newsroom
from tests.replay.browser_samples import CHROMIUM, chromium, crawl_pages, differing_share, look
from tests.replay.pywb_server import PYWB, pywb
from tests.replay.replay_samples import ask, serving

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None or not (PYWB / "wayback").exists(),
        reason="no Chromium or no pywb on this machine; `make test-browser` installs both",
    ),
]

UNSEEN = 0.001
CODED = {"Accept_Encoding": "gzip"}  # as it was sent; pywb decodes for those who do not say so


def test_pywb_shows_the_store_as_it_was_and_runs_its_scripts(tmp_path: Path) -> None:
    with Newsroom(now=datetime(2026, 11, 22, 18, tzinfo=UTC)) as newsroom, chromium() as browser:
        story = newsroom.stories("lampwick", by_name=True)[0]
        layout = crawl_pages(newsroom, tmp_path / "store", [story])
        live = look(browser, story, proxy={"server": newsroom.sites[0].base_url})
        with pywb({"newsreel": (layout.merged_index, layout.warcs)}, tmp_path) as origin:
            before = len(newsroom.requests)

            replayed = look(browser, story, proxy={"server": origin})

    assert newsroom.requests[before:] == []
    assert replayed.text == live.text
    assert differing_share(live.pixels, replayed.pixels) < UNSEEN
    assert replayed.scripts_ran


def test_both_replays_give_the_same_bytes(tmp_path: Path) -> None:
    with Newsroom(now=datetime(2026, 11, 22, 18, tzinfo=UTC)) as newsroom:
        story = newsroom.stories("lampwick", by_name=True)[0]
        layout = crawl_pages(newsroom, tmp_path / "store", [story])
    site = "{0.scheme}://{0.netloc}".format(urlsplit(story))
    addresses = [story, f"{site}/assets/site.css", f"{site}/assets/logo.svg"]
    captures = open_store(layout.root).captures.to_arrow().to_pylist()
    at = {row["url"]: digits_of(row["fetch_time"]) for row in captures}

    with (
        serving(layout) as served,
        pywb({"newsreel": (layout.merged_index, layout.warcs)}, tmp_path) as origin,
    ):
        ours = [ask(served.replay_origin, f"/{at[url]}id_/{url}", **CODED) for url in addresses]
        theirs = [ask(origin, f"/newsreel/{at[url]}id_/{url}", **CODED) for url in addresses]

    assert [one.status for one in ours] == [200, 200, 200]
    assert [one.body for one in ours] == [one.body for one in theirs]
