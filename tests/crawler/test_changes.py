"""What a visit commits: small changes that are put together, and each says what became of whom."""

from pathlib import Path

import pytest

from archive.coverage import Fate
from archive.journal.captures import Payload
from archive.journal.journal import Journal
from archive.store import find_warc
from archive.warc.reader import read_record
from crawler.changes import nothing, read, refused, settled, together, validated
from crawler.page import Page, location_of, page_of_record
from crawler.run import CrawlRun
from tests.crawler.crawl_samples import commit, crawl_at, fetched, http

STORY = "https://x.example/a-story"


def page_in(run: CrawlRun, response: bytes) -> Page:
    """Have a page of the run fetched; return it as it is read."""
    address = fetched(run, STORY, response)
    (left,) = run.reader.captures.unread(after=0, limit=2)
    capture = run.reader.captures.get(left.record_id)
    assert capture is not None
    place = location_of(capture)
    record = read_record(find_warc(run.layout, place.warc_filename), place)
    return page_of_record(address, capture, record)


def unread(run: CrawlRun) -> int:
    return len(run.reader.captures.unread(after=0, limit=9))


def test_changes_are_applied_in_their_order() -> None:
    done: list[int] = []
    journal = Journal.__new__(Journal)

    together(lambda _: done.append(1), nothing, lambda _: done.append(2))(journal)

    assert done == [1, 2]


def test_a_settled_page_is_read_and_has_its_fate(tmp_path: Path) -> None:
    with crawl_at(tmp_path, STORY) as run:
        page = page_in(run, http(200, b"<p>"))

        commit(run, settled(page, Fate.NOT_ARTICLE, "gallery", page_kind="gallery"))

        (row,) = (row for _, row in run.reader.addresses.coverage(run.id))
        capture = run.reader.captures.get(page.capture.result().warc_record_id or "")
        left = unread(run)
    assert (row.fate, row.reason, left) == (Fate.NOT_ARTICLE, "gallery", 0)
    assert capture is not None
    assert capture.page_kind == "gallery"


def test_a_page_that_is_read_need_not_have_its_fate_yet(tmp_path: Path) -> None:
    with crawl_at(tmp_path, STORY) as run:
        page = page_in(run, http(200))

        commit(run, read(page))

        assert unread(run) == 0
        assert run.reader.addresses.counts(run.id) == {("x-example", Fate.PENDING): 1}


def payload_of(run: CrawlRun) -> Payload | None:
    address = run.reader.addresses.find(STORY)
    assert address is not None
    assert address.payload_id is not None
    return run.reader.captures.payload_of(address.payload_id)


def test_validators_are_kept_with_the_payload_they_speak_of(tmp_path: Path) -> None:
    response = http(200, b"<p>", ETag='"a1"', Last_Modified="Sun, 22 Nov 2026 12:00:00 GMT")
    with crawl_at(tmp_path, STORY) as run:
        page = page_in(run, response)

        commit(run, validated(page))

        known, payload = run.reader.addresses.find(STORY), payload_of(run)
    assert known is not None
    assert (known.etag, known.last_modified) == ('"a1"', "Sun, 22 Nov 2026 12:00:00 GMT")
    assert payload is not None
    assert payload.digest == page.digest


def test_a_page_without_validators_still_has_a_payload_to_compare_with(tmp_path: Path) -> None:
    with crawl_at(tmp_path, STORY) as run:
        page = page_in(run, http(200, b"<p>"))

        commit(run, validated(page))

        known, payload = run.reader.addresses.find(STORY), payload_of(run)
    assert known is not None
    assert (known.etag, known.last_modified) == (None, None)
    assert payload is not None


# Address and site: whether it is refused.
OTHERS = {
    "ours": (STORY, "x-example", True),
    "of_another_site": (STORY, "y-example", False),
    "never_heard_of": ("https://x.example/b", "x-example", False),
}


@pytest.mark.parametrize(("url", "site", "is_refused"), OTHERS.values(), ids=OTHERS.keys())
def test_only_addresses_of_the_site_are_refused(
    tmp_path: Path, url: str, site: str, *, is_refused: bool
) -> None:
    with crawl_at(tmp_path, STORY) as run:
        fetched(run, STORY, http(200))

        commit(run, refused([url], site=site, reason="off_site"))

        (row,) = (row for _, row in run.reader.addresses.coverage(run.id))
    assert (row.reason == "off_site") is is_refused
