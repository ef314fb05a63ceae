"""Workers that cannot start end a command with a sentence; nothing waits for them for ever."""

import os
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from archive.journal.journal import Journal
from crawler.newsroom.server import Newsroom
from tests.e2e.command import NEWSREEL, PATIENCE_S

MESSAGE: Final = "the processes that read pages cannot start"


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which trafilatura cannot be imported."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "trafilatura.py").write_text("raise ImportError('no such library')\n")
    return {**os.environ, "PYTHONPATH": str(tmp_path / "broken")}


def test_extract_says_so_and_ends(broken: dict[str, str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>The Bridge</h1><p>It hums.</p>")
    url = "https://courier.example/a"

    ended = run(broken, "extract", str(page), "--url", url, "--jsonl")

    assert ended.returncode == 1
    assert MESSAGE in " ".join(ended.stderr.split())
    assert ended.stdout == ""


def test_crawl_ends_and_keeps_what_it_fetched_for_the_next(
    broken: dict[str, str], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        story = newsroom.stories("lampwick", by_name=True)[0]
        crawl = ("crawl", story, "--proxy", newsroom.sites[0].base_url, "--delay", "0")
        ended = run(broken, *crawl, "--store", str(store))
        unread = unread_captures(store)
        again = run(dict(os.environ), *crawl, "--store", str(store))

    assert ended.returncode == 1
    assert MESSAGE in " ".join(ended.stderr.split())
    assert unread == 1
    assert again.returncode == 0, again.stderr
    assert unread_captures(store) == 0


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in an environment, to its end."""
    return subprocess.run(
        [*NEWSREEL, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def unread_captures(store: Path) -> int:
    """Return how many captures wait to be read."""
    with closing(Journal.read(store / "journal.db")) as journal:
        return len(journal.captures.unread(after=0, limit=10_000))
