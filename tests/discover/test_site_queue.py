"""What is asked of one site in one run has an end."""

from dataclasses import replace
from pathlib import Path

from crawler.discover.requisites import Bounds
from crawler.discover.site_queue import MOST_SITEMAPS, SiteQueue, opened_queue
from crawler.site import unknown_site
from tests.crawler.crawl_samples import crawl_at, fetched, http

ROOT = "https://x.example/sitemap.xml"


def test_an_index_that_always_names_new_sitemaps_is_not_read_for_ever(tmp_path: Path) -> None:
    with crawl_at(tmp_path, ROOT) as run:
        one = fetched(run, ROOT, http(200), kind="sitemap")
    queue = SiteQueue(unknown_site(ROOT))

    said = [
        queue.budget_refusal(replace(one, id=number), most_pages=None, bounds=Bounds())
        for number in (*range(MOST_SITEMAPS), 0, MOST_SITEMAPS)
    ]

    assert said == [*[None] * (MOST_SITEMAPS + 1), "max_sitemaps"]


def test_what_was_read_before_a_crawl_was_cut_off_counts(tmp_path: Path) -> None:
    site = unknown_site(ROOT)
    with crawl_at(tmp_path, ROOT) as run:
        one = fetched(run, ROOT, http(200), kind="sitemap")

        queue = opened_queue(run.reader, run.id, site, now=run.clock())

    assert queue.sitemaps == {one.id}
