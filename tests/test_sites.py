"""Golden pages: markup as real sites write it, words invented; one test a field, named for it."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.columns import plain
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.extract.rules import Design, design_for
from crawler.registry import known_sites, site_rules
from crawler.sitelist import page_text

SITES = Path(__file__).parent / "sites"
SITES_PAGE = Path(__file__).parents[1] / "docs" / "sites.md"
PAGES = sorted(page.parent for page in SITES.glob("*/*/page.html"))
GENERIC = "generic"
FIELDS = (
    *("kind", "canonical_url", "headline", "kicker", "dek", "key_points", "blocks", "quotes"),
    *("images", "authors", "attributions", "disclaimers", "tags", "section", "language"),
    *("published_at", "modified_at", "published_source", "extraction_warnings"),
)
IMAGE_FIELDS = ("url", "role", "alt", "caption", "credit", "section")


def design_of(page: Path) -> Design | None:
    """Return the design of today, or of the day in `captured.txt`; none for generic pages."""
    site = page.parent.name
    if site == GENERIC:
        return None
    day = page / "captured.txt"
    moment = datetime.fromisoformat(day.read_text("utf-8").strip()) if day.exists() else None
    return design_for(site_rules(site), moment and moment.replace(tzinfo=UTC))


@cache
def reading_of(page: Path) -> dict[str, Any]:
    """Return what is read of a golden page, shaped as its expectation is written."""
    source = SourcePage(
        url=(page / "url.txt").read_text("utf-8").strip(),
        body=(page / "page.html").read_bytes(),
        content_type="text/html",
    )
    article = read_page(source, design_of(page)).article
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


def test_every_site_file_has_a_golden_page_for_each_of_its_designs() -> None:
    read = {design.name for page in PAGES if (design := design_of(page))}
    sites = [known_sites().named(name) for name in known_sites().names]

    assert {design.name for site in sites for design in site.designs} - read == set()


def test_the_page_of_sites_says_what_the_files_declare() -> None:
    sites = [known_sites().named(name) for name in known_sites().names]

    assert SITES_PAGE.read_text("utf-8") == page_text(sites), "run `make sites`"
