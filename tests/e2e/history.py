"""Crawls of the invented news world, each with what the sites saw and the store as it was then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Any, TypeAlias

from archive import open_store
from archive.article import Article
from crawler.newsroom.listener import LoggedRequest
from crawler.newsroom.server import Edit, Newsroom
from tests.e2e.command import Ended, newsreel
from tests.e2e.warc_blocks import WarcRecord, read_store

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """One crawl: what the command said, what the sites saw, and the store as it was after it."""

    command: Ended
    requests: tuple[LoggedRequest, ...]
    store: Path
    advertised: frozenset[str]
    """Every address that the sites' sitemaps named."""
    expected: Mapping[str, Article]
    """What stood at each story's address."""

    articles: Sequence[Row]
    """The rows of the store after this crawl."""
    captures: Sequence[Row]
    """This crawl's own exchanges."""
    coverage: Mapping[str, Row]
    """This crawl's own ledger, by address."""
    records: Sequence[WarcRecord]
    """The records of this crawl's own WARC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The three crawls, and what the editors did between the second and the third."""

    first: Crawled
    again: Crawled
    later: Crawled
    edits: tuple[Edit, ...]
    published: tuple[str, ...]
    withdrawn: str


def named(newsroom: Newsroom, url: str) -> str:
    """Return an address under the site's invented name."""
    for site in newsroom.sites:
        url = url.replace(site.base_url, f"http://{site.host}")
    return url


def crawl(newsroom: Newsroom, folder: Path, name: str) -> Crawled:
    """Crawl all sites into one store, and keep a copy of how it stands."""
    before = len(newsroom.requests)
    command = newsreel(
        "crawl",
        *(f"http://{site.host}/" for site in newsroom.sites),
        *("--proxy", newsroom.sites[0].base_url, "--delay", "0", "--store", folder / "store"),
    )
    store = Path(copytree(folder / "store", folder / name, symlinks=True))
    names = [site.name for site in newsroom.sites]
    run_id = max(path.name for path in (store / "runs").iterdir())
    ledger = _rows(store, "coverage", run_id)
    assert len({row["url"] for row in ledger}) == len(ledger)
    return Crawled(
        command=command,
        requests=tuple(newsroom.requests[before:]),
        store=store,
        advertised=frozenset(u for n in names for u in newsroom.advertised(n, by_name=True)),
        expected={
            url: newsroom.expected(url)
            for name in names
            for url in newsroom.stories(name, by_name=True)
        },
        articles=_rows(store, "articles"),
        captures=_rows(store, "captures", run_id),
        coverage={row["url"]: row for row in ledger},
        records=[record for record in read_store(store) if run_id in record.file],
    )


def _rows(store: Path, dataset: str, run_id: str | None = None) -> list[Row]:
    """Return the rows of a dataset, those of one run when it is named."""
    rows: list[Row] = getattr(open_store(store), dataset).to_arrow().to_pylist()
    return [row for row in rows if run_id in {row["run_id"], None}]
