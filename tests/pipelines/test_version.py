"""Stage version: a new article, an edited one, and the same one again."""

from concurrent.futures import Future
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from archive.article import article_id
from archive.capture import Capture
from archive.coverage import Fate
from archive.errors import CaptureError
from archive.journal.parts import Version
from pipelines.submission import Submission
from pipelines.version import VersionStage, identify
from tests.pipelines.submission_samples import RUN, FakeRecorder, FakeRows, submitted

PAGE = "https://x.example/1"
SAME = article_id("x.example", PAGE)

IDENTITIES: dict[str, tuple[dict[str, Any], str]] = {
    "as_fetched": ({}, SAME),
    "as_claimed": ({"url": f"{PAGE}?amp", "canonical_url": PAGE}, SAME),
    "claims_another": (
        {"canonical_url": "https://x.example/2"},
        article_id("x.example", "https://x.example/2"),
    ),
    "domain_not_told": ({"site_domain": None, "url": "https://www.x.example/1"},
        article_id("x.example", "https://www.x.example/1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), IDENTITIES.values(), ids=IDENTITIES.keys())
def test_an_article_is_known_by_the_address_it_claims(
    changes: dict[str, Any], expected: str
) -> None:
    assert identify(submitted(**changes).article) == expected


@pytest.fixture
def rows() -> FakeRows:
    return FakeRows()


@pytest.fixture
def stage(rows: FakeRows, recorder: FakeRecorder) -> VersionStage:
    return VersionStage(rows, recorder)  # type: ignore[arg-type] # stand in for sink and recorder


def test_a_new_article_is_version_one(stage: VersionStage, rows: FakeRows) -> None:
    item = stage.process_item(submitted())

    assert item.version is not None
    assert (item.article.article_id, item.article.version) == (SAME, 1)
    assert (item.version.article_id, item.version.number) == (SAME, 1)
    assert rows.newest == {SAME: item.version}


def test_an_edited_article_is_the_next_version(stage: VersionStage, rows: FakeRows) -> None:
    rows.claim(Version(article_id=SAME, number=6, digest="before the edit"))

    item = stage.process_item(submitted())

    assert item.article.version == 7


def test_an_edit_is_seen_though_no_version_is_published_yet(stage: VersionStage) -> None:
    stage.process_item(submitted())

    item = stage.process_item(submitted(headline="A Story, corrected"))

    assert item.article.version == 2


def test_an_article_that_goes_back_to_an_older_version_is_a_new_one(stage: VersionStage) -> None:
    headlines = ("A Story", "A Story, corrected", "A Story")

    versions = [stage.process_item(submitted(headline=each)).article.version for each in headlines]

    assert versions == [1, 2, 3]


def again(stage: VersionStage, item: Submission) -> None:
    with pytest.raises(DropItem, match="unchanged"):
        stage.process_item(item)


def test_the_same_article_is_dropped_and_the_ledger_says_so(
    stage: VersionStage, recorder: FakeRecorder
) -> None:
    stage.process_item(submitted())
    address_id, capture = recorder.capture("https://x.example/1?print")

    again(stage, submitted(canonical_url=PAGE, address_id=address_id, capture=capture))

    ((_, row),) = recorder.journal.addresses.coverage(RUN)
    assert (row.fate, row.reason, row.article_id) == (Fate.UNCHANGED, "same_article", SAME)
    assert recorder.journal.captures.unread(after=0, limit=9) == ()


def test_the_ledger_waits_for_the_archive(stage: VersionStage, recorder: FakeRecorder) -> None:
    stage.process_item(submitted())
    address_id, _ = recorder.capture(PAGE)
    future: Future[Capture] = Future()

    again(stage, submitted(address_id=address_id, capture=future))
    future.set_exception(CaptureError("the disk refuses"))

    ((_, row),) = recorder.journal.addresses.coverage(RUN)
    assert row.fate is Fate.PENDING
    assert len(recorder.journal.captures.unread(after=0, limit=9)) == 1
