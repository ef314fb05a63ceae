"""A story that is taken down: the store that holds it, and where its words still are."""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from archive.coverage import Fate
from archive.dataset.handover import REFUSAL
from archive.forget.erasure import Erased, erase, refuse_erasure
from archive.forget.matter import find_matter
from archive.forget.withdrawal import withdraw
from archive.index.build import update_index
from archive.journal.addresses import Advertised
from archive.layout import Layout
from archive.search.index import open_index
from archive.store import open_for_writing
from tests.dataset.small_parts import at_once
from tests.verify.small_store import (
    BEGIN,
    FIRST_RUN,
    HOST,
    SECOND_RUN,
    SITE,
    answer,
    change_journal,
    crawling,
    places,
)

NOW: Final = BEGIN + timedelta(days=1)
STORY: Final = f"{HOST}/story"
TWIN: Final = f"{HOST}/twin"
"""Brought the same bytes once, and is no article."""
OTHER: Final = f"{HOST}/other"
WORD: Final = "quagmire"
"""Stands in all that the story's pages, rows and listings say."""


def make_indexed_store(root: Path) -> Path:
    """Make a store of two runs: the story, its edit, a page of the same bytes, another story."""
    with crawling(root, FIRST_RUN) as crawl:
        listed = Advertised(
            url=STORY, site=SITE, kind="page", advertised_in="feed", title=f"The {WORD}"
        )
        now = crawl.clock()
        crawl.recorder.write(
            lambda journal: journal.addresses.advertise(FIRST_RUN, [listed], now=now)
        ).result()
        crawl.settle(crawl.fetch("/robots.txt", answer(b"", status="404 No")), Fate.READ)
        crawl.keep_article(crawl.fetch("/story", answer(f"<p>{WORD}".encode())), f"A {WORD}")
        crawl.settle(crawl.fetch("/twin", answer(f"<p>{WORD}".encode())), Fate.NOT_ARTICLE, "x")
        crawl.keep_article(crawl.fetch("/other", answer(b"<p>B", coding="gzip")), "Another story")
        crawl.settle(crawl.fetch("/silent", b"", failure="timeout"), Fate.FAILED, "timeout")
        refused = crawl.fetch("/refused", b"", request=b"", failure="refused")
        crawl.settle(refused, Fate.FAILED, "refused")
        crawl.finish()
    with crawling(root, SECOND_RUN, BEGIN + timedelta(hours=1)) as crawl:
        edited = crawl.fetch("/story", answer(f"<p>{WORD}, edited".encode()))
        crawl.keep_article(edited, f"A {WORD}, edited", 2)
        crawl.settle(crawl.fetch("/late", answer(b"<p>Late")), Fate.NOT_ARTICLE, "x")
        crawl.finish()
    change_journal(root, "UPDATE address SET kind = 'robots' WHERE url LIKE '%/robots.txt'")
    layout = Layout(root)
    update_index(layout)
    open_index(layout).refresh()
    return root


def forget(root: Path, *urls: str, reason: str | None = None, now: datetime = NOW) -> None:
    """Withdraw addresses from readers."""
    with open_for_writing(root, now=now) as store:
        matter = find_matter(store.layout, store.journal, urls)
        withdraw(store, matter, reason=reason, now=now, pause=at_once)


def erase_from(root: Path, *urls: str, now: datetime = NOW) -> Erased:
    """Withdraw addresses, and overwrite their records."""
    with open_for_writing(root, now=now) as store:
        matter = find_matter(store.layout, store.journal, urls)
        refuse_erasure(store.journal, matter)
        withdraw(store, matter, reason=None, now=now, pause=at_once)
        return erase(store, matter, now=now)


def files_with(root: Path, word: str) -> list[str]:
    """Return the files of a store in which a word stands, read as what they are."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    return [
        path.relative_to(root).as_posix()
        for path in paths
        if any(word.encode() in text for text in _texts(path))
    ]


def _texts(path: Path) -> Iterator[bytes]:
    """Yield what is in a file, decoded as far as its form tells how."""
    yield path.read_bytes()
    if path.suffix == ".parquet" and path.name != REFUSAL:
        rows = pq.ParquetFile(path).read().to_pylist()
        yield json.dumps(rows, default=str).encode()
    elif path.name.endswith(".warc.gz"):
        yield b"".join(place.content for place in places(path))


def packed_warcs(path: Path, folder: Path) -> list[Path]:
    """Return the WARCs of a WACZ, unpacked into a folder."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.endswith(".warc.gz")]
        return [Path(package.extract(name, folder)) for name in names]
