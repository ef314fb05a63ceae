"""Golden pages: markup as real sites write it, words invented; one test a field, named for it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.columns import plain
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.extract.rules import Design, design_for
from crawler.registry import site_rules

SITES = Path(__file__).parent / "sites"
PAGES = sorted(page.parent for page in SITES.glob("*/*/page.html"))
GENERIC = "generic"
FIELDS = (
    *("kind", "canonical_url", "headline", "kicker", "dek", "key_points", "blocks", "quotes"),
    *("images", "authors", "attributions", "disclaimers", "tags", "section", "language"),
    *("published_at", "modified_at", "published_source", "extraction_warnings"),
)
IMAGE_FIELDS = ("url", "role", "alt", "caption", "credit", "section")


def design_of(site: str) -> Design | None:
    """Return the site's design of today; none for pages that are read without rules."""
    if site == GENERIC:
        return None
    return design_for(site_rules(site), None)


@cache
def reading_of(page: Path) -> dict[str, Any]:
    """Return what is read of a golden page, shaped as its expectation is written."""
    source = SourcePage(
        url=(page / "url.txt").read_text("utf-8").strip(),
        body=(page / "page.html").read_bytes(),
        content_type="text/html",
    )
    article = read_page(source, design_of(page.parent.name)).article
    assert article is not None
    row = plain(article)
    row["blocks"] = [[block["kind"], block["text"]] for block in row["blocks"]]
    row["images"] = [{name: image[name] for name in IMAGE_FIELDS} for image in row["images"]]
    return {field: row[field] for field in FIELDS}


@cache
def expected_of(page: Path) -> dict[str, Any]:
    """Return what a reader sees on a golden page."""
    loaded: dict[str, Any] = json.loads((page / "expected.json").read_text("utf-8"))
    return loaded


def named(page: Path) -> str:
    return str(page.relative_to(SITES))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_field_is_expected_of_every_page(page: Path) -> None:
    assert sorted(expected_of(page)) == sorted(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("page", PAGES, ids=named)
def test_field_is_what_a_reader_sees(page: Path, field: str) -> None:
    assert reading_of(page)[field] == expected_of(page)[field]
