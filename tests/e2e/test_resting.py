"""The rows of a site that brings no more are written while other sites are still crawled."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from typing_extensions import override

from crawler.newsroom.listener import Request, Response
from crawler.newsroom.server import Newsroom
from tests.e2e.command import PATIENCE_S, newsreel, rows


class Withholding(Newsroom):
    """Does not answer for one story until rows of another site are in a store."""

    def __init__(self, store: Path, **options: Any) -> None:
        super().__init__(**options)
        self.withheld = ""
        self.found: list[Path] = []
        """Parts of articles that were there when the story was sent."""
        self._store = store

    @override
    def respond(self, request: Request) -> Response:
        if request.target == self.withheld:
            pause = threading.Event()  # nobody tells when a part appears
            until = time.monotonic() + PATIENCE_S / 2
            while not self.found and time.monotonic() < until:
                pause.wait(0.01)
                self.found = [*self._store.glob("articles/*/*/*.parquet")]
        return super().respond(request)


def test_rows_of_a_site_at_rest_are_written_beside_the_crawl_of_others(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Withholding(store, now=datetime.now(UTC)) as newsroom:
        ours = newsroom.stories("lampwick", by_name=True)[0]
        newsroom.withheld = newsroom.stories("proscenium", by_name=True)[0]
        proxy = newsroom.sites[0].base_url
        crawl = ("crawl", ours, newsroom.withheld, "--proxy", proxy, "--delay", "0")

        ended = newsreel(*crawl, "--store", store)

    assert ended.code == 0, ended.err
    assert len(newsroom.found) == 1
    found = rows(store, "SELECT url FROM articles")
    assert {row["url"] for row in found} == {ours, newsroom.withheld}
