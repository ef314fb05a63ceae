"""Stages WARC and Parquet: an article learns where its bytes are, and becomes a row."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from importlib import import_module

import pytest

from archive.capture import Capture
from archive.errors import CaptureError
from archive.exchange import Location
from archive.journal.captures import Payload
from archive.journal.parts import Version
from archive.rows import PendingRow
from pipelines import ITEM_PIPELINES
from pipelines.parquet import ParquetStage
from pipelines.warc import WarcStage
from tests.pipelines.submission_samples import NOON, RUN, FakeRows, capture_of, submitted

URL = "https://x.example/1"
VERSION = Version(article_id="a", number=1, digest="d")
STORED = Payload(
    capture_id=7,
    record_id="<urn:uuid:the-first>",
    url=URL,
    fetched_at=NOON,
    digest="sha1:FIRST",
    location=Location(warc_filename="first.warc.gz", offset=18_234, length=21_090),
)


def test_an_article_names_the_record_its_payload_lies_in() -> None:
    revisit = replace(capture_of(URL), record_type="revisit", refers_to=STORED.record_id)
    asked: list[str] = []

    def payload(record_id: str) -> Payload:
        asked.append(record_id)
        return STORED

    item = asyncio.run(WarcStage(payload).process_item(submitted(capture=revisit)))

    article = item.article
    assert asked == [revisit.warc_record_id]
    assert (article.warc_filename, article.warc_record_id) == ("first.warc.gz", STORED.record_id)
    assert (article.warc_record_offset, article.warc_record_length) == (18_234, 21_090)
    assert article.content_digest == "sha1:FIRST"
    assert (article.fetch_time, article.fetch_status, article.run_id) == (NOON, 200, RUN)


def test_an_article_waits_for_its_record() -> None:
    async def wait() -> tuple[bool, str | None]:
        future: Future[Capture] = Future()
        stage = WarcStage(lambda _: STORED).process_item(submitted(capture=future))
        task = asyncio.ensure_future(stage)
        await asyncio.wait([task], timeout=0)
        was_done = task.done()
        future.set_result(capture_of(URL))
        return was_done, (await task).article.warc_record_id

    assert asyncio.run(wait()) == (False, STORED.record_id)


def test_an_article_whose_page_could_not_be_archived_goes_no_further() -> None:
    future: Future[Capture] = Future()
    future.set_exception(CaptureError("the disk refuses"))

    with pytest.raises(CaptureError, match="the disk refuses"):
        asyncio.run(WarcStage(lambda _: STORED).process_item(submitted(capture=future)))


def test_a_row_names_its_own_capture_and_not_the_one_its_payload_lies_in() -> None:
    rows = FakeRows()
    item = replace(submitted(address_id=3, warc_record_id=STORED.record_id), version=VERSION)

    kept = ParquetStage(rows).process_item(item)  # type: ignore[arg-type] # stands in for the sink

    assert kept is item
    assert rows.kept == [
        PendingRow(
            article=item.article,
            site="x",
            capture_record_id=str(capture_of(URL).warc_record_id),
            address_id=3,
            version=VERSION,
        )
    ]


def test_the_stages_are_there_under_the_names_scrapy_is_given() -> None:
    for path in ITEM_PIPELINES:
        module, _, name = path.rpartition(".")
        assert callable(getattr(import_module(module), name).from_crawler)


def test_an_article_is_judged_before_it_is_numbered_and_located_before_it_is_kept() -> None:
    order = sorted(ITEM_PIPELINES, key=lambda path: ITEM_PIPELINES[path])

    assert [path.rpartition(".")[2] for path in order] == [
        "ValidateStage",
        "VersionStage",
        "WarcStage",
        "ParquetStage",
    ]
