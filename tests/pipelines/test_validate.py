"""Stage validate: what no reader could have seen does not become a row."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import DropItem

from archive.article import Article
from archive.coverage import Fate
from archive.layout import Layout
from pipelines.quarantine import Quarantine
from pipelines.validate import ValidateStage, refusal, without_future_dates
from tests.pipelines.submission_samples import NOON, RUN, FakeRecorder, submitted

DAY = timedelta(days=1)
REFUSALS: dict[str, tuple[dict[str, Any], str | None]] = {
    "whole": ({}, None),
    "no_headline": ({"headline": ""}, "no_headline"),
    "blank_headline": ({"headline": " \u00a0"}, "no_headline"),
    "no_text": ({"text": ""}, "no_text"),
    "blank_text": ({"text": "\n\n"}, "no_text"),
    "neither": ({"headline": "", "text": ""}, "no_headline"),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSALS.values(), ids=REFUSALS.keys())
def test_an_article_needs_a_headline_and_text(changes: dict[str, Any], reason: str | None) -> None:
    assert refusal(submitted(**changes).article) == reason


DATES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "none": ({}, ()),
    "past": ({"published_at": NOON - DAY, "modified_at": NOON}, ()),
    "as_far_as_clocks_differ": ({"published_at": NOON + DAY}, ()),
    "published": (
        {"published_at": NOON + DAY + timedelta(microseconds=1)},
        ("future_published_at",),
    ),
    "modified": ({"published_at": NOON, "modified_at": NOON + 9 * DAY}, ("future_modified_at",)),
    "both": (
        {"published_at": NOON + 2 * DAY, "modified_at": NOON + 2 * DAY},
        ("future_published_at", "future_modified_at"),
    ),
}


@pytest.mark.parametrize(("dates", "warnings"), DATES.values(), ids=DATES.keys())
def test_dates_behind_the_capture_are_taken_back(
    dates: dict[str, Any], warnings: tuple[str, ...]
) -> None:
    article = submitted(**dates, extraction_warnings=("low_coverage",)).article

    kept = without_future_dates(article)

    assert kept.extraction_warnings == ("low_coverage", *warnings)
    for name in ("published_at", "modified_at"):
        is_taken_back = f"future_{name}" in warnings
        assert getattr(kept, name) == (None if is_taken_back else dates.get(name))


def test_a_date_that_is_taken_back_rests_on_nothing_but_its_text_stays() -> None:
    article = submitted(
        published_at=NOON + 9 * DAY, published_raw="in nine days", published_source="meta"
    ).article

    kept = without_future_dates(article)

    assert (kept.published_raw, kept.published_source) == ("in nine days", None)


def test_an_article_without_a_capture_keeps_its_dates() -> None:
    article = Article(url="https://x.example/1", headline="A Story", published_at=NOON)

    assert without_future_dates(article) == article


def test_the_stage_hands_on_what_may_be_kept(tmp_path: Path, recorder: FakeRecorder) -> None:
    quarantine = Quarantine(Layout(tmp_path), recorder, clock=lambda: NOON)  # type: ignore[arg-type] # stands in for the recorder
    item = submitted(published_at=NOON + 9 * DAY)

    kept = ValidateStage(quarantine).process_item(item)

    assert kept.article.published_at is None
    assert (kept.capture, kept.address_id, quarantine.count) == (item.capture, item.address_id, 0)


def test_the_stage_puts_the_others_into_quarantine(tmp_path: Path, recorder: FakeRecorder) -> None:
    quarantine = Quarantine(Layout(tmp_path), recorder, clock=lambda: NOON)  # type: ignore[arg-type] # stands in for the recorder
    address_id, capture = recorder.capture("https://x.example/1")

    with pytest.raises(DropItem, match="no_text"):
        ValidateStage(quarantine).process_item(
            submitted(address_id=address_id, capture=capture, text="")
        )

    ((_, row),) = recorder.journal.addresses.coverage(RUN)
    assert (row.fate, row.reason) == (Fate.UNREADABLE, "no_text")
    assert quarantine.count == 1
