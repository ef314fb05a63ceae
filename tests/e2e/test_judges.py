"""Every WARC that a crawl writes and a repair makes is taken by the tools that others use."""

import gzip
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from crawler.newsroom.server import Newsroom
from tests.archive.cdx_tools import run
from tests.e2e.command import newsreel
from tests.e2e.losses import repair

pytestmark = pytest.mark.soak

SITE: Final = "http://hearthside.example/"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store of two crawls with all that pages need, and edits between them."""
    store = tmp_path_factory.mktemp("judged") / "store"
    with Newsroom(now=datetime.now(UTC)) as newsroom:
        proxy = newsroom.sites[0].base_url
        how = ("--proxy", proxy, "--delay", "0", "--requisites", "page", "--store", store)
        assert newsreel("crawl", SITE, *how).code == 0
        newsroom.edit(8)
        assert newsreel("crawl", SITE, *how).code == 0
    return store


def judge(warcs: list[Path], folder: Path) -> None:
    """Have every tool look at every file."""
    for path in warcs:
        for tool in (("warcio", "check"), ("fastwarc", "check"), ("cdxj-indexer", "-s")):
            judged = run(*tool, path)
            assert judged.returncode == 0, (tool, path.name, judged.stdout[-500:], judged.stderr)
    packed = run("wacz", "create", "-o", folder / "all.wacz", *warcs)
    assert packed.returncode == 0, packed.stderr
    assert "is valid" in run("wacz", "validate", "-f", folder / "all.wacz").stdout


def test_what_a_crawl_with_requisites_writes_is_accepted(store: Path, tmp_path: Path) -> None:
    judge(sorted((store / "warc").iterdir()), tmp_path)


def test_what_a_repair_salvages_is_accepted(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = Path(shutil.copytree(store, tmp_path / "store", symlinks=True))
    for path in (damaged / "warc").iterdir():
        path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))

    code, _ = repair(damaged, capsys)

    assert code == 0
    judge(sorted((damaged / "warc").iterdir()), tmp_path)
