"""The pages that extractors are given: the project's own, or those of a WARC or a folder."""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.warc.foreign import read_any
from benchmarks.scoring import Reading, golden
from crawler.extract.page import SourcePage
from crawler.extract.rules import Design
from crawler.newsroom.listener import Request
from crawler.newsroom.server import Newsroom
from tests.test_sites import PAGES, design_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One page, with what is known of it."""

    source: SourcePage
    design: Design | None = None
    """What its site's file declares; None where no file is meant to be used."""
    truth: Reading | None = None
    """What stands on it; None where nobody has written it down."""


def golden_pages() -> Iterator[Given]:
    """Yield the golden pages of the tests."""
    for folder in PAGES:
        url = (folder / "url.txt").read_text("utf-8").strip()
        yield Given(
            source=SourcePage(url=url, body=(folder / "page.html").read_bytes()),
            design=design_of(folder),
            truth=golden(folder),
        )


def own_pages() -> Iterator[Given]:
    """Yield the golden pages and the newsroom's stories."""
    yield from golden_pages()
    newsroom = Newsroom(now=datetime(2031, 6, 14, 8, 30, tzinfo=UTC))
    for site in ("lampwick", "hearthside", "proscenium"):
        for url in newsroom.stories(site, by_name=True):
            headers = {"host": urlsplit(url).netloc}
            asked = Request(site=site, method="GET", target=url, headers=headers)
            yield Given(source=SourcePage(url=url, body=newsroom.respond(asked).body))


def pages_at(place: Path) -> Iterator[Given]:
    """Yield the pages of a WARC, or of a folder's HTML files, gzipped or not."""
    if not place.is_dir():
        for record in read_any(place):
            kind = (record.content_type or "").partition(";")[0]
            if kind == "text/html" and record.status in {200, None}:
                yield Given(
                    source=SourcePage(
                        url=record.url, body=record.payload, content_type=record.content_type
                    )
                )
        return
    for file in sorted((*place.rglob("*.html"), *place.rglob("*.html.gz"))):
        body = file.read_bytes()
        body = gzip.decompress(body) if file.suffix == ".gz" else body
        yield Given(source=SourcePage(url=f"https://pages.example/{file.name}", body=body))


def pages_of(place: Path | None) -> list[Given]:
    """Return the pages of a place, or the project's own."""
    return list(pages_at(place) if place else own_pages())


def repeated(pages: Sequence[Given], times: int) -> Iterator[Given]:
    """Yield every page under so many addresses, each of which it calls its own."""
    for page in pages:
        for number in range(times):
            path = urlsplit(page.source.url).path
            bare = path.rstrip("/")
            anew = f"{bare}-{number}{path[len(bare) :]}" if number else path
            yield Given(
                source=replace(
                    page.source,
                    url=page.source.url.replace(path, anew),
                    body=page.source.body.replace(path.encode(), anew.encode())
                    + f"<!-- {number} -->".encode(),
                )
            )
