"""A store of one site, as its crawl left it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.newsroom.server import Newsroom
from tests.e2e.command import newsreel


@pytest.fixture(scope="package")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crawl one site."""
    store = tmp_path_factory.mktemp("reextract") / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        proxy = newsroom.sites[0].base_url
        options = ("--proxy", proxy, "--delay", "0", "--store", store)
        assert newsreel("crawl", "http://lampwick.example/", *options).code == 0
    return store


@pytest.fixture
def store(crawled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crawled, tmp_path / "store", symlinks=True))
