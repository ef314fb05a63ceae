"""A site of the newsroom, crawled into a store as a worker does it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crawler.fleet.crawling import Crawled, Order, Terms, order_line, read_answer
from crawler.newsroom.server import Newsroom

BEGAN = datetime(2026, 5, 18, 6, tzinfo=UTC)
SITE = "lampwick-example"
WORD = "http://lampwick.example/"


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """Open the newsroom, which answers as a proxy for its sites' names."""
    with Newsroom(now=BEGAN) as opened:
        yield opened


def crawl_once(root: Path, newsroom: Newsroom, word: str = WORD) -> Crawled:
    """Crawl a site in a process of its own, and end the run."""
    terms = Terms(delay_s=0.0, proxy=newsroom.sites[0].base_url)
    order = Order(root=root, word=word, terms=terms, lease_s=60)
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.fleet.crawling"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as crawling:
        assert crawling.stdin is not None
        assert crawling.stdout is not None
        crawling.stdin.write(order_line(order))
        crawling.stdin.flush()
        answer = crawling.stdout.read()
        crawling.stdin.close()
    assert crawling.returncode == 0
    return read_answer(answer)
