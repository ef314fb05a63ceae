"""Records of invented pages, and a store to put them in."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article, Author, Block, BlockKind, Image, Link, Quote, Rights
from archive.capture import Capture
from archive.coverage import Coverage, Fate
from archive.dataset.writer import Part, write_part
from archive.layout import Layout
from tests.dataset.s3_server import bucket, object_store

__all__ = ["bucket", "object_store"]

JUNE = datetime(2026, 6, 1, tzinfo=UTC)


def make_article(number: int = 1, **changes: Any) -> Article:
    """Return an article with something in every nested column."""
    told: dict[str, Any] = {
        "article_id": f"{number:032x}",
        "version": 1,
        "url": f"https://x.example/story-{number}/",
        "url_surtkey": f"example,x)/story-{number}",
        "site_domain": "x.example",
        "headline": f"Story {number}",
        "key_points": ("It opens in June.",),
        "blocks": (
            Block(kind=BlockKind.HEADING, level=2, text="The tour"),
            Block(kind=BlockKind.PARAGRAPH, text="The film opens in June."),
        ),
        "text": "The tour\n\nThe film opens in June.",
        "quotes": (Quote(text="It was hard.", speaker="Vale"),),
        "images": (
            Image(url="https://x.example/a.jpg", role="lead", credit="Harbour Pictures"),
            Image(url="https://x.example/b.jpg", role="inline", width=1200, height=675),
        ),
        "authors": (Author(name="Ida Marsh", articles_published=7),),
        "links": (Link(url="https://y.example/", text="the tour", internal=False),),
        "fetch_time": JUNE + timedelta(minutes=number),
        "simhash64": -number,
        "rights": Rights(robots="allowed", paywalled=False),
        "extractor": "newsreel/0.1.0",
    }
    return Article(**(told | changes))


def make_capture(number: int = 1, **changes: Any) -> Capture:
    """Return the capture of one answer."""
    told: dict[str, Any] = {
        "url_surtkey": f"example,x)/story-{number}",
        "url": f"https://x.example/story-{number}/",
        "url_host_registered_domain": "x.example",
        "fetch_time": JUNE + timedelta(minutes=number),
        "fetch_status": 200,
    }
    return Capture(**(told | changes))


def make_coverage(number: int = 1, **changes: Any) -> Coverage:
    """Return the ledger's row for one address."""
    told: dict[str, Any] = {
        "run_id": "run-1",
        "url": f"https://x.example/story-{number}/",
        "url_surtkey": f"example,x)/story-{number}",
        "site_domain": "x.example",
        "advertised_by": ("https://x.example/feed",),
        "first_seen_at": JUNE,
        "fate": Fate.ARCHIVED,
    }
    return Coverage(**(told | changes))


MAKERS: dict[str, Callable[..., Any]] = {
    "articles": make_article,
    "captures": make_capture,
    "coverage": make_coverage,
}


@pytest.fixture(scope="session")
def record() -> Callable[..., Any]:
    """Make one record of a dataset: `record("articles", 3, headline="...")`."""

    def make(dataset: str, number: int = 1, **changes: Any) -> Any:
        return MAKERS[dataset](number, **changes)

    return make


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return a store without any part."""
    layout = Layout(tmp_path / "store")
    layout.warcs.mkdir(parents=True)
    return layout


def put_into(layout: Layout) -> Callable[..., Part]:
    """Return a function that writes records as one part of a store."""

    def write(
        dataset: str,
        records: Sequence[Any],
        *,
        part_id: str = "1",
        site: str = "x",
        run_id: str = "run-1",
    ) -> Part:
        return write_part(
            layout,
            dataset,
            site=site,
            month=JUNE,
            part_id=part_id,
            records=records,
            footer={"newsreel.run_id": run_id},
        )

    return write


@pytest.fixture
def put(layout: Layout) -> Callable[..., Part]:
    """Write records as one part of the store."""
    return put_into(layout)


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store to be read only: two articles, the first in two versions, and more."""
    layout = Layout(tmp_path_factory.mktemp("asked") / "store")
    put = put_into(layout)
    edited = make_article(1, version=2, headline="Story 1, corrected")
    put("articles", [make_article(1), make_article(2)], part_id="first")
    put("articles", [edited], part_id="second", site="2024")
    put("captures", [make_capture(1), make_capture(2)])
    put("coverage", [make_coverage(1)])
    return layout.root
