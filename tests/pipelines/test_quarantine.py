"""Quarantine: where the page lies, and why it is no row."""

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from archive.capture import Capture
from archive.coverage import Coverage, Fate
from archive.errors import CaptureError
from archive.layout import Layout
from pipelines.quarantine import Quarantine
from tests.pipelines.submission_samples import NOON, RUN, FakeRecorder, submitted

URL = "https://x.example/é"


@pytest.fixture
def quarantine(tmp_path: Path, recorder: FakeRecorder) -> Quarantine:
    return Quarantine(Layout(tmp_path), recorder, clock=lambda: NOON)  # type: ignore[arg-type] # stands in for the recorder


def notes(tmp_path: Path) -> list[dict[str, Any]]:
    """Return what the quarantine holds."""
    files = sorted((tmp_path / "quarantine").glob("*"))
    return [json.loads(path.read_text("utf-8")) for path in files]


def ledger(recorder: FakeRecorder) -> Coverage:
    ((_, row),) = recorder.journal.addresses.coverage(RUN)
    return row


def test_a_page_put_aside_says_why_and_where_it_lies(
    tmp_path: Path, recorder: FakeRecorder, quarantine: Quarantine
) -> None:
    address_id, capture = recorder.capture(URL)
    item = submitted(url=URL, address_id=address_id, capture=capture)

    quarantine.keep(item, "no_text")

    assert notes(tmp_path) == [
        {
            "url": URL,
            "reason": "no_text",
            "warc_filename": "own.warc.gz",
            "warc_record_offset": 10,
            "warc_record_length": 5,
            "warc_record_id": capture.warc_record_id,
            "run_id": RUN,
            "quarantined_at": "2026-05-18T12:00:00+00:00",
        }
    ]


def test_its_address_is_settled_and_its_capture_read(
    recorder: FakeRecorder, quarantine: Quarantine
) -> None:
    address_id, capture = recorder.capture(URL)

    quarantine.keep(submitted(url=URL, address_id=address_id, capture=capture), "no_text")

    row = ledger(recorder)
    assert (row.fate, row.reason) == (Fate.UNREADABLE, "no_text")
    assert recorder.journal.captures.unread(after=0, limit=9) == ()


def test_nothing_is_said_of_a_page_before_it_is_in_the_archive(
    tmp_path: Path, recorder: FakeRecorder, quarantine: Quarantine
) -> None:
    address_id, capture = recorder.capture(URL)
    future: Future[Capture] = Future()

    quarantine.keep_page(URL, future, address_id, reason="timeout")
    before = notes(tmp_path), ledger(recorder).fate
    future.set_result(capture)

    assert before == ([], Fate.PENDING)
    assert [note["reason"] for note in notes(tmp_path)] == ["timeout"]
    assert ledger(recorder).fate is Fate.UNREADABLE


def test_a_page_that_could_not_be_archived_is_nowhere(
    tmp_path: Path, recorder: FakeRecorder, quarantine: Quarantine
) -> None:
    address_id, _ = recorder.capture(URL)
    future: Future[Capture] = Future()

    quarantine.keep_page(URL, future, address_id, reason="timeout")
    future.set_exception(CaptureError("the disk refuses"))

    assert notes(tmp_path) == []
    assert ledger(recorder).fate is Fate.PENDING
