"""A crawl that a signal reaches at a chosen moment of its beginning: store, moment, signal."""

import signal
import sys
from pathlib import Path
from typing import Any, Final, Self

from rich.console import Console
from scrapy import signals
from scrapy.crawler import Crawler
from typing_extensions import override

import crawler.settings
from crawler.commands.crawl import crawl, plan_crawl
from crawler.progress import Progress
from crawler.run import CrawlRun

MOMENTS: Final = ("store_open", "spider_opened", "engine_started")
"""Of the last two Scrapy tells its extensions, before the engine runs."""


def come(moment: str) -> None:
    """Let the signal come, when this is its moment."""
    if sys.argv[2] == moment:
        signal.raise_signal(int(sys.argv[3]))


class Watched(Progress):
    """Is told when the store is open and nothing of Scrapy is there yet."""

    @override
    def begin(self, run: CrawlRun) -> None:
        """Have the signal come."""
        come(MOMENTS[0])


class Moments:
    """An extension of Scrapy that is told of its moments."""

    @classmethod
    def from_crawler(cls, scrapy: Crawler) -> Self:
        """Ask to be told."""
        made = cls()
        scrapy.signals.connect(made.opened, signals.spider_opened)
        scrapy.signals.connect(made.started, signals.engine_started)
        return made

    def opened(self, **_: Any) -> None:
        """Have the signal come."""
        come(MOMENTS[1])

    def started(self, **_: Any) -> None:
        """Have the signal come."""
        come(MOMENTS[2])


def main() -> None:
    """Crawl what does not answer; print how it ended."""
    vars(crawler.settings)["EXTENSIONS"] = {Moments: 1}
    plan = plan_crawl(("http://127.0.0.1:9/",), allowed_networks=["127.0.0.0/8"], proxy=None)
    summary = crawl(Path(sys.argv[1]), plan, Watched(Console(stderr=True), is_quiet=True))
    sys.stdout.write(f"{summary.outcome} {summary.exit_code}\n")


if __name__ == "__main__":
    main()
