"""A small store of one page that was rendered, made by the code that makes real ones."""

from concurrent.futures import Future
from pathlib import Path
from typing import Final

from archive.capture import Capture
from archive.coverage import Fate
from archive.rendering import Rendering
from tests.e2e.wire_cases import article, headline
from tests.verify.small_store import FIRST_RUN, Crawl, answer, crawling

URL: Final = "https://x.example/story"
SHELL: Final = b"<html><title>X</title><body><div id=root></div><script src=/app.js></script>"
DOM: Final = article("paper")
HEADLINE: Final = headline("paper")
RENDERING_ID: Final = "<urn:uuid:00000001-0000-4000-8000-000000000099>"


def render(crawl: Crawl, source: "Future[Capture]", dom: bytes = DOM) -> "Future[Capture]":
    """Archive what a browser made of an answer."""
    seen = source.result()
    address = crawl.reader.addresses.find(seen.url)
    assert address is not None
    rendering = Rendering(
        url=seen.url,
        rendered_at=crawl.clock(),
        dom=dom,
        record_id=RENDERING_ID,
        source_record_id=str(seen.warc_record_id),
        source_fetched_at=seen.fetch_time,
        elapsed_ms=700,
    )
    capture = crawl.recorder.keep_rendering(rendering, address.id)
    capture.result()
    return capture


def make_rendered_store(root: Path) -> None:
    """Make a store whose article was put in by a script, from a shell that two pages share."""
    with crawling(root, FIRST_RUN) as crawl:
        crawl.settle(crawl.fetch("/other", answer(SHELL)), Fate.NOT_ARTICLE)
        rendered = render(crawl, crawl.fetch("/story", answer(SHELL)))
        crawl.keep_article(rendered, HEADLINE)
        crawl.finish()
