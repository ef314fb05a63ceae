"""The golden page that a new site begins with: its markup, and none of its words."""

import json
import re
from pathlib import Path

import pytest

from crawler.commands.add import write_page
from crawler.extract.page import SourcePage
from crawler.extract.reading import read_page
from crawler.skeleton import EXPECTED, address_skeleton, page_skeleton
from tests.crawler.test_add import found
from tests.test_sites import FIELDS

SITES = Path(__file__).parents[1] / "sites"
GOLDEN = sorted(SITES.glob("[a-e]*/*/page.html"))
URL = "https://www.tribune.test/film/2026/05/18/vale-and-brook-return-12345.html"
PAGE = SourcePage(
    url=URL,
    body=b"""<html><head><title>Vale Returns</title><style>p { color: red }</style>
<meta property="og:title" content="Vale Returns"><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-05-18T07:02:41+00:00">
<script>var secret = "Vale";</script>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "NewsArticle", "headline": "Vale Returns", "image": "https://www.tribune.test/vale-1.jpg",
"@id": "https://www.tribune.test/film/vale-and-brook-return", "datePublished": "2026-05-18"}]}
</script></head><body><!-- by Vale --><h1 class="entry-title">Vale Returns</h1>
<p class="credit">Photo by Brook / Getty</p><img src="/i/vale-and-brook-1.jpg" alt="Vale in May"
srcset="/i/vale-and-brook-2.jpg 2x" data-vale="Vale"></body></html>""",
)


def test_no_word_of_the_page_is_left_and_its_markup_is() -> None:
    markup = page_skeleton(PAGE, "tribune")

    assert (
        re.search(r"vale|brook|returns|tribune\.test|secret|color", markup, re.IGNORECASE) is None
    )
    assert '<h1 class="entry-title">' in markup
    assert '<p class="credit">Photo by ' in markup
    assert 'content="2026-05-18T07:02:41+00:00"' in markup
    assert '"@type": "NewsArticle"' in markup


def test_the_headline_is_still_what_the_metadata_calls_it() -> None:
    markup = page_skeleton(PAGE, "tribune")

    (displayed,) = re.findall(r"<h1[^>]*>([^<]+)<", markup)
    assert markup.count(displayed) == 4  # title, og:title, JSON-LD and h1


def test_the_address_is_invented_and_has_its_form() -> None:
    address = address_skeleton(PAGE, "tribune")

    assert re.fullmatch(
        r"https://www\.tribune\.example/film/2026/05/18/[a-z-]+-12345\.html", address
    )


@pytest.mark.parametrize("page", GOLDEN, ids=lambda page: page.parts[-3])
def test_a_skeleton_reads_as_its_page_does(page: Path) -> None:
    url = (page.parent / "url.txt").read_text("utf-8").strip()
    source = SourcePage(url=url, body=page.read_bytes(), content_type="text/html")
    invented = SourcePage(url=url, body=page_skeleton(source, "x").encode())

    whole, skeleton = read_page(source), read_page(invented)

    assert whole.article is not None
    assert skeleton.article is not None
    assert len(skeleton.article.images) == len(whole.article.images)
    assert skeleton.article.published_at == whole.article.published_at


def test_a_folder_is_written_that_expects_what_nobody_has_seen(tmp_path: Path) -> None:
    folder = write_page(found(page=PAGE), tmp_path)

    assert folder is not None
    assert {each.name for each in folder.iterdir()} == {"page.html", "url.txt", "expected.json"}
    expected = json.loads((folder / "expected.json").read_text())
    assert expected == dict.fromkeys(FIELDS)


def test_a_page_that_somebody_wrote_stays(tmp_path: Path) -> None:
    write_page(found(page=PAGE), tmp_path)

    assert write_page(found(page=PAGE), tmp_path) is None


def test_every_field_of_golden_pages_is_in_a_skeleton() -> None:
    assert EXPECTED == FIELDS
