"""The same store through pywb, with scripts: what docs/how-to/replay.md says works."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason="the extra dev is not installed")

from archive import open_store
from archive.layout import Layout
from archive.replay.place import digits_of
from crawler.newsroom.server import Newsroom
from tests.replay.browser_samples import CHROMIUM, chromium, crawl_pages, differing_share, look
from tests.replay.replay_samples import ask, serving

ROOT = Path(__file__).parents[2]
PYWB = Path(os.environ.get("NEWSREEL_PYWB", ROOT / "build" / "pywb")) / "bin"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None or not (PYWB / "wayback").exists(),
        reason="no Chromium or no pywb on this machine; `make test-browser` installs both",
    ),
]

UNSEEN = 0.001
# As in docs/how-to/replay.md, but for the paths and the proxy, by which pixels are seen unframed.
CONFIG = """\
collections:
  newsreel:
    index_paths: {folder}/index.cdxj
    archive_paths: {warcs}/
proxy:
  coll: newsreel
  enable_banner: false
  enable_wombat: false
"""
PATIENCE = 120
CODED = {"Accept_Encoding": "gzip"}  # as it was sent; pywb decodes for those who do not say so


@contextmanager
def pywb(layout: Layout, folder: Path) -> Iterator[str]:
    """Index a store's files where they are, and serve them; yield pywb's origin."""
    warcs = sorted(layout.warcs.glob("*.warc.gz"))
    command = [PYWB / "cdx-indexer", "--cdxj", "--sort", "--output", folder / "index.cdxj"]
    subprocess.run([*map(str, command), *map(str, warcs)], check=True, timeout=PATIENCE)
    (folder / "config.yaml").write_text(CONFIG.format(folder=folder, warcs=layout.warcs))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve = ("--bind", "127.0.0.1", "--port", str(port))
    with subprocess.Popen(
        [PYWB / "wayback", *serve], cwd=folder, stderr=subprocess.DEVNULL
    ) as running:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 10):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("pywb does not listen")


def test_pywb_shows_the_store_as_it_was_and_runs_its_scripts(tmp_path: Path) -> None:
    with Newsroom(now=datetime(2026, 11, 22, 18, tzinfo=UTC)) as newsroom, chromium() as browser:
        story = newsroom.stories("lampwick", by_name=True)[0]
        layout = crawl_pages(newsroom, tmp_path / "store", [story])
        live = look(browser, story, proxy={"server": newsroom.sites[0].base_url})
        with pywb(layout, tmp_path) as origin:
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

    with serving(layout) as served, pywb(layout, tmp_path) as origin:
        ours = [ask(served.replay_origin, f"/{at[url]}id_/{url}", **CODED) for url in addresses]
        theirs = [ask(origin, f"/newsreel/{at[url]}id_/{url}", **CODED) for url in addresses]

    assert [one.status for one in ours] == [200, 200, 200]
    assert [one.body for one in ours] == [one.body for one in theirs]
