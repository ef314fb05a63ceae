"""All of `newsreel crawl`, from robots.txt to the ledger, but no page is read."""

import tempfile
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console
from typing_extensions import override

from archive.article import PageKind
from archive.coverage import Fate
from crawler.commands.crawl import crawl, plan_crawl
from crawler.extract.pool import ReadingPool
from crawler.progress import Progress


class _Unread(ReadingPool):
    """Workers that read nothing: every page is said to hold no article."""

    def __init__(self) -> None:
        super().__init__(workers=0)

    @override
    def submit(self, page: Any, rules: Any = None) -> Any:
        """Return the reading of a page that nobody looked at."""
        reading: Future[Any] = Future()
        reading.set_result(SimpleNamespace(kind=PageKind.OTHER, article=None, reason="unread"))
        return reading


def crawl_unread(homes: Iterable[str], proxy: str, *, least_pages: int) -> None:
    """Crawl sites into a store that is thrown away, which has at least so many pages then."""
    plan = plan_crawl(list(homes), allowed_networks=(), proxy=proxy, delay_s=0.0)
    silence = Progress(Console(quiet=True), is_quiet=True)
    with tempfile.TemporaryDirectory() as folder:
        summary = crawl(Path(folder), plan, silence, pool=_Unread())
    pages = sum(fates.get(Fate.NOT_ARTICLE, 0) for fates in summary.fates.values())
    assert pages >= least_pages, f"{pages} of {least_pages} pages were archived"
